"""What a person does and sees with one ticket, in its dialog or on its page."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page

from tests.browser.board import card, expect_live
from tests.support.cast import PASSWORD
from tests.support.server import Server
from tests.support.wait import until

TICKETS = "/api/projects/HARB/tickets"


def make(server: Server, title: str, **fields: Any) -> dict[str, Any]:
    """Let Alice create a ticket."""
    answer = server.client("alice").post(TICKETS, json={"title": title, **fields})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def shown(server: Server, number: int = 1) -> dict[str, Any]:
    """Read a ticket as the server has it."""
    return dict(server.client("alice").get(f"{TICKETS}/{number}").json())


def open_ticket(page: Page, title: str) -> Locator:
    """Open a ticket over the board."""
    card(page, title).locator("[data-open]").click()
    view = page.locator("dialog [data-ticket-view]")
    view.wait_for()
    return view


def field(place: Page | Locator, name: str) -> Locator:
    """Find a field of the ticket's form."""
    return place.locator(f"form[data-ticket-form] [name={name}]").first


def describe(place: Page | Locator, text: str) -> None:
    """Expand the description and write it."""
    if not field(place, "description").is_visible():
        place.locator(".ticket__edit summary").click()
    field(place, "description").fill(text)


def save(place: Page | Locator) -> None:
    """Press the button that saves."""
    place.get_by_role("button", name="Save changes").click()


def delete(page: Page, title: str) -> None:
    """Delete a ticket in its dialog."""
    view = open_ticket(page, title)
    view.locator(".remover summary").click()
    view.get_by_role("button", name="Delete ticket").click()


def notice(page: Page, text: str) -> Locator:
    """Wait for a notice."""
    found = page.locator("[data-toasts] .toast", has_text=text)
    found.wait_for()
    return found


def end_sessions(server: Server) -> None:
    """Let every session expire, unnoticed by open pages."""
    with server.writing() as session:
        session.connection().exec_driver_sql("DELETE FROM user_session")


def sign_in_again(page: Page, username: str = "bob") -> None:
    """Fill in the login page."""
    page.locator("input[name=username]").fill(username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect_live(page)


def stored(page: Page) -> list[str]:
    """Return this browser's stored drafts, as text."""
    return list(
        page.evaluate("Object.entries(localStorage).filter(([key]) => key.startsWith('punt.draft.')).map(String)")
    )


def expect_nothing_stored(page: Page) -> None:
    """Wait until this browser has no stored draft."""
    until(lambda: not stored(page), what=f"no draft to be kept, at {page.url}")

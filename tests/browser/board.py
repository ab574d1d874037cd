"""What a person does and sees on a board."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect


def expect_state(page: Page, state: str, *, seconds: float = 30) -> None:
    """Expect a page to show a connection state."""
    expect(page.locator("[data-connection]")).to_have_attribute("data-connection", state, timeout=seconds * 1000)


def expect_live(page: Page, *, seconds: float = 20) -> None:
    """Wait until a page's script has started and its stream is open."""
    expect_state(page, "live", seconds=seconds)


def sign_out(page: Page) -> None:
    """Sign out by the menu."""
    page.get_by_label("Your account").click()
    page.get_by_role("button", name="Sign out").click()


def card(place: Page | Locator, title: str) -> Locator:
    """Find a card by its title."""
    return place.locator("[data-ticket]", has_text=title)


def column(page: Page, name: str) -> Locator:
    """Find a column's panel by its name."""
    return page.locator("[data-column-panel]", has=page.locator("[data-column-name]", has_text=name))


def titles(page: Page, name: str) -> list[str]:
    """Read the titles in a column, top first."""
    return [text.strip() for text in _titles(page, name).all_text_contents()]


def expect_titles(page: Page, name: str, wanted: list[str]) -> None:
    """Wait until a column has exactly these titles, top first, on this page or the one being loaded."""
    to_the_letter = [re.compile(rf"^\s*{re.escape(title)}\s*$") for title in wanted]  # a str stands for any white space
    expect(_titles(page, name)).to_have_text(to_the_letter)


def _titles(page: Page, name: str) -> Locator:
    return column(page, name).locator('[data-field="title"]')


def add(page: Page, name: str, title: str) -> None:
    """Add a card at the bottom of a column, by typing it."""
    panel = column(page, name)
    panel.locator("[data-quick-add] summary").click()
    panel.locator('[data-quick-add] input[name="title"]').fill(title)
    panel.locator('[data-quick-add] input[name="title"]').press("Enter")
    card(page, title).wait_for()
    panel.locator('[data-quick-add] input[name="title"]').press("Escape")


def drag(page: Page, title: str, name: str, *, above: str | None = None) -> None:
    """Drag a card with the mouse to the end of a column, or above another card."""
    card(page, title).hover()  # waits until it rests: a new card first takes its space, then its size
    goal = (card(page, above) if above else column(page, name).locator("[data-column]")).bounding_box()
    assert goal
    page.mouse.down()
    end_x = goal["x"] + goal["width"] / 2
    end_y = goal["y"] + (4 if above else goal["height"] - 4)
    page.mouse.move(end_x, end_y - 12, steps=8)
    page.mouse.move(end_x, end_y, steps=4)
    page.locator("[data-slot]").wait_for(state="attached")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.mouse.up()

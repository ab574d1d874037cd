"""The focus on the board: one tab stop, arrows between cards, and never lost because of others."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.board import card, column
from tests.browser.conftest import Window
from tests.browser.hands import Keyboard, fill
from tests.support.server import Server
from tests.support.wait import until

TICKETS = "/api/projects/HARB/tickets"
PRESS_N = """() => {
  document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "n", bubbles: true }))
  return document.activeElement.name
}"""


def test_the_cards_are_one_tab_stop_that_arrows_and_letters_move(server: Server, window: Window) -> None:
    fill(server, "To Do", "Anchor", "Buoy", "Crane")
    fill(server, "Review", "Dock", "Eddy")
    page = window("alice")
    stops = page.locator('[data-ticket] :is(a, button):not([tabindex="-1"])')
    expect(stops).to_have_count(1)

    Keyboard(page).tab_to(page.locator("[data-open]", has_text="Anchor"))
    for key, title in (
        ("ArrowDown", "Buoy"),
        ("j", "Crane"),
        ("j", "Crane"),
        ("ArrowRight", "Eddy"),
        ("k", "Dock"),
        ("h", "Anchor"),
        ("ArrowLeft", "Anchor"),
        ("l", "Dock"),
        ("ArrowLeft", "Anchor"),
        ("End", "Crane"),
        ("Home", "Anchor"),
    ):
        page.keyboard.press(key)
        assert _focused(page) == title, f"after {key}"

    expect(stops).to_have_count(1)
    expect(stops).to_be_focused()


def test_it_stays_with_a_card_that_others_move_and_change(server: Server, window: Window) -> None:
    [first, *_] = fill(server, "To Do", "Anchor", "Buoy")
    page, bob = window("alice"), server.client("bob")
    Keyboard(page).go_to("Anchor")

    done = bob.get("/api/projects/HARB/columns").json()[3]["id"]
    bob.patch(f"{TICKETS}/{first}", json={"columnId": done, "title": "Anchor, renamed"})

    expect(card(column(page, "Done"), "Anchor, renamed")).to_have_count(1)
    assert _focused(page) == "Anchor, renamed"


def test_it_goes_to_the_neighbour_of_a_card_that_is_deleted_or_hidden(server: Server, window: Window) -> None:
    first, second, third, _ = fill(server, "To Do", "Anchor", "Buoy", "Crane", "Dock")
    page, bob = window("alice"), server.client("alice")
    Keyboard(page).go_to("Buoy")

    bob.delete(f"{TICKETS}/{second}")
    until(lambda: _focused(page) == "Crane", what="the focus below")
    page.locator(f'[data-ticket="{third}"]').evaluate("(card) => (card.hidden = true)")
    until(lambda: _focused(page) == "Dock", what="the focus below the hidden one")
    page.keyboard.press("ArrowUp")
    assert _focused(page) == "Anchor"
    bob.delete(f"{TICKETS}/{first}")
    until(lambda: _focused(page) == "Dock", what="the focus below, over the hidden one")


@pytest.mark.parametrize("old", [False, True], ids=["moveBefore", "insertBefore"])
def test_it_goes_to_the_button_that_unfolds_the_column_into_which_a_card_goes(
    server: Server, window: Window, old: bool
) -> None:
    first, *_ = fill(server, "To Do", "Anchor", "Buoy")
    page, bob = window("alice"), server.client("bob")
    if old:
        page.evaluate("delete Element.prototype.moveBefore")
    done = column(page, "Done")
    unfold = done.get_by_role("button", name="Done", exact=True)
    done.get_by_label("Column menu").click()
    page.locator(".column__menu:popover-open [data-collapse]").click()
    Keyboard(page).go_to("Anchor")

    bob.patch(f"{TICKETS}/{first}", json={"columnId": done.get_attribute("data-column-panel")})

    expect(unfold).to_be_focused()
    Keyboard(page).go_to("Buoy")
    for _ in range(3):
        page.keyboard.press("Control+Shift+ArrowRight")
    expect(unfold).to_be_focused()
    expect(page.locator("[data-said]").last).to_have_text(re.compile("^HARB-[0-9]+ moved to Done, position 1 of 2.$"))
    page.keyboard.press("Enter")
    expect(card(done, "Buoy")).to_be_visible()


def test_it_goes_to_the_neighbour_of_a_ticket_that_is_deleted_while_it_is_open(server: Server, window: Window) -> None:
    _, second, _ = fill(server, "To Do", "Anchor", "Buoy", "Crane")
    page = window("alice")
    Keyboard(page).go_to("Buoy")
    page.keyboard.press("Enter")
    expect(page.locator("dialog [data-ticket-view]")).to_be_visible()

    server.client("alice").delete(f"{TICKETS}/{second}")
    expect(page.locator("dialog [data-ticket-notice]")).to_contain_text("has deleted this ticket")
    page.keyboard.press("Escape")

    until(lambda: _focused(page) == "Crane", what="the focus below")


def test_it_goes_to_a_card_when_the_column_around_it_is_deleted(server: Server, window: Window) -> None:
    fill(server, "To Do", "Anchor")
    page, alice = window("alice"), server.client("alice")
    column(page, "Review").locator("[popovertarget]").focus()

    alice.delete(f"/api/projects/HARB/columns/{_column_id(page, 'Review')}")

    until(lambda: _focused(page) == "Anchor", what="the focus on a card")


def test_a_ticket_is_added_where_that_can_be_seen_and_typed_at_once(server: Server, window: Window) -> None:
    page = window("alice")
    column(page, "To Do").locator("[popovertarget]").click()
    page.locator(":popover-open [data-collapse]").click()

    name = page.evaluate(PRESS_N)

    assert name == "title"
    expect(column(page, "In Progress").locator("[name=title]")).to_be_focused()


def test_it_and_the_selection_survive_a_card_that_is_replaced(server: Server, window: Window) -> None:
    [first, *_] = fill(server, "To Do", "Anchor", "Buoy")
    page = window("alice")
    Keyboard(page).go_to("Anchor")
    page.keyboard.press("x")
    page.evaluate("window.old = document.activeElement.closest('[data-ticket]'); window.old.dataset.strange = ''")

    page.evaluate("dispatchEvent(new Event('punt:doubt'))")

    until(lambda: not page.evaluate("window.old.isConnected"), what="the card to be replaced")
    assert _focused(page) == "Anchor"
    expect(page.locator(f'[data-ticket="{first}"]')).to_have_attribute("data-selected", "")
    page.keyboard.press("ArrowDown")
    assert _focused(page) == "Buoy"


def test_the_last_card_gives_it_to_the_board(server: Server, window: Window) -> None:
    [only] = fill(server, "To Do", "Anchor")
    page = window("alice")
    Keyboard(page).go_to("Anchor")

    server.client("alice").delete(f"{TICKETS}/{only}")

    expect(card(page, "Anchor")).to_have_count(0)
    expect(page.locator("[data-board]")).to_be_focused()
    fill(server, "Done", "Zinc")
    expect(card(page, "Zinc")).to_have_count(1)
    page.keyboard.press("j")
    assert _focused(page) == "Zinc"


def _column_id(page: Page, name: str) -> str:
    return str(column(page, name).get_attribute("data-column-panel"))


def _focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent"))


@pytest.mark.parametrize("control", ["Save changes", "Top", "HARB-1"])
def test_it_stays_on_a_control_of_a_ticket_that_somebody_else_changes(
    server: Server, window: Window, control: str
) -> None:
    server.client("alice").post(TICKETS, json={"title": "Paint the pier"})
    page = window("bob")
    page.locator("[data-ticket] [data-open]").click()
    view = page.locator("dialog [data-ticket-view]")
    here = view.get_by_text(control, exact=True).first
    here.focus()

    server.client("alice").patch(f"{TICKETS}/1", json={"title": "Paint all piers"})

    expect(view.locator("[name=title]")).to_have_value("Paint all piers")
    expect(here).to_be_focused()


def test_it_stays_on_a_project_while_the_list_changes(server: Server, window: Window) -> None:
    page = window("bob", "/")
    here = page.get_by_role("link", name="Harbour website")
    here.focus()

    server.client("bob").post("/api/projects", json={"key": "BOAT", "name": "Boats"})

    expect(page.get_by_role("link", name="Boats")).to_be_visible()
    expect(here).to_be_focused()

"""Without a connection a screen shows what the server has: failed changes are undone at once, with a notice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.board import card, column, drag, expect_live, expect_state, expect_titles
from tests.browser.conftest import Watch, Window
from tests.browser.hands import Finger, Keyboard, Mouse, fill, in_database
from tests.browser.network import divert, hold, until_told
from tests.browser.test_columns import NAMES, carry, menu
from tests.browser.test_moving_by_touch import PHONE
from tests.browser.test_theme import choose
from tests.browser.ticket import TICKETS, field, notice, open_ticket, save
from tests.support.server import Server
from tests.support.wait import until

SOON = 20_000
"""Milliseconds; while there is no connection nothing else could bring a card back."""
THREE = ["Anchor", "Buoy", "Crane"]


def _press(page: Page) -> None:
    Keyboard(page).go_to("Anchor")
    page.keyboard.press("Control+Shift+ArrowRight")


WAYS: dict[str, tuple[dict[str, Any], Callable[[Page], None]]] = {
    "mouse": ({}, lambda page: Mouse(page).put_into("Anchor", "Review")),
    "mouse, in its column": ({}, lambda page: drag(page, "Anchor", "To Do")),
    "finger": (PHONE, lambda page: Finger(page).put_into("Anchor", "In Progress")),
    "key": ({}, _press),
    "menu": ({}, lambda page: Mouse(page).choose("Anchor", "Done")),
}


@pytest.fixture
def page(server: Server, window: Window, watch: Watch) -> Page:
    """The board in Alice's window, with three tickets."""
    watch.expect("ERR_")
    fill(server, "To Do", *THREE)
    return window("alice")


def expect_at_once(page: Page, name: str, titles: list[str]) -> None:
    expect(column(page, name).locator('[data-field="title"]')).to_have_text(titles, timeout=SOON)
    expect(page.locator("[data-pending]")).to_have_count(0, timeout=SOON)


@pytest.mark.parametrize("way", WAYS)
def test_offline_a_move_goes_back_at_once_and_can_be_tried_again(
    server: Server, window: Window, watch: Watch, way: str
) -> None:
    options, move = WAYS[way]
    watch.expect("ERR_")
    fill(server, "To Do", *THREE)
    page = window("alice", **options)
    page.context.set_offline(True)
    expect_state(page, "offline")

    move(page)

    failed = notice(page, "The ticket was not moved. The server cannot be reached.")
    expect(failed).to_have_role("alert")
    expect_at_once(page, "To Do", THREE)
    page.context.set_offline(False)
    expect_live(page, seconds=20)
    expect_titles(page, "To Do", THREE)
    failed.get_by_role("button", name="Retry").click()
    until(lambda: in_database(server)["To Do"] != THREE, what="the second try")
    expect(page.locator("[data-pending]")).to_have_count(0)
    expect_titles(page, "To Do", in_database(server)["To Do"])


def test_offline_several_cards_go_back_together(page: Page) -> None:
    hands = Mouse(page)
    hands.select("Anchor", "Crane")
    page.context.set_offline(True)

    hands.move_selected("Done")

    notice(page, "2 tickets were not moved.")
    expect_at_once(page, "To Do", THREE)
    page.context.set_offline(False)
    expect_live(page, seconds=20)


def test_a_move_that_waits_for_the_server_is_marked_until_it_goes_back(page: Page) -> None:
    held = hold(page, "PATCH")

    drag(page, "Anchor", "Done")
    drag(page, "Buoy", "Done")

    until_told(page, lambda: held, what="the first move")
    expect(column(page, "Done").locator("[data-pending]")).to_have_count(2)
    held[0].abort()
    until_told(page, lambda: held[1:], what="the second move")
    expect_titles(page, "To Do", ["Anchor", "Crane"])
    held[1].abort()
    expect_titles(page, "To Do", THREE)
    expect(page.locator("[data-pending]")).to_have_count(0)


def test_a_card_whose_second_move_fails_lies_where_the_first_one_put_it(server: Server, page: Page) -> None:
    held = hold(page, "PATCH")
    drag(page, "Buoy", "Review")
    drag(page, "Buoy", "Done")
    until_told(page, lambda: held, what="the first move")

    held[0].continue_()
    until_told(page, lambda: held[1:], what="the second move")
    held[1].abort()

    notice(page, "was not moved")
    expect_titles(page, "Review", ["Buoy"])
    assert in_database(server)["Review"] == ["Buoy"]


def test_a_card_that_somebody_else_moved_meanwhile_lies_there_when_the_connection_is_back(
    server: Server, page: Page
) -> None:
    page.context.set_offline(True)
    expect_state(page, "offline")
    drag(page, "Anchor", "Done")
    notice(page, "was not moved")
    review = server.client("bob").get("/api/projects/HARB/columns").json()[2]["id"]
    server.client("bob").patch(f"{TICKETS}/1", json={"columnId": review})

    page.context.set_offline(False)

    expect_live(page, seconds=20)
    expect_titles(page, "Review", ["Anchor"])
    expect_titles(page, "To Do", ["Buoy", "Crane"])


def test_a_move_that_the_server_did_though_its_answer_was_lost_is_shown(server: Server, page: Page) -> None:
    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    divert(page, "PATCH", lose)

    drag(page, "Anchor", "Done")

    notice(page, "was not moved")
    expect_titles(page, "Done", ["Anchor"])
    expect(page.locator("[data-pending]")).to_have_count(0)


@pytest.mark.parametrize("status", [403, 409, 429, 500, 503])
def test_a_refused_move_goes_back_at_once(page: Page, watch: Watch, status: int) -> None:
    watch.expect(str(status))
    divert(page, "PATCH", lambda route: route.fulfill(status=status, json={"error": "Not now."}))

    drag(page, "Buoy", "Done")

    expect(notice(page, "The ticket was not moved. Not now.")).to_have_role("alert")
    expect_at_once(page, "To Do", THREE)


def test_what_a_fresh_copy_of_the_board_says_of_a_card_in_the_air_counts_when_it_is_let_go(
    server: Server, page: Page
) -> None:
    card(page, "Anchor").hover()
    page.mouse.down()
    page.mouse.move(800, 300, steps=8)
    page.locator("[data-lifted]").wait_for()
    page.evaluate("window.dispatchEvent(new Event('punt:doubt'))")
    with page.expect_response("**/board"):
        server.client("bob").patch(f"{TICKETS}/1", json={"title": "Anchor chain"})
    page.keyboard.press("Escape")

    expect_titles(page, "To Do", ["Anchor chain", "Buoy", "Crane"])


def test_a_column_that_waits_for_the_server_is_marked_and_goes_back_when_that_cannot_be_reached(page: Page) -> None:
    held = hold(page, "PATCH")

    carry(page, "Done", "To Do")

    route = until_told(page, lambda: held, what="the move")[0]
    expect(page.locator("[data-column-panel][data-pending]")).to_have_count(1)
    route.abort()
    notice(page, "The column was not moved.")
    expect(page.locator(NAMES)).to_have_text(["To Do", "In Progress", "Review", "Done"], timeout=SOON)
    expect(page.locator("[data-pending]")).to_have_count(0, timeout=SOON)


def test_a_theme_that_cannot_be_kept_goes_back_and_that_is_said(page: Page) -> None:
    before = page.locator("html").get_attribute("data-theme")
    page.context.set_offline(True)

    choose(page, "Dark")

    expect(notice(page, "The theme could not be kept.")).to_have_role("alert")
    expect(page.locator("html")).to_have_attribute("data-theme", str(before))
    page.context.set_offline(False)
    expect_live(page, seconds=20)


def _add(page: Page) -> None:
    panel = column(page, "Review")
    panel.locator("[data-quick-add] summary").click()
    panel.locator("[name=title]").fill("Dock")
    panel.locator("[name=title]").press("Enter")


def _rename(page: Page) -> None:
    field = menu(page, "Review").locator("[data-column-form] [name=name]")
    field.fill("Later")
    field.press("Enter")


DEEDS: dict[str, Callable[[Page], object]] = {
    "add a ticket": _add,
    "rename a column": _rename,
    "sort a column": lambda page: menu(page, "To Do").get_by_text("Sort by priority").click(),
    "move a column by its menu": lambda page: menu(page, "To Do").get_by_text("Move right").click(),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_offline_what_the_server_did_not_do_is_not_shown_and_that_is_said(page: Page, deed: str) -> None:
    page.context.set_offline(True)
    expect_state(page, "offline")

    DEEDS[deed](page)

    expect(page.get_by_role("alert")).to_contain_text("The server cannot be reached.")
    expect(page.locator(NAMES)).to_have_text(["To Do", "In Progress", "Review", "Done"])
    expect_titles(page, "To Do", THREE)
    expect_titles(page, "Review", [])
    page.context.set_offline(False)
    expect_live(page, seconds=20)


def _retitle(view: Locator) -> None:
    field(view, "title").fill("Anchor chain")
    save(view)


def test_offline_a_ticket_that_is_saved_moved_or_deleted_in_its_dialog_stays_as_it_is_and_that_is_said(
    server: Server, page: Page
) -> None:
    view = open_ticket(page, "Anchor")
    said = view.locator("[data-ticket-notice]")
    page.context.set_offline(True)
    expect_state(page, "offline")
    view.locator(".remover summary").click()
    deeds: list[Callable[[], object]] = [
        lambda: view.locator(".mover").get_by_role("button", name="Bottom").click(),
        lambda: view.get_by_role("button", name="Delete ticket").click(),
        lambda: _retitle(view),
    ]

    for deed in deeds:
        said.evaluate("(place) => place.replaceChildren()")
        deed()
        expect(said).to_contain_text("The server cannot be reached.")

    expect(said).to_have_role("alert")
    expect_titles(page, "To Do", THREE)
    page.context.set_offline(False)
    expect_live(page, seconds=20)
    expect(field(view, "title")).to_have_value("Anchor chain")
    said.get_by_role("button", name="Retry").click()
    until(lambda: in_database(server)["To Do"][0] == "Anchor chain", what="the second try")


def test_offline_an_undo_changes_nothing_until_it_is_tried_again(server: Server, page: Page) -> None:
    drag(page, "Anchor", "Done")
    notice(page, "HARB-1 moved to Done.")
    page.context.set_offline(True)
    expect_state(page, "offline")

    page.keyboard.press("Control+z")

    again = notice(page, "The server cannot be reached.").get_by_role("button", name="Retry")
    expect_titles(page, "Done", ["Anchor"])
    page.context.set_offline(False)
    expect_live(page, seconds=20)
    again.click()
    expect_titles(page, "To Do", THREE)
    assert in_database(server)["To Do"] == THREE

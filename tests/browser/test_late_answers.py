"""Responses that are late, fail, or arrive after somebody moved on: they still count, for what was requested."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.board import card, drag, expect_titles
from tests.browser.conftest import Watch, Window
from tests.browser.network import Late, hold, intercept, let_go, refuse
from tests.browser.ticket import TICKETS, delete, field, make, notice, open_ticket, save, shown, stored
from tests.support.server import Server

PROJECT = "/api/projects/HARB"
TICKET = "**/api/projects/*/tickets/*"


@pytest.fixture
def page(server: Server, window: Window) -> Page:
    """The board in Bob's window, with one ticket."""
    make(server, "Paint the pier")
    return window("bob")


def type_a_title(page: Page) -> Locator:
    """Open that ticket and type another title."""
    view = open_ticket(page, "Paint the pier")
    field(view, "title").fill("Paint all piers")
    return view


def test_a_ticket_that_is_closed_before_its_save_is_answered_is_saved(server: Server, page: Page) -> None:
    make(server, "Oil the crane")
    held = hold(page, "PATCH")

    save(type_a_title(page))
    page.keyboard.press("Escape")
    other = open_ticket(page, "Oil the crane")
    let_go(page, held)

    notice(page, "HARB-1 is saved.")
    expect(field(other, "title")).to_have_value("Oil the crane")
    expect(field(other, "version")).to_have_value("1")
    page.keyboard.press("Escape")
    expect(card(page, "Paint all piers")).to_have_count(1)
    expect(card(page, "Paint all piers")).not_to_have_attribute("data-unsent", "")
    assert stored(page) == []
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_save_that_clashes_after_the_ticket_was_closed_is_told_and_kept(
    server: Server, page: Page, watch: Watch
) -> None:
    watch.expect("409")
    held = hold(page, "PATCH")
    save(type_a_title(page))
    page.keyboard.press("Escape")

    server.client("alice").patch(f"{TICKETS}/1", json={"title": "Sell the pier"})
    let_go(page, held)

    expect(page.get_by_role("alert")).to_contain_text("changed")
    expect(card(page, "Sell the pier")).to_have_attribute("data-unsent", "")
    assert "Paint all piers" in stored(page)[0]


def test_a_deletion_that_is_answered_late_closes_no_other_ticket_and_can_be_undone(
    server: Server, window: Window
) -> None:
    make(server, "Paint the pier")
    make(server, "Oil the crane")
    page = window("alice")
    held = hold(page, "DELETE")
    delete(page, "Paint the pier")
    page.keyboard.press("Escape")
    other = open_ticket(page, "Oil the crane")
    let_go(page, held)

    told = notice(page, "HARB-1 is deleted.")
    expect(field(other, "title")).to_be_visible()
    expect(card(page, "Paint the pier")).to_have_count(0)
    told.get_by_role("button", name="Undo").click()
    expect_titles(page, "To Do", ["Paint the pier", "Oil the crane"])


def test_a_place_that_changes_nothing_hides_nobodys_edit(server: Server, page: Page, watch: Watch) -> None:
    watch.expect("409")
    view = type_a_title(page)
    server.client("alice").patch(f"{TICKETS}/1", json={"title": "Sell the pier"})
    expect(view.locator("[data-ticket-notice]")).to_contain_text("What you typed is kept.")

    with page.expect_response(lambda answer: answer.request.method == "PATCH") as placed:
        view.get_by_role("button", name="Top").click()
    placed.value.finished()
    page.evaluate("new Promise((done) => setTimeout(done, 100))")  # what is answered is shown by then
    save(view)

    expect(view.get_by_role("alert")).to_contain_text("changed the same fields as you")
    assert shown(server)["title"] == "Sell the pier"


def test_a_ticket_shows_what_changed_while_it_was_on_its_way(server: Server, page: Page) -> None:
    alice = server.client("alice")
    gone = alice.post(f"{PROJECT}/labels", json={"name": "mist"}).json()
    expect(page.locator("[data-facet=label] [data-label-name]")).to_have_text(["mist"])
    late = Late(page, "**/tickets/1")
    card(page, "Paint the pier").locator("[data-open]").click()
    late.wait()

    alice.patch(f"{TICKETS}/1", json={"title": "Paint all piers"})
    alice.post(f"{PROJECT}/labels", json={"name": "tides"})
    alice.delete(f"{PROJECT}/labels/{gone['id']}")
    expect(page.locator("[data-facet=label] [data-label-name]")).to_have_text(["tides"])
    expect(card(page, "Paint all piers")).to_have_count(1)
    late.arrive()

    view = page.locator("dialog [data-ticket-view]")
    expect(field(view, "title")).to_have_value("Paint all piers")
    expect(view.locator("[data-label-name]")).to_have_text(["tides"])


def test_a_ticket_that_is_deleted_while_it_is_on_its_way_says_so(server: Server, page: Page) -> None:
    late = Late(page, "**/tickets/1")
    card(page, "Paint the pier").locator("[data-open]").click()
    late.wait()

    server.client("alice").delete(f"{TICKETS}/1")
    expect(card(page, "Paint the pier")).to_have_count(0)
    late.arrive()

    expect(page.locator("dialog [data-ticket-notice]")).to_contain_text("has deleted this ticket")


def test_a_label_that_comes_while_an_open_ticket_is_fetched_anew_is_offered(server: Server, page: Page) -> None:
    alice, view = server.client("alice"), open_ticket(page, "Paint the pier")
    late = Late(page, "**/tickets/1")
    alice.patch(f"{TICKETS}/1", json={"title": "Paint all piers"})
    late.wait()

    alice.post(f"{PROJECT}/labels", json={"name": "tides"})
    expect(view.locator("[data-label-name]")).to_have_text(["tides"])
    late.arrive()

    expect(field(view, "title")).to_have_value("Paint all piers")
    expect(view.locator("[data-label-name]")).to_have_text(["tides"])


def test_a_move_that_the_server_could_not_take_ends_where_the_server_has_the_card(page: Page, watch: Watch) -> None:
    watch.expect("503")
    intercept(page, TICKET, refuse)

    drag(page, "Paint the pier", "Done")
    notice(page, "was not moved")

    expect_titles(page, "To Do", ["Paint the pier"])
    expect(page.locator("[data-pending]")).to_have_count(0)


def test_an_undo_that_the_server_could_not_take_can_be_tried_again(page: Page, watch: Watch) -> None:
    watch.expect("503")
    drag(page, "Paint the pier", "Done")
    notice(page, "HARB-1 moved to Done.")
    intercept(page, TICKET, refuse)

    page.keyboard.press("Control+z")
    again = notice(page, "The database is busy.").get_by_role("button", name="Retry")
    page.unroute_all()
    again.click()

    expect_titles(page, "To Do", ["Paint the pier"])


def test_undos_one_right_after_the_other_are_each_ones_own(page: Page) -> None:
    for name in ("Review", "Done"):
        drag(page, "Paint the pier", name)
        notice(page, f"HARB-1 moved to {name}.")

    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")

    notice(page, "Undone: HARB-1 moved to Review.")
    expect_titles(page, "To Do", ["Paint the pier"])
    expect(page.get_by_role("alert")).to_have_count(0)


def test_two_moves_of_several_cards_are_both_taken_back(server: Server, window: Window, watch: Watch) -> None:
    watch.expect("400")  # neighbours that are not back yet: then the next choice counts
    for title in ("One", "Two", "Three"):
        make(server, title)
    page = window("bob")
    page.keyboard.press("j")
    page.keyboard.press("Home")
    for key in ("x", "j", "j", "Shift+X"):
        page.keyboard.press(key)
    expect(page.locator("[data-selected]")).to_have_count(3)
    for _ in range(2):
        page.keyboard.press("Control+Shift+ArrowRight")
    expect_titles(page, "Review", ["One", "Two", "Three"])

    page.keyboard.press("Escape")
    for name in ("In Progress", "To Do"):
        page.keyboard.press("Control+z")
        expect_titles(page, name, ["One", "Two", "Three"])

    expect(page.get_by_role("alert")).to_have_count(0)


def test_keys_that_move_a_card_nowhere_are_no_acts_to_undo(server: Server, window: Window) -> None:
    make(server, "One")
    make(server, "Two")
    page = window("bob")
    drag(page, "Two", "Done")
    notice(page, "HARB-2 moved to Done.")
    card(page, "One").locator("[data-open]").focus()

    for way in ("Up", "Down"):
        page.keyboard.press(f"Control+Shift+Arrow{way}")
    page.keyboard.press("Control+z")

    expect_titles(page, "To Do", ["One", "Two"])

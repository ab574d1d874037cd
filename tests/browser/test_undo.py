"""Your own moves, edits and deletions can be undone, and nobody else's change is lost by that."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.browser.board import card, column, drag, expect_titles
from tests.browser.conftest import Watch, Window
from tests.browser.hands import Keyboard, in_database
from tests.browser.network import hold, intercept, let_go
from tests.browser.ticket import TICKETS, delete, describe, field, make, notice, open_ticket, save, shown
from tests.support.server import Server


@pytest.fixture
def three(server: Server) -> list[dict[str, Any]]:
    """Three tickets of Alice's in To Do."""
    return [make(server, title) for title in ("One", "Two", "Three")]


def columns(server: Server) -> list[str]:
    """Return the ids of the columns, leftmost first."""
    return [each["id"] for each in server.client("alice").get("/api/projects/HARB/columns").json()]


@pytest.mark.parametrize("keys", ["Control+z", "Meta+z", None])
def test_a_move_is_taken_back_by_key_and_by_the_button_in_the_notice(
    three: list[dict[str, Any]], window: Window, keys: str | None
) -> None:
    bob, alice = window("bob"), window("alice")
    drag(bob, "Two", "Done")
    told = notice(bob, "HARB-2 moved to Done.")
    expect(card(column(alice, "Done"), "Two")).to_have_count(1)

    if keys:
        bob.keyboard.press(keys)
    else:
        told.get_by_role("button", name="Undo").click()

    notice(bob, "Undone: HARB-2 moved to Done.")
    for page in (bob, alice):
        expect_titles(page, "To Do", ["One", "Two", "Three"])
    expect(bob.locator("[data-pending]")).to_have_count(0)


def test_a_key_that_takes_back_means_the_move_that_is_still_on_its_way(
    three: list[dict[str, Any]], window: Window
) -> None:
    page = window("bob")
    drag(page, "One", "Review")
    notice(page, "HARB-1 moved to Review.")
    held = hold(page, "PATCH")

    drag(page, "Two", "Done")
    page.keyboard.press("Control+z")
    let_go(page, held)

    notice(page, "Undone: HARB-2 moved to Done.")
    expect_titles(page, "To Do", ["Two", "Three"])
    expect_titles(page, "Review", ["One"])


def test_several_moves_are_taken_back_one_by_one(three: list[dict[str, Any]], window: Window) -> None:
    page = window("bob")
    drag(page, "One", "Review")
    notice(page, "HARB-1 moved to Review.")
    drag(page, "One", "Done")
    notice(page, "HARB-1 moved to Done.")

    page.keyboard.press("Control+z")
    expect(card(column(page, "Review"), "One")).to_have_count(1)
    page.keyboard.press("Control+z")
    expect_titles(page, "To Do", ["One", "Two", "Three"])
    page.keyboard.press("Control+z")

    expect_titles(page, "To Do", ["One", "Two", "Three"])


def test_a_move_is_not_taken_back_when_somebody_else_moved_the_card_since(
    server: Server, three: list[dict[str, Any]], window: Window, watch: Watch
) -> None:
    page = window("bob")
    drag(page, "Two", "Done")
    notice(page, "HARB-2 moved to Done.")
    server.client("alice").patch(f"{TICKETS}/2", json={"columnId": columns(server)[2]})
    expect(card(column(page, "Review"), "Two")).to_have_count(1)

    page.keyboard.press("Control+z")

    notice(page, "Nothing was undone. Somebody else has changed HARB-2 since.")
    assert shown(server, 2)["columnId"] == columns(server)[2]
    expect(card(column(page, "Review"), "Two")).to_have_count(1)


@pytest.mark.parametrize(
    ("others", "told", "back"),
    [
        ([2], "2 of 3 undone. Somebody else has changed HARB-2 since.", ["One", "Three"]),
        ([1, 3], "1 of 3 undone. Somebody else has changed HARB-1 and HARB-3 since.", ["Two"]),
        ([1, 2, 3], "Nothing was undone. Somebody else has changed HARB-1, HARB-2, and HARB-3 since.", []),
    ],
)
def test_of_a_move_of_several_all_is_taken_back_and_shown_that_nobody_else_changed(
    server: Server,
    three: list[dict[str, Any]],
    window: Window,
    watch: Watch,
    others: list[int],
    told: str,
    back: list[str],
) -> None:
    watch.expect("400")
    page = window("alice")
    hands = Keyboard(page)
    hands.select("One", "Two", "Three")
    hands.choose("One", "Review")
    notice(page, "3 tickets moved to Review.")
    for number in others:
        server.client("bob").patch(f"{TICKETS}/{number}", json={"columnId": columns(server)[3]})
    expect(column(page, "Done").locator("[data-ticket]")).to_have_count(len(others))

    page.keyboard.press("Control+z")

    expect(notice(page, told)).to_have_role("alert")
    expect_titles(page, "To Do", back)
    assert in_database(server)["To Do"] == back
    assert len(in_database(server)["Done"]) == len(others)


def test_a_move_is_taken_back_although_somebody_else_edited_the_card_since(
    server: Server, three: list[dict[str, Any]], window: Window, watch: Watch
) -> None:
    page = window("bob")
    drag(page, "Two", "Done")
    notice(page, "HARB-2 moved to Done.")
    server.client("alice").patch(f"{TICKETS}/2", json={"title": "Second"})
    card(page, "Second").wait_for()

    page.keyboard.press("Control+z")

    expect_titles(page, "To Do", ["One", "Second", "Three"])


def test_a_move_whose_old_neighbours_are_gone_is_taken_back_into_the_old_column(
    server: Server, three: list[dict[str, Any]], window: Window, watch: Watch
) -> None:
    watch.expect("400")
    page, alice = window("bob"), server.client("alice")
    drag(page, "Two", "Done")
    notice(page, "HARB-2 moved to Done.")
    alice.patch(f"{TICKETS}/1", json={"columnId": columns(server)[1]})
    alice.delete(f"{TICKETS}/3")
    expect_titles(page, "To Do", [])

    page.keyboard.press("Control+z")

    expect_titles(page, "To Do", ["Two"])


def test_an_edit_is_taken_back_field_by_field_and_what_others_changed_stays(
    server: Server, window: Window, watch: Watch
) -> None:
    alice = server.client("alice")
    label = alice.post("/api/projects/HARB/labels", json={"name": "quay"}).json()["id"]
    make(server, "Paint the pier", labelIds=[label], description="Both sides", estimate="2h", priority="Low")
    page = window("bob")
    view = open_ticket(page, "Paint the pier")
    field(view, "title").fill("Oil the crane")
    describe(view, "All of it")
    field(view, "estimate").fill("")
    field(view, "dueDate").fill("2030-05-01")
    view.locator(f"#field-label-{label}").uncheck()
    save(view)
    notice(page, "HARB-1 is saved.")
    alice.patch(f"{TICKETS}/1", json={"priority": "Critical"})
    expect(field(view, "priority")).to_have_value("Critical")
    view.locator("[data-ticket-key]").focus()

    page.keyboard.press("Control+z")

    notice(page, "Undone: HARB-1 is saved.")
    expect(field(view, "title")).to_have_value("Paint the pier")
    expect(card(page, "Paint the pier")).to_have_count(1)
    saved = shown(server)
    assert (saved["description"], saved["estimate"], saved["dueDate"]) == ("Both sides", "2h", None)
    assert [each["name"] for each in saved["labels"]] == ["quay"]
    assert saved["priority"] == "Critical"


def test_an_edit_is_not_taken_back_over_somebody_elses_change_of_the_same_field(
    server: Server, window: Window, watch: Watch
) -> None:
    make(server, "Paint the pier")
    page = window("bob", "/projects/HARB/tickets/1")
    field(page, "title").fill("Oil the crane")
    save(page)
    told = notice(page, "HARB-1 is saved.")
    server.client("alice").patch(f"{TICKETS}/1", json={"title": "Sell the crane"})
    expect(field(page, "title")).to_have_value("Sell the crane")

    told.get_by_role("button", name="Undo").click()

    notice(page, "Nothing was undone.")
    assert shown(server)["title"] == "Sell the crane"


def test_in_a_field_the_keys_take_back_typing_only(server: Server, window: Window) -> None:
    make(server, "Paint the pier")
    page = window("bob", "/projects/HARB/tickets/1")
    field(page, "title").fill("Oil the crane")
    save(page)
    notice(page, "HARB-1 is saved.")

    field(page, "estimate").press_sequentially("2h")
    page.keyboard.press("Control+z")

    expect(field(page, "estimate")).not_to_have_value("2h")
    assert shown(server)["title"] == "Oil the crane"


def test_a_deletion_is_taken_back_for_everybody_and_to_its_place(three: list[dict[str, Any]], window: Window) -> None:
    alice, bob = window("alice"), window("bob")
    delete(alice, "Two")
    for page in (alice, bob):
        expect_titles(page, "To Do", ["One", "Three"])

    notice(alice, "HARB-2 is deleted.").get_by_role("button", name="Undo").click()

    for page in (alice, bob):
        expect_titles(page, "To Do", ["One", "Two", "Three"])
    drag(bob, "Two", "Done")
    expect(card(column(alice, "Done"), "Two")).to_have_count(1)


def test_a_deletion_that_is_taken_back_brings_children_along_and_says_which_have_another_parent(
    server: Server, window: Window
) -> None:
    alice = server.client("alice")
    parent, other = make(server, "Parent")["id"], make(server, "Other")["id"]
    stays, leaves = (make(server, title, parentId=parent) for title in ("Stays", "Leaves"))
    page = window("alice")
    delete(page, "Parent")
    told = notice(page, "HARB-1 is deleted.")
    alice.patch(f"{TICKETS}/{leaves['number']}", json={"parentId": other})

    told.get_by_role("button", name="Undo").click()

    expect(notice(page, "Undone: HARB-1 is deleted. HARB-4 is part of HARB-2 now.")).to_have_role("alert")
    assert [shown(server, each["number"])["parentId"] for each in (stays, leaves)] == [parent, other]


def test_a_deletion_that_was_taken_back_though_the_answer_was_lost_is_not_called_a_failure(
    three: list[dict[str, Any]], window: Window, watch: Watch
) -> None:
    watch.expect("ERR_FAILED")
    watch.expect("404")
    page = window("alice")
    delete(page, "Two")
    told = notice(page, "HARB-2 is deleted.")

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    intercept(page, "**/restore", lose, times=1)
    told.get_by_role("button", name="Undo").click()
    notice(page, "cannot be reached").get_by_role("button", name="Retry").click()

    notice(page, "Undone: HARB-2 is deleted.")
    expect_titles(page, "To Do", ["One", "Two", "Three"])


def test_a_deletion_on_the_tickets_own_page_is_taken_back_on_the_board(server: Server, window: Window) -> None:
    make(server, "Paint the pier")
    page = window("alice", "/projects/HARB/tickets/1")
    page.locator(".remover summary").click()
    page.get_by_role("button", name="Delete ticket").click()
    expect(page).to_have_url(f"{server.url}/projects/HARB/board")
    notice(page, "HARB-1 is deleted.")
    expect(card(page, "Paint the pier")).to_have_count(0)

    page.keyboard.press("Control+z")

    expect(card(page, "Paint the pier")).to_have_count(1)


def test_an_undo_that_gets_nowhere_can_be_tried_again(
    three: list[dict[str, Any]], window: Window, watch: Watch
) -> None:
    watch.expect("ERR_FAILED")
    page = window("bob")
    drag(page, "Two", "Done")
    notice(page, "HARB-2 moved to Done.")
    intercept(page, "**/tickets/*", lambda route: route.abort())

    page.keyboard.press("Control+z")
    again = notice(page, "cannot be reached").get_by_role("button", name="Retry")
    expect(card(column(page, "Done"), "Two")).to_have_count(1)
    page.unroute_all()
    again.click()

    expect_titles(page, "To Do", ["One", "Two", "Three"])


def test_the_bin_is_reached_from_the_boards_menu_and_gives_tickets_back(
    server: Server, three: list[dict[str, Any]], window: Window
) -> None:
    alice, bob = window("alice"), window("bob")
    delete(alice, "Two")
    notice(alice, "HARB-2 is deleted.")

    alice.get_by_label("More of Harbour website").click()
    alice.get_by_role("link", name="Bin").click()
    expect(alice.locator("[data-binned]")).to_contain_text("Alice Lindqvist")
    alice.get_by_role("button", name="Restore HARB-2").click()

    expect(alice).to_have_url(f"{server.url}/projects/HARB/tickets/2")
    expect_titles(bob, "To Do", ["One", "Two", "Three"])


def test_escape_and_a_click_elsewhere_close_a_menu(window: Window) -> None:
    page = window("bob")
    more = page.get_by_label("More of Harbour website")
    sheet = page.get_by_role("link", name="Bin")

    more.click()
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(more).to_be_focused()
    more.click()
    page.locator("[data-column-name]").first.click()
    expect(sheet).to_be_hidden()

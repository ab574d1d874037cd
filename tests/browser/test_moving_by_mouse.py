"""The board with a mouse alone."""

from __future__ import annotations

from playwright.sync_api import Page, Request, expect

from tests.browser import everything
from tests.browser.board import card, column, drag, expect_titles, titles
from tests.browser.conftest import Watch, Window
from tests.browser.hands import Mouse, fill, in_database
from tests.browser.network import intercept
from tests.support.server import Server
from tests.support.wait import until


def test_everything_on_the_board_is_done_with_a_mouse_alone(server: Server, window: Window) -> None:
    page = window("alice")

    everything.do(Mouse(page))

    assert everything.in_database(server) == everything.AT_THE_END


def test_selected_cards_move_together_in_their_order_by_one_request(server: Server, window: Window) -> None:
    fill(server, "To Do", "Anchor", "Buoy", "Crane", "Dock")
    fill(server, "Review", "Eddy", "Ferry")
    page = window("alice")
    writes = list[Request]()
    page.on("request", lambda request: writes.append(request) if request.method == "PATCH" else None)

    for title in ("Dock", "Anchor", "Buoy"):
        card(page, title).click(modifiers=["Control"], position={"x": 60, "y": 12})
    expect(page.locator("[data-selection-count]")).to_have_text("3 selected")
    drag(page, "Buoy", "Review", above="Ferry")

    assert titles(page, "Review") == ["Eddy", "Anchor", "Buoy", "Dock", "Ferry"]
    until(
        lambda: in_database(server)["Review"] == ["Eddy", "Anchor", "Buoy", "Dock", "Ferry"],
        what="the move in the database",
    )
    expect(page.locator("[data-pending]")).to_have_count(0)
    assert titles(page, "Review") == ["Eddy", "Anchor", "Buoy", "Dock", "Ferry"]
    assert len(writes) == 1


def test_shift_selects_a_range_and_escape_clears_it(server: Server, window: Window) -> None:
    fill(server, "To Do", "Anchor", "Buoy", "Crane", "Dock")
    page = window("alice")

    card(page, "Buoy").click(modifiers=["Control"], position={"x": 60, "y": 12})
    card(page, "Dock").click(modifiers=["Shift"], position={"x": 60, "y": 12})
    expect(page.locator("[data-selected]")).to_have_count(3)
    expect(page.locator("[data-open]", has_text="Crane")).to_have_accessible_description("Selected")
    page.keyboard.press("Escape")

    expect(page.locator("[data-selected]")).to_have_count(0)
    expect(page.locator("[data-selection]")).to_be_hidden()
    assert len(page.context.pages) == 1


def test_a_card_falls_where_it_is_let_go_though_no_frame_came_in_time(server: Server, window: Window) -> None:
    fill(server, "To Do", "Anchor", "Buoy")
    page = window("alice")
    goal = column(page, "Done").bounding_box()
    assert goal

    card(page, "Anchor").hover()
    page.mouse.down()
    page.evaluate("window.requestAnimationFrame = () => 0")
    page.mouse.move(goal["x"] + 20, goal["y"] + 90, steps=8)
    page.mouse.up()

    expect_titles(page, "Done", ["Anchor"])


def test_escape_ends_a_drag_and_nothing_moves(server: Server, window: Window) -> None:
    fill(server, "To Do", "Anchor", "Buoy")
    page = window("alice")

    card(page, "Anchor").hover()
    page.mouse.down()
    page.mouse.move(800, 300, steps=8)
    page.locator("[data-lifted]").wait_for()
    page.keyboard.press("Escape")
    page.mouse.up()

    assert titles(page, "To Do") == ["Anchor", "Buoy"]
    expect(page.locator("[data-lifted], [data-carried], [data-slot]")).to_have_count(0)
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_under_a_filter_a_card_lands_beside_the_visible_ones(server: Server, window: Window) -> None:
    fill(server, "To Do", "Anchor", "hidden 1", "Buoy", "hidden 2", "Crane")
    page = window("alice")
    _filter(page)

    drag(page, "Crane", "To Do", above="Buoy")
    until(
        lambda: in_database(server)["To Do"] == ["Anchor", "hidden 1", "Crane", "Buoy", "hidden 2"],
        what="Crane above Buoy",
    )
    Mouse(page).choose("Anchor", "Down")
    until(
        lambda: in_database(server)["To Do"] == ["hidden 1", "Crane", "Anchor", "Buoy", "hidden 2"],
        what="Anchor below Crane",
    )
    Mouse(page).choose("Crane", "To the bottom")
    until(
        lambda: in_database(server)["To Do"] == ["hidden 1", "Anchor", "Buoy", "Crane", "hidden 2"],
        what="Crane below Buoy",
    )

    expect(page.locator("[data-pending]")).to_have_count(0)
    assert titles(page, "To Do") == ["hidden 1", "Anchor", "Buoy", "Crane", "hidden 2"]


def test_a_move_that_fails_is_taken_back_said_and_tried_again(server: Server, window: Window, watch: Watch) -> None:
    watch.expect("500")
    fill(server, "To Do", "Anchor", "Buoy")
    page = window("alice")
    intercept(
        page,
        "**/tickets/*",
        lambda route: (
            route.fulfill(status=500, json={"error": "Out of order."})
            if route.request.method == "PATCH"
            else route.fallback()
        ),
    )

    drag(page, "Anchor", "Done")
    notice = page.get_by_role("alert")
    expect(notice).to_contain_text("The ticket was not moved. Out of order.")
    expect(card(column(page, "To Do"), "Anchor")).to_have_count(1)
    page.unroute("**/tickets/*")
    notice.get_by_role("button", name="Retry").click()

    expect(card(column(page, "Done"), "Anchor")).to_have_count(1)
    until(lambda: in_database(server)["Done"] == ["Anchor"], what="the second try in the database")


def test_what_others_do_to_a_card_in_the_air_waits_for_the_drop(server: Server, window: Window) -> None:
    first, second = fill(server, "To Do", "Anchor", "Buoy")
    page, bob = window("alice"), server.client("bob")
    done = bob.get("/api/projects/HARB/columns").json()[3]["id"]
    card(page, "Anchor").hover()
    page.mouse.down()
    page.mouse.move(800, 300, steps=8)
    page.locator("[data-lifted]").wait_for()

    bob.patch(f"/api/projects/HARB/tickets/{first}", json={"columnId": done, "title": "Anchor, renamed"})
    bob.patch(f"/api/projects/HARB/tickets/{second}", json={"columnId": done})
    expect(card(column(page, "Done"), "Buoy")).to_have_count(1)
    expect(card(column(page, "To Do"), "Anchor")).to_have_count(1)
    page.keyboard.press("Escape")
    page.mouse.up()

    expect(card(column(page, "Done"), "Anchor, renamed")).to_have_count(1)


def _filter(page: Page) -> None:
    page.locator("[data-ticket]", has_text="hidden").evaluate_all("(all) => all.forEach((one) => (one.hidden = true))")

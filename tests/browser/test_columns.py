"""Columns, changed on the board: every way of it, live for others."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.board import card, column, drag, expect_titles
from tests.browser.conftest import Watch, Window
from tests.browser.hands import in_database
from tests.browser.network import intercept
from tests.browser.ticket import notice, stored
from tests.support.server import Server

PROJECT = "/api/projects/HARB"
NAMES = "[data-column-panel] [data-column-name]"


def menu(page: Page, name: str) -> Locator:
    """Open a column's menu."""
    column(page, name).locator("[popovertarget]").click()
    return page.locator(".column__menu:popover-open")


def settings(page: Page, name: str) -> Locator:
    """Open a column's settings over the board."""
    menu(page, name).locator("[data-column-open]").click()
    return page.locator("[data-column-dialog]")


def test_every_columns_menu_lies_inside_the_window_of_a_phone(window: Window) -> None:
    page = window("alice", viewport={"width": 390, "height": 844})

    for name in ("To Do", "In Progress", "Review", "Done"):
        box = menu(page, name).bounding_box()
        assert box
        assert box["x"] >= 0, name
        assert box["x"] + box["width"] <= 390, name
        page.keyboard.press("Escape")


def test_the_settings_of_a_column_say_only_what_was_changed_there(server: Server, window: Window) -> None:
    page, alice = window("alice"), server.client("alice")
    review = alice.get(f"{PROJECT}/columns").json()[2]["id"]
    form = settings(page, "Review")
    form.locator("[name=wipLimit]").fill("3")

    alice.patch(f"{PROJECT}/columns/{review}", json={"name": "Quality", "color": "#0b7a70"})
    expect(page.locator(NAMES).nth(2)).to_have_text("Quality")
    form.get_by_role("button", name="Save column").click()

    expect(column(page, "Quality").locator("[data-column-limit]")).to_have_text("3")
    saved = alice.get(f"{PROJECT}/columns").json()[2]
    assert (saved["name"], saved["color"], saved["wipLimit"]) == ("Quality", "#0b7a70", 3)


def test_columns_are_added_renamed_limited_coloured_and_deleted_live_for_others(
    server: Server, window: Window, watch: Watch
) -> None:
    watch.expect("409")
    alice, bob = window("alice"), window("bob")
    server.client("bob").post(f"{PROJECT}/tickets", json={"title": "Paint the pier"})
    server.client("bob").post(f"{PROJECT}/tickets", json={"title": "Oil the crane"})
    for page in (alice, bob):
        page.evaluate("window.notReloaded = true")

    alice.locator("[data-column-new] summary").click()
    alice.locator("[data-column-new] [name=name]").fill("Waiting")
    alice.keyboard.press("Enter")
    for page in (alice, bob):
        expect(page.locator(NAMES)).to_have_text(["To Do", "In Progress", "Review", "Done", "Waiting"])

    column(alice, "Waiting").locator("[data-column-name]").dblclick()
    alice.keyboard.type("Closed")
    alice.keyboard.press("Enter")
    for page in (alice, bob):
        expect(page.locator(NAMES).last).to_have_text("Closed")
        expect(column(page, "Closed")).to_have_attribute("data-done", "")
    drag(bob, "Oil the crane", "Closed")
    expect(card(column(alice, "Closed"), "Oil the crane")).to_be_visible()

    dialog = settings(alice, "To Do")
    dialog.locator("[name=wipLimit]").fill("1")
    dialog.locator("[value='#7a3ff2']").check()
    dialog.get_by_role("button", name="Save column").click()
    for page in (alice, bob):
        expect(column(page, "To Do")).to_have_attribute("data-full", "full")
        expect(column(page, "To Do").locator("[data-column-color]")).to_have_attribute("fill", "#7a3ff2")

    dialog = settings(alice, "To Do")
    dialog.get_by_role("button", name="Delete column").click()
    expect(dialog.locator("[data-field-error]")).to_contain_text("say which column they go to")
    dialog.locator("[name=moveTicketsTo]").select_option(label="Closed")
    dialog.get_by_role("button", name="Delete column").click()
    for page in (alice, bob):
        expect(page.locator(NAMES)).to_have_text(["In Progress", "Review", "Done", "Closed"])
        expect_titles(page, "Closed", ["Oil the crane", "Paint the pier"])
        assert page.evaluate("window.notReloaded")


def test_columns_are_reordered_by_drag_and_by_menu_and_sorted_once(server: Server, window: Window) -> None:
    alice, bob = window("alice"), window("bob")
    for title, priority in (("a", "Low"), ("b", "Critical"), ("c", "High")):
        server.client("bob").post(f"{PROJECT}/tickets", json={"title": title, "priority": priority})

    menu(alice, "To Do").get_by_text("Move right").click()
    for page in (alice, bob):
        expect(page.locator(NAMES)).to_have_text(["In Progress", "To Do", "Review", "Done"])

    carry(alice, "Done", "In Progress")
    for page in (alice, bob):
        expect(page.locator(NAMES)).to_have_text(["Done", "In Progress", "To Do", "Review"])
    assert server.client("bob").get(f"{PROJECT}/columns").json()[0]["name"] == "Done"

    menu(alice, "To Do").get_by_text("Sort by priority").click()
    for page in (alice, bob):
        expect_titles(page, "To Do", ["b", "c", "a"])


def test_a_sort_is_taken_back_but_for_what_somebody_else_moved_since(server: Server, window: Window) -> None:
    alice, bob = window("alice"), server.client("bob")
    for title, priority in (("a", "Low"), ("b", "Critical"), ("c", "High"), ("d", "Highest")):
        bob.post(f"{PROJECT}/tickets", json={"title": title, "priority": priority})
    expect_titles(alice, "To Do", ["a", "b", "c", "d"])

    menu(alice, "To Do").get_by_text("Sort by priority").click()
    told = notice(alice, "To Do is sorted.")
    expect_titles(alice, "To Do", ["b", "d", "c", "a"])
    bob.patch(f"{PROJECT}/tickets/2", json={"order": 3})
    expect_titles(alice, "To Do", ["d", "c", "a", "b"])
    told.get_by_role("button", name="Undo").click()

    notice(alice, "Undone: To Do is sorted. Moved since, and left there: HARB-2.")
    expect_titles(alice, "To Do", ["a", "c", "d", "b"])
    assert in_database(server)["To Do"] == ["a", "c", "d", "b"]


def carry(page: Page, name: str, before: str) -> None:
    """Drag a column by its header to the left of another."""
    goal = column(page, before).bounding_box()
    assert goal
    column(page, name).locator("[data-column-name]").hover()
    page.mouse.down()
    page.mouse.move(goal["x"] + 60, goal["y"] + 20, steps=8)
    page.mouse.move(goal["x"] + 30, goal["y"] + 20, steps=4)
    expect(page.locator(NAMES).first).to_have_text(name)
    page.mouse.up()


def test_a_column_that_cannot_be_moved_goes_back_and_that_is_said_at_once(window: Window, watch: Watch) -> None:
    watch.expect("ERR_FAILED")
    page = window("alice")
    intercept(page, "**/columns/*", lambda route: route.abort())

    carry(page, "Done", "To Do")

    failed = notice(page, "The column was not moved.")
    expect(failed).to_have_role("alert")
    expect(page.locator(NAMES)).to_have_text(["To Do", "In Progress", "Review", "Done"])


def test_a_collapsed_column_is_remembered_and_takes_what_is_dropped_on_it(server: Server, window: Window) -> None:
    server.client("alice").post(f"{PROJECT}/tickets", json={"title": "Paint the pier"})
    page = window("bob")
    expect(menu(page, "Review").locator("[data-column-form]")).to_have_count(0)
    page.locator(".column__menu:popover-open [data-collapse]").click()
    panel = column(page, "Review")

    box = panel.bounding_box()
    assert box
    assert box["width"] < 50
    drag_onto(page, "Paint the pier", panel)
    expect(panel.locator("[data-column-count]")).to_have_text("1")
    page.reload()
    expect(panel).to_have_attribute("data-collapsed", "")
    expect(card(panel, "Paint the pier")).to_be_hidden()
    panel.locator(".column__expand").click()
    expect(card(panel, "Paint the pier")).to_be_visible()
    page.reload()
    expect(card(panel, "Paint the pier")).to_be_visible()


def drag_onto(page: Page, title: str, panel: Locator) -> None:
    """Drag a card to a collapsed column, which opens meanwhile."""
    goal = panel.bounding_box()
    assert goal
    card(page, title).hover()
    page.mouse.down()
    page.mouse.move(goal["x"] + 20, goal["y"] + 60, steps=10)
    expect(panel.locator("[data-column]")).to_be_visible()
    page.mouse.up()


def test_what_others_do_to_columns_disturbs_neither_typing_nor_focus_nor_scrolling(
    server: Server, window: Window
) -> None:
    alice = server.client("alice")
    for number in range(30):
        alice.post(f"{PROJECT}/tickets", json={"title": f"Ticket {number}"})
    first, second, *_ = alice.get(f"{PROJECT}/columns").json()
    page = window("bob")
    field = column(page, "To Do").locator("[data-quick-add] input[name=title]")
    column(page, "To Do").locator("[data-quick-add] summary").click()
    field.fill("Half a sent")
    cards = page.locator(f'[data-column="{first["id"]}"]')
    cards.evaluate("(list) => list.scrollTop = 400")

    alice.post(f"{PROJECT}/columns", json={"name": "Waiting"})
    alice.patch(f"{PROJECT}/columns/{second['id']}", json={"name": "Under way", "order": 3})
    alice.patch(f"{PROJECT}/columns/{first['id']}", json={"wipLimit": 9, "order": 1})

    expect(page.locator(NAMES)).to_have_text(["Review", "To Do", "Done", "Under way", "Waiting"])
    expect(column(page, "To Do")).to_have_attribute("data-full", "over")
    expect(field).to_be_focused()
    page.keyboard.type("ence")
    expect(field).to_have_value("Half a sentence")
    assert cards.evaluate("(list) => list.scrollTop") == 400


def test_what_is_typed_in_a_column_that_somebody_deletes_goes_on_in_another(server: Server, window: Window) -> None:
    page = window("bob")
    panel = column(page, "Review")
    panel.locator("[data-quick-add] summary").click()
    expect(panel.locator("[data-quick-add] [name=title]")).to_be_focused()
    page.keyboard.type("Half a sent")

    server.client("alice").delete(f"{PROJECT}/columns/{panel.get_attribute('data-column-panel')}")

    notice(page, "The column was deleted. What you typed is here.")
    field = column(page, "To Do").locator("[data-quick-add] [name=title]")
    expect(field).to_be_focused()
    page.keyboard.type("ence")
    page.reload()
    expect(field).to_have_value("Half a sentence")
    assert len(stored(page)) == 1
    field.press("Enter")
    expect(card(column(page, "To Do"), "Half a sentence")).to_have_count(1)


def test_what_is_typed_in_a_deleted_column_takes_no_focus_from_elsewhere(server: Server, window: Window) -> None:
    page = window("bob")
    panel = column(page, "Review")
    panel.locator("[data-quick-add] summary").click()
    expect(panel.locator("[data-quick-add] [name=title]")).to_be_focused()
    page.keyboard.type("Half a sentence")
    page.locator("[data-search]").focus()

    server.client("alice").delete(f"{PROJECT}/columns/{panel.get_attribute('data-column-panel')}")

    expect(column(page, "To Do").locator("[data-quick-add] [name=title]")).to_have_value("Half a sentence")
    page.wait_for_function("document.querySelector('[data-quick-add]').open")
    expect(page.locator("[data-search]")).to_be_focused()


def test_without_javascript_a_column_has_a_page_and_its_menu_works(
    server: Server, profile: Callable[..., BrowserContext]
) -> None:
    page = profile("alice", java_script_enabled=False).new_page()
    page.goto("/projects/HARB/board")

    page.locator("[data-column-new] summary").click()
    page.locator("[data-column-new] [name=name]").fill("Waiting")
    page.keyboard.press("Enter")
    menu(page, "Waiting").get_by_text("Move left").click()
    expect(page.locator(NAMES)).to_have_text(["To Do", "In Progress", "Review", "Waiting", "Done"])
    menu(page, "Waiting").locator("[data-column-open]").click()
    page.locator("[name=wipLimit]").fill("3")
    page.get_by_role("button", name="Save column").click()
    expect(column(page, "Waiting").locator("[data-column-limit]")).to_have_text("3")
    menu(page, "Waiting").locator("[data-column-open]").click()
    page.get_by_role("button", name="Delete column").click()
    expect(page.locator(NAMES)).to_have_text(["To Do", "In Progress", "Review", "Done"])

"""The board with the keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser import everything
from tests.browser.board import card, column, titles
from tests.browser.conftest import Window
from tests.browser.hands import DIALOG, Keyboard, fill, in_database
from tests.support.server import Server
from tests.support.wait import until


def test_everything_on_the_board_is_done_with_the_keyboard_alone(server: Server, window: Window) -> None:
    page = window("alice")

    everything.do(Keyboard(page))

    assert everything.in_database(server) == everything.AT_THE_END


@pytest.mark.parametrize(
    ("key", "field"),
    [("e", "title"), ("a", "assigneeId"), ("p", "priority"), ("d", "dueDate")],
)
def test_a_letter_opens_the_ticket_at_a_field(server: Server, window: Window, key: str, field: str) -> None:
    fill(server, "To Do", "Anchor")
    page = window("alice")

    page.keyboard.press("j")
    page.keyboard.press(key)

    expect(page.locator(DIALOG).locator(f"[name={field}]")).to_be_focused()


def test_modified_arrows_move_the_card_and_the_focus_follows(server: Server, window: Window) -> None:
    fill(server, "To Do", "Anchor", "Buoy", "Crane")
    page = window("alice")
    Keyboard(page).go_to("Crane")

    for keys, expected in (
        ("Control+Shift+ArrowUp", ["Anchor", "Crane", "Buoy"]),
        ("Control+Shift+Home", ["Crane", "Anchor", "Buoy"]),
        ("Control+Shift+ArrowDown", ["Anchor", "Crane", "Buoy"]),
        ("Control+Shift+End", ["Anchor", "Buoy", "Crane"]),
    ):
        page.keyboard.press(keys)
        assert titles(page, "To Do") == expected
    page.keyboard.press("Control+Shift+ArrowRight")

    assert titles(page, "In Progress") == ["Crane"]
    assert _focused(page) == "Crane"
    until(lambda: in_database(server)["In Progress"] == ["Crane"], what="all moves in the database")
    assert _focused(page) == "Crane"


def test_the_menu_is_walked_with_arrows_and_gives_the_focus_back(server: Server, window: Window) -> None:
    fill(server, "To Do", "Anchor")
    page = window("alice")
    page.keyboard.press("j")

    for opening in ("m", "Shift+F10"):
        page.keyboard.press(opening)
        expect(page.get_by_role("menuitem", name="Open")).to_be_focused()
        page.keyboard.press("ArrowUp")
        expect(page.get_by_role("menuitem", name="Done")).to_be_focused()
        page.keyboard.press("Home")
        page.keyboard.press("ArrowDown")
        expect(page.get_by_role("menuitem", name="Select")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.locator("[data-card-menu]")).to_be_hidden()
        assert _focused(page) == "Anchor"


def test_letters_rest_while_somebody_types_or_when_they_are_off(server: Server, window: Window) -> None:
    fill(server, "To Do", "Anchor", "Buoy")
    page = window("alice")
    page.keyboard.press("n")
    field = column(page, "To Do").locator("[name=title]")
    expect(field).to_be_focused()
    page.keyboard.type("jx?m")
    expect(field).to_have_value("jx?m")
    field.fill("")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("?")
    help_ = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(help_).to_be_visible()

    help_.get_by_role("checkbox").uncheck()
    page.keyboard.press("Escape")
    for _ in range(2):
        page.locator("[data-open]", has_text="Anchor").focus()
        page.keyboard.press("x")
        page.keyboard.press("j")
        assert _focused(page) == "Anchor"
        expect(page.locator("[data-selected]")).to_have_count(0)
        page.keyboard.press("ArrowDown")
        assert _focused(page) == "Buoy"
        page.reload()


def test_a_letter_that_an_input_method_composes_does_nothing(server: Server, window: Window) -> None:
    fill(server, "To Do", "Anchor")
    page = window("alice")
    page.keyboard.press("j")

    page.evaluate(
        "document.activeElement.dispatchEvent("
        "new KeyboardEvent('keydown', {key: 'x', code: 'KeyX', isComposing: true, bubbles: true}))"
    )

    expect(page.locator("[data-selected]")).to_have_count(0)


def test_a_viewer_goes_about_and_changes_nothing(server: Server, window: Window) -> None:
    fill(server, "To Do", "Anchor", "Buoy")
    page = window("vera")

    page.keyboard.press("j")
    page.keyboard.press("j")
    for key in ("x", "m", "n", "Control+Shift+ArrowRight", "Escape"):
        page.keyboard.press(key)
    assert _focused(page) == "Buoy"
    expect(page.locator("[data-act=menu], [data-selected], [data-card-menu]")).to_have_count(0)
    assert titles(page, "To Do") == ["Anchor", "Buoy"]
    page.keyboard.press("?")
    expect(page.get_by_role("dialog").get_by_role("heading", level=3)).to_have_text(["Go"])


def test_a_range_is_selected_with_shift_and_x(server: Server, window: Window) -> None:
    fill(server, "To Do", "Anchor", "Buoy", "Crane", "Dock")
    page = window("alice")

    for key in ("j", "j", "x", "j", "j", "Shift+X"):
        page.keyboard.press(key)

    expect(page.locator("[data-selected]")).to_have_count(3)
    expect(card(page, "Anchor")).not_to_have_attribute("data-selected", "")


def _focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent"))

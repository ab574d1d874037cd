"""Shortcuts on other keyboards: with Caps Lock, on layouts without Latin letters, with Alt, and while composing."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.board import expect_live
from tests.browser.conftest import Window
from tests.support.server import Server

CONTROL, COMMAND = {"ctrlKey": True}, {"metaKey": True}
ALT_GRAPH = {"modifierAltGraph": True}
MAC = "Object.defineProperty(navigator, 'platform', { get: () => 'MacIntel' })"
PRESS = """(options) => document.activeElement.dispatchEvent(
  new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...options }))"""
TEXT = "[data-quick-add] [name=title]"


def press(page: Page, key: str, letter: str = "", **more: Any) -> None:
    """Press a key that types this, where a Latin keyboard has that letter."""
    page.evaluate(PRESS, {"key": key, "code": f"Key{letter.upper()}" if letter else "", **more})


def switcher(page: Page) -> Locator:
    return page.locator("[data-switcher]")


@pytest.fixture
def page(server: Server, window: Window) -> Page:
    """A board with one ticket, whose card has the focus."""
    server.client("alice").post("/api/projects/HARB/tickets", json={"title": "Paint the pier"})
    page = window("alice")
    page.keyboard.press("j")
    return page


@pytest.mark.parametrize("modifier", [CONTROL, COMMAND], ids=["Ctrl", "⌘"])
@pytest.mark.parametrize("key", ["k", "K", "л", "Л", "κ", "ל", "ن", "ㅏ", "า", "क"])
def test_the_switcher_opens_with_caps_lock_and_on_any_layout(page: Page, key: str, modifier: dict[str, bool]) -> None:
    press(page, key, "k", **modifier)
    expect(switcher(page)).to_be_visible()

    press(page, key, "k", **modifier)
    expect(switcher(page)).to_be_hidden()


@pytest.mark.parametrize(
    ("key", "letter", "more"),
    [
        ("k", "k", {}),
        ("t", "k", CONTROL),  # Dvorak
        ("л", "g", CONTROL),  # another position, as on phonetic layouts
        ("k", "k", CONTROL | {"altKey": True}),
        ("κ", "k", CONTROL | {"altKey": True}),
        ("k", "k", CONTROL | ALT_GRAPH),
        ("K", "k", CONTROL | {"shiftKey": True}),
        ("k", "k", CONTROL | {"isComposing": True}),
    ],
)
def test_other_keys_do_not_open_it(page: Page, key: str, letter: str, more: dict[str, bool]) -> None:
    press(page, key, letter, **more)

    expect(switcher(page)).to_be_hidden()


def test_in_a_text_on_a_mac_only_command_k_opens_it(page: Page) -> None:
    page.add_init_script(MAC)
    page.reload()
    expect_live(page)
    page.keyboard.press("n")
    expect(page.locator(TEXT).first).to_be_focused()

    press(page, "k", "k", **CONTROL)
    expect(switcher(page)).to_be_hidden()
    press(page, "k", "k", **COMMAND)
    expect(switcher(page)).to_be_visible()


def test_elsewhere_control_k_opens_it_from_a_text_too(page: Page) -> None:
    page.keyboard.press("n")
    page.keyboard.press("Control+k")

    expect(switcher(page)).to_be_visible()


@pytest.mark.parametrize(("key", "letter"), [("ч", "x"), ("Ч", "x"), ("χ", "x"), ("ס", "x"), ("X", "x")])
def test_single_letters_work_with_caps_lock_and_on_any_layout(page: Page, key: str, letter: str) -> None:
    press(page, key, letter)

    expect(page.locator("[data-selected]")).to_have_count(1)


@pytest.mark.parametrize("more", [ALT_GRAPH, {"altKey": True}], ids=["AltGr", "Alt"])
def test_signs_that_alt_writes_are_no_shortcuts(page: Page, more: dict[str, bool]) -> None:
    press(page, "µ", "m", **more)

    expect(page.locator("[data-card-menu]")).to_be_hidden()


def test_shift_means_a_large_letter_with_caps_lock_too(page: Page) -> None:
    press(page, "l", "l", shiftKey=True)

    expect(page.locator("[data-ticket-dialog]")).to_be_visible()


def test_undo_works_on_any_layout(server: Server, page: Page) -> None:
    page.keyboard.press("Control+Shift+ArrowRight")
    expect(page.locator("[data-toast-text]").first).to_be_visible()

    press(page, "я", "z", **CONTROL, altKey=True)
    expect(page.locator("[data-toast-text]", has_text="Undone")).to_have_count(0)
    press(page, "я", "z", **CONTROL)

    expect(page.locator("[data-toast-text]", has_text="Undone")).to_be_visible()


def test_keys_of_an_input_method_are_its_own(page: Page) -> None:
    page.keyboard.press("n")
    page.keyboard.type("x")
    press(page, "Escape", isComposing=True)
    expect(page.locator(TEXT).first).to_be_focused()

    page.goto("/projects/HARB/tickets/1")
    expect_live(page)
    label = page.get_by_label("New label")
    label.fill("とし")
    press(page, "Enter", isComposing=True)

    expect(label).to_have_value("とし")


def test_a_keydown_without_a_key_as_completion_sends_it_breaks_nothing(page: Page) -> None:
    page.evaluate("document.activeElement.dispatchEvent(new Event('keydown', { bubbles: true, cancelable: true }))")

    press(page, "k", "k", **CONTROL)
    expect(switcher(page)).to_be_visible()

"""The main journey, from an empty server on, in every browser that PUNT supports."""

from __future__ import annotations

from tests.engines.window import Window
from tests.support.cast import PASSWORD
from tests.support.server import Server

LIVE = "[data-connection=live]"
TODO, PROGRESS = (f"[data-column-panel]:nth-of-type({place})" for place in (1, 2))
DIALOG = "dialog[data-ticket-dialog]"


def test_from_set_up_over_a_live_board_to_a_ticket_and_back(empty_server: Server, window: Window) -> None:
    window.site = empty_server.url
    set_up(window)
    sign_in_again(window)
    begin_a_project(window)
    add(window, "Paint the pier")

    second = window.another("/projects/HARB/board")
    second.see(LIVE)
    second.see(f"{TODO} [data-ticket]", "Paint the pier")
    add(second, "Oil the crane")
    window.see(f"{TODO} [data-ticket]", "Oil the crane")

    window.drag("[data-ticket]", "Oil the crane", f"{PROGRESS} [data-column]")
    second.see(f"{PROGRESS} [data-ticket]", "Oil the crane")
    window.reload()
    window.see(LIVE)
    window.see(f"{PROGRESS} [data-ticket]", "Oil the crane")
    window.miss(f"{TODO} [data-ticket]", "Oil the crane")

    edit(window, "Paint the pier", "Paint the whole pier")
    second.see(f"{TODO} [data-ticket]", "Paint the whole pier")
    second.see("[data-ticket]", "Critical")

    jump_and_come_back(window)


def set_up(window: Window) -> None:
    window.go("/")
    for name, text in (("username", "alice"), ("name", "Alice Lindqvist"), ("password", PASSWORD)):
        window.fill(f"[name={name}]", text)
    window.press("Enter")
    window.see("a[href='/projects/new']")


def sign_in_again(window: Window) -> None:
    window.click("summary[aria-label^='Your account']")
    window.click("form[action='/logout'] button")
    window.fill("[name=username]", "alice")
    window.fill("[name=password]", PASSWORD)
    window.press("Enter")
    window.see(LIVE)


def begin_a_project(window: Window) -> None:
    window.click("a[href='/projects/new']")
    window.fill("[name=name]", "Harbour website")
    window.fill("[name=key]", "harb")
    window.click("main form button", "Create")
    window.wait("return location.pathname === '/projects/HARB/board'")
    window.see(LIVE)


def add(window: Window, title: str) -> None:
    window.click(f"{TODO} [data-quick-add] summary")
    window.fill(f"{TODO} [data-quick-add] [name=title]", title)
    window.press("Enter")
    window.see(f"{TODO} [data-ticket]", title)
    window.press("Escape")


def edit(window: Window, title: str, better: str) -> None:
    window.click("[data-ticket] [data-open]", title)
    window.fill(f"{DIALOG} [name=title]", better)
    window.choose(f"{DIALOG} [name=priority]", "Critical")
    window.click(f"{DIALOG} [data-ticket-form] .button--primary")
    window.see(f"{TODO} [data-ticket]", better)
    window.press("Escape")
    window.miss(DIALOG)


def jump_and_come_back(window: Window) -> None:
    window.press("Control", "k")
    window.see("[data-switcher]")
    window.type("crane")
    window.see("[data-switcher] [data-hit]", "Oil the crane")
    window.press("Enter")
    window.see(f"{DIALOG} [name=title]", "Oil the crane")
    window.back()
    window.miss(DIALOG)
    window.see(f"{PROGRESS} [data-ticket]", "Oil the crane")
    window.see(LIVE)

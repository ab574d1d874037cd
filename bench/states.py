"""What is visible on a board for a moment only: menus, choices, notices, trouble."""

from __future__ import annotations

import httpx
from playwright.sync_api import Locator, Page, expect

from bench.album import Act
from tests.browser.network import cut_off


def clash(client: httpx.Client, page: Page) -> None:
    """Let a client change the title that somebody is typing."""
    title = page.locator("[data-ticket-form] [name=title]")
    was = title.input_value()
    title.fill(f"{was}, also by phone")
    other = was.removesuffix(" or in cash") if was.endswith(" or in cash") else f"{was} or in cash"
    client.patch("/api/projects/HARB/tickets/24", json={"title": other}).raise_for_status()
    page.get_by_role("button", name="Show the new version").click()
    page.locator(".clash").wait_for()


def _switch(page: Page) -> None:
    page.locator("[data-switch]").click()
    page.keyboard.insert_text("pay")
    expect(page.locator("[data-switcher] .hits__title")).to_have_text("Found")


def _ask_for_keys(page: Page) -> None:
    page.keyboard.press("?")
    page.locator("[data-shortcuts]").wait_for()


def _open_a_card_menu(page: Page) -> None:
    _card(page).locator("[data-act=menu]").click()
    page.locator("[data-card-menu]").wait_for()


def _open_a_column_menu(page: Page) -> None:
    page.locator("[data-column-panel] [popovertarget]").first.click()
    page.locator(".column__menu:popover-open").wait_for()


def _open_a_column(page: Page) -> None:
    _open_a_column_menu(page)
    page.locator(".column__menu:popover-open [data-column-open]").click()
    page.locator("[data-column-dialog] [data-column-settings]").wait_for()


def _collapse(page: Page) -> None:
    _open_a_column_menu(page)
    page.locator(".column__menu:popover-open [data-collapse]").click()
    page.locator("[data-column-panel][data-collapsed]").wait_for()


def _open_the_filters(page: Page) -> None:
    page.locator("[data-filters] [popovertarget]:visible").first.click()
    page.locator("[data-filters] :popover-open").wait_for()


def _filter(page: Page) -> None:
    _open_the_filters(page)
    page.locator("[data-filters] [value=Bug]").check()
    page.keyboard.press("Escape")
    page.locator("[data-filter-clear]").wait_for()


def _filter_all_away(page: Page) -> None:
    page.locator("[data-search]").fill("nothing of this kind")
    page.locator("[data-filter-nothing]").wait_for()


def _select(page: Page) -> None:
    for key in ("j", "x", "j", "j", "Shift+X"):
        page.keyboard.press(key)
    page.locator("[data-selection]").wait_for()


def _drag(page: Page) -> None:
    card = _card(page)
    card.hover()
    box = card.bounding_box()
    assert box
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 2, steps=12)
    page.locator("[data-slot]").wait_for(state="attached")


def _offer_undo(page: Page) -> None:
    _move(page)
    page.locator("[data-toast-action]").wait_for()


def _fail_to_move(page: Page) -> None:
    cut_off(page, "PATCH")
    _move(page)
    page.get_by_role("alert").get_by_role("button", name="Retry").wait_for()


def _lose_the_server(page: Page) -> None:
    page.route("**/api/events*", lambda route: route.abort())
    page.reload()
    expect(page.locator("[data-connection-banner]")).to_contain_text("No connection", timeout=20_000)


def _lose_the_network(page: Page) -> None:
    page.context.set_offline(True)
    expect(page.locator("[data-connection-banner]")).to_contain_text("You are offline", timeout=20_000)


def _move(page: Page) -> None:
    page.keyboard.press("j")
    page.keyboard.press("Control+Shift+ArrowDown")


def _card(page: Page) -> Locator:
    return page.locator("[data-ticket]").nth(1)


ON_THE_BOARD: dict[str, Act] = {
    "switcher": _switch,
    "shortcuts": _ask_for_keys,
    "card-menu": _open_a_card_menu,
    "column-menu": _open_a_column_menu,
    "column-dialog": _open_a_column,
    "board-collapsed": _collapse,
    "filters-open": _open_the_filters,
    "filters": _filter,
    "filters-nothing": _filter_all_away,
    "board-selection": _select,
    "board-drag": _drag,
    "toast-undo": _offer_undo,
}
OF_TROUBLE: dict[str, Act] = {
    "toast-retry": _fail_to_move,
    "board-reconnecting": _lose_the_server,
    "board-offline": _lose_the_network,
}

"""Ctrl K: to any project or ticket from anywhere."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from tests.browser.board import expect_live
from tests.browser.conftest import Watch, Window, open_live
from tests.browser.network import intercept
from tests.support.server import Server

HITS = "[data-switcher] [data-hit] .hit__title"


def test_a_few_letters_and_enter_lead_to_any_ticket_from_any_page(server: Server, window: Window) -> None:
    alice, charlie = server.client("alice"), server.client("charlie")
    for title in ("Paint the pier", "Oil the crane", "Paint the crane"):
        alice.post("/api/projects/HARB/tickets", json={"title": title})
    charlie.post("/api/projects", json={"key": "BOAT", "name": "Paint shop"})
    page = window("bob", "/profile")

    page.keyboard.press("Control+k")
    expect(page.locator(HITS)).to_have_text(["Harbour website", "Paint the crane", "Oil the crane", "Paint the pier"])
    page.keyboard.type("paint")
    expect(page.locator(HITS)).to_have_text(["Paint the crane", "Paint the pier"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{server.url}/projects/HARB/tickets/1")
    expect_live(page)

    page.keyboard.press("Control+k")
    page.keyboard.type("harb-2")
    page.keyboard.press("Enter")  # before there can be an answer
    expect(page).to_have_url(f"{server.url}/projects/HARB/tickets/2")
    expect_live(page)

    page.locator("[data-switch]").click()
    page.keyboard.type("nothing like this")
    expect(page.locator("[data-switcher] [role=status]")).to_have_text("Nothing found")
    page.keyboard.press("Escape")
    expect(page.locator("[data-switcher]")).to_be_hidden()


def test_on_the_board_a_ticket_of_it_opens_over_it(server: Server, window: Window) -> None:
    server.client("alice").post("/api/projects/HARB/tickets", json={"title": "Paint the pier"})
    page = window("bob")
    page.evaluate("window.notReloaded = true")

    page.keyboard.press("Control+k")
    page.keyboard.type("harb-1")
    page.keyboard.press("Enter")

    expect(page.locator("[data-ticket-dialog] [name=title]")).to_have_value("Paint the pier")
    assert page.evaluate("window.notReloaded")


def test_without_javascript_the_button_leads_to_a_page_that_searches(
    server: Server, profile: Callable[..., BrowserContext]
) -> None:
    server.client("alice").post("/api/projects/HARB/tickets", json={"title": "Paint the pier"})
    page = profile("bob", java_script_enabled=False).new_page()
    page.goto("/")

    page.locator("[data-switch]").click()
    page.locator("main input[name=q]").fill("pier")
    page.keyboard.press("Enter")
    page.locator("main [data-hit]").click()

    expect(page).to_have_url(f"{server.url}/projects/HARB/tickets/1")


def test_its_button_fits_a_phone(profile: Callable[..., BrowserContext]) -> None:
    page = open_live(profile("bob", viewport={"width": 390, "height": 844}, has_touch=True))

    box = page.locator("[data-switch]").bounding_box()
    page.locator("[data-switch]").tap()

    expect(page.locator("[data-switcher]")).to_be_visible()
    assert box
    assert min(box["width"], box["height"]) >= 44
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_ticket_chosen_over_another_takes_its_place_and_escape_leads_to_the_board(
    server: Server, window: Window
) -> None:
    for title in ("Paint the pier", "Oil the crane"):
        server.client("alice").post("/api/projects/HARB/tickets", json={"title": title})
    page = window("bob")
    page.locator("[data-ticket] [data-open]").first.click()
    expect(page).to_have_url(f"{server.url}/projects/HARB/tickets/1")

    page.keyboard.press("Control+k")
    page.keyboard.type("oil")
    expect(page.locator(HITS)).to_have_text(["Oil the crane"])
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{server.url}/projects/HARB/tickets/2")
    page.keyboard.press("Escape")

    expect(page).to_have_url(f"{server.url}/projects/HARB/board")
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_a_search_that_fails_says_so_and_enter_tries_again(server: Server, window: Window, watch: Watch) -> None:
    watch.expect("ERR_FAILED")
    server.client("alice").post("/api/projects/HARB/tickets", json={"title": "Paint the pier"})
    page = window("bob", "/profile")
    page.keyboard.press("Control+k")
    expect(page.locator(HITS)).to_have_text(["Harbour website", "Paint the pier"])
    intercept(page, "**/search*", lambda route: route.abort())

    page.keyboard.type("paint")
    expect(page.locator("[data-switcher]").get_by_role("alert")).to_have_text("The server cannot be reached.")
    expect(page.locator(HITS)).to_have_count(0)
    page.unroute_all()
    page.keyboard.press("Enter")

    expect(page.locator(HITS)).to_have_text(["Paint the pier"])
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{server.url}/projects/HARB/tickets/1")

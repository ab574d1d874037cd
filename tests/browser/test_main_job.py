"""The main job: two people with the board open see each other's changes at once."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from tests.browser.board import add, card, column, drag, expect_titles
from tests.browser.conftest import Window, open_live
from tests.support.server import Server


def test_two_people_and_a_second_window_see_every_change_without_a_reload(
    profile: Callable[..., BrowserContext], window: Window
) -> None:
    alices = profile("alice")
    alice, alice_too = open_live(alices), open_live(alices)
    bob = window("bob")
    everybody = (alice, alice_too, bob)
    for page in everybody:
        page.evaluate("window.notReloaded = true")

    add(alice, "To Do", "Paint the pier")
    for page in everybody:
        expect(card(page, "Paint the pier")).to_have_count(1)

    add(bob, "To Do", "Oil the crane")
    drag(bob, "Oil the crane", "To Do", above="Paint the pier")
    for page in everybody:
        expect_titles(page, "To Do", ["Oil the crane", "Paint the pier"])

    drag(alice, "Paint the pier", "Review")
    for page in everybody:
        expect(card(column(page, "Review"), "Paint the pier")).to_have_count(1)
        expect(column(page, "Review").locator("[data-column-count]")).to_have_text("1")
        expect(column(page, "To Do").locator("[data-column-count]")).to_have_text("1")

    card(bob, "Paint the pier").locator("[data-open]").click()
    dialog = bob.locator("dialog[data-ticket-dialog]")
    dialog.locator('textarea[name="title"]').fill("Paint the whole pier")
    dialog.locator('select[name="priority"]').select_option("Critical")
    dialog.locator("form[data-ticket-form] button:not([type=button])").first.click()
    for page in (alice, alice_too):
        expect(card(page, "Paint the whole pier")).to_have_count(1)
        expect(card(page, "Paint the whole pier").locator('[data-field="priority"]')).to_have_text("Critical")
    bob.keyboard.press("Escape")

    card(alice, "Paint the whole pier").locator("[data-open]").click()
    alice.locator("dialog .remover summary").click()
    alice.locator("dialog form[data-delete-form] button").click()
    for page in everybody:
        expect(card(page, "Paint the whole pier")).to_have_count(0)
        assert page.evaluate("window.notReloaded")


def test_from_an_empty_server_to_a_card(empty_server: Server, stranger: Callable[..., BrowserContext]) -> None:
    page = stranger().new_page()
    page.goto("/")

    page.locator('input[name="username"]').fill("alice")
    page.locator('input[name="name"]').fill("Alice Lindqvist")
    page.locator('input[name="password"]').fill("correct horse battery")
    page.locator("main form button").last.click()
    page.locator('a[href="/projects/new"]').first.click()
    page.locator('input[name="name"]').fill("Harbour website")
    page.locator('input[name="key"]').fill("harb")
    page.locator("main form button").last.click()
    expect(page).to_have_url(f"{empty_server.url}/projects/HARB/board")
    add(page, "To Do", "Paint the pier")

    expect(card(page, "Paint the pier").locator('[data-field="key"]')).to_have_text("HARB-1")

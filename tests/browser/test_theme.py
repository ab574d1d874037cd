"""Light, dark, or the system's theme."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.board import sign_out
from tests.browser.conftest import Watch, Window
from tests.support.server import Server

GROUND = "getComputedStyle(document.body).backgroundColor"
LIGHT, DARK = "rgb(243, 244, 247)", "rgb(16, 19, 23)"


def choose(page: Page, theme: str) -> None:
    """Choose a theme in the account menu."""
    if not page.locator("header details[open]").count():
        page.get_by_label("Your account").click()
    page.locator("header [data-theme-form]").get_by_role("button", name=theme).click()


def test_a_theme_chosen_in_the_menu_is_shown_at_once_and_from_the_start_of_every_later_page(window: Window) -> None:
    page = window("bob", color_scheme="light")
    assert page.evaluate(GROUND) == LIGHT

    with page.expect_response("**/theme"):
        choose(page, "Dark")

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate(GROUND) == DARK
    expect(page.locator("header [data-theme-form] button[value=dark]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("meta[data-theme-color=dark]")).to_have_attribute("media", "all")
    sent = page.context.request.get("/").text()
    page.goto("/")
    assert '<html lang="en" dir="ltr" data-theme="dark">' in sent
    assert '<meta name="color-scheme" content="dark">' in sent
    assert page.evaluate(GROUND) == DARK


def test_who_follows_the_system_changes_with_it(window: Window) -> None:
    page = window("bob", color_scheme="dark")
    choose(page, "Light")
    assert page.evaluate(GROUND) == LIGHT

    choose(page, "System")
    assert page.evaluate(GROUND) == DARK
    page.emulate_media(color_scheme="light")

    assert page.evaluate(GROUND) == LIGHT


def test_a_page_whose_theme_was_changed_still_leaves_a_project_that_is_gone(
    window: Window, server: Server, watch: Watch
) -> None:
    watch.expect("404")  # of a presence report that is on its way while the project is deleted
    page = window("bob")
    with page.expect_response("**/theme"):
        choose(page, "Dark")

    server.client("alice").delete("/api/projects/HARB")

    page.wait_for_url(f"{server.url}/")


def test_the_choice_stays_after_signing_out(window: Window) -> None:
    page = window("bob", "/profile", color_scheme="light")
    with page.expect_response("**/theme"):
        page.locator("main [data-theme-form] button[value=dark]").click()

    sign_out(page)
    page.wait_for_url("**/login")

    assert page.evaluate(GROUND) == DARK


def test_without_javascript_it_is_a_plain_form_that_comes_back_to_its_page(
    profile: Callable[..., BrowserContext],
) -> None:
    page = profile("bob", java_script_enabled=False, color_scheme="light").new_page()
    page.goto("/projects/HARB/board")
    page.get_by_label("Your account").click()

    page.locator("header [data-theme-form] button[value=dark]").click()

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.url.endswith("/projects/HARB/board")

"""The specification's behaviour when the database is wiped."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from tests.browser.board import expect_live
from tests.browser.conftest import Watch, Window, open_live
from tests.support.server import Server


def test_a_wipe_in_the_shell_sends_every_open_screen_to_the_login_page(
    server: Server, profile: Callable[..., BrowserContext], watch: Watch
) -> None:
    watch.expect("401")
    alices, bobs = profile("alice"), profile("bob")
    pages = [open_live(alices), open_live(alices, "/"), open_live(bobs), open_live(bobs, "/profile")]

    assert server.flask("db", "wipe", "--yes").returncode == 0

    for page in pages:
        # The login page of a PUNT without accounts is the one to set it up.
        page.wait_for_url(lambda url: url.endswith(("/login", "/setup")))


def test_wiped_projects_send_boards_home_and_people_stay_signed_in(
    server: Server, window: Window, watch: Watch
) -> None:
    watch.expect("404")
    board, listing = window("bob"), window("alice", "/")

    assert server.flask("db", "wipe", "--projects-only", "--yes").returncode == 0

    for page in (board, listing):
        expect(page).to_have_url(f"{server.url}/")
        expect(page.locator("[data-project-item]")).to_have_count(0)
        expect(page.locator("[data-projects-empty]")).to_be_visible()
        expect_live(page)

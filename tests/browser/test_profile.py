"""The profile page in a browser."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import Watch, Window, open_live
from tests.support.pictures import written
from tests.support.server import Server

LIMIT = 2 * 1024 * 1024


def test_a_photo_that_is_too_large_is_made_smaller_before_it_is_sent(window: Window, tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    photo.write_bytes(written(Image.frombytes("RGB", (1000, 900), os.urandom(2_700_000)), "PNG"))
    page = window("bob", "/profile")

    page.locator("[name=picture]").set_input_files(photo)
    page.wait_for_function(f"() => document.querySelector('[name=picture]').files[0].size < {LIMIT}")
    page.get_by_role("button", name="Use this picture").click()

    expect(page.locator("summary [data-user] > img")).to_have_count(1)
    assert photo.stat().st_size > LIMIT


def test_single_letters_are_turned_off_on_the_profile_page(profile: Callable[..., BrowserContext]) -> None:
    bob = profile("bob")
    page = open_live(bob, "/profile")

    page.get_by_label("Single letters are shortcuts").uncheck()

    board = open_live(bob)
    expect(board.locator("[data-shortcuts-switch]")).not_to_be_checked()
    page.reload()
    expect(page.get_by_label("Single letters are shortcuts")).not_to_be_checked()


def test_signing_a_browser_out_closes_its_board(
    server: Server, profile: Callable[..., BrowserContext], watch: Watch
) -> None:
    watch.expect("401")
    other = open_live(profile("bob"))
    page = open_live(profile("bob"), "/profile")

    page.get_by_role("button", name="Sign out everywhere else").click()

    expect(other).to_have_url(f"{server.url}/login?next=%2Fprojects%2FHARB%2Fboard")
    expect(page.locator(".row__name", has_text="this browser")).to_be_visible()

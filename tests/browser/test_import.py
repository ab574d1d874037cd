"""A file is imported once: with a double click, after F5 and after going back, with JavaScript and without."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

MANY = "Thing,Title,Status\n" + "".join(f"Crate {nth},{nth},To Do\n" for nth in range(150))
SOON = 20_000
"""Milliseconds within which it is done on a busy machine."""
Profile = Callable[..., BrowserContext]


def choose_a_file(page: Page, text: str = MANY) -> None:
    page.goto("/projects/HARB/import")
    page.locator("[name=file]").set_input_files({"name": "crates.csv", "mimeType": "text/csv", "buffer": text.encode()})


def count(page: Page) -> int:
    return len(page.request.get("/api/projects/HARB/tickets").json())


@pytest.mark.parametrize("javascript", [True, False])
def test_a_double_click_imports_a_file_once(profile: Profile, javascript: bool) -> None:
    page = profile("alice", java_script_enabled=javascript).new_page()
    choose_a_file(page)
    before = count(page)

    page.get_by_role("button", name="Upload and preview").dblclick()
    expect(page.get_by_role("heading", name="150 new tickets")).to_be_visible(timeout=SOON)
    page.get_by_label("Thing", exact=True).select_option("Title")
    page.get_by_label("Title", exact=True).select_option("Not taken")
    page.get_by_role("button", name="Import", exact=True).dblclick()
    expect(page.locator("[data-import-report]")).to_contain_text("Imported: 150 new tickets.", timeout=SOON)
    for _ in range(2):
        page.reload()
        expect(page.locator("[data-import-report]")).to_contain_text("Imported: 150 new tickets.", timeout=SOON)
    page.go_back()
    page.reload()

    assert count(page) == before + 150
    assert page.request.get("/api/projects/HARB/tickets?q=Crate+149").json()[0]["title"] == "Crate 149"


@pytest.mark.parametrize("javascript", [True, False])
def test_a_large_file_tells_how_far_it_is_and_then_what_came_of_it(profile: Profile, javascript: bool) -> None:
    page = profile("alice", java_script_enabled=javascript).new_page()
    choose_a_file(page, "Title,Status\n" + "Crate,To Do\n" * 2000)
    before = count(page)

    page.get_by_role("button", name="Upload and preview").click()
    page.get_by_role("button", name="Import", exact=True).dblclick()
    expect(page.locator("[data-import-report]")).to_contain_text("Imported: 2,000 new tickets.", timeout=3 * SOON)
    page.reload()

    expect(page.locator("[data-import-report]")).to_contain_text("Imported: 2,000 new tickets.", timeout=SOON)
    assert count(page) == before + 2000

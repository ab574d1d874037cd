"""A ticket's history, at the bottom of its dialog."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Window
from tests.browser.ticket import TICKETS, make, open_ticket
from tests.support.server import Server


def test_an_open_history_goes_on_as_others_change_the_ticket(server: Server, window: Window) -> None:
    ticket = make(server, "Paint the pier")
    view = open_ticket(window("bob"), "Paint the pier")
    entries = view.locator("[data-entry]")

    view.get_by_text("History").click()
    expect(entries).to_contain_text(["Alice Lindqvist created it"])
    server.client("alice").patch(f"{TICKETS}/{ticket['id']}", json={"priority": "High"}).raise_for_status()

    expect(entries.first).to_contain_text("Alice Lindqvist changed it: priority from Medium to High")
    expect(entries.first).to_be_visible()


def test_the_audit_tells_the_tab_of_a_plain_form_and_of_a_change_that_is_sent(server: Server, window: Window) -> None:
    page = window("alice", "/projects/HARB/settings")
    page.locator("#new-label").fill("quay")
    page.get_by_role("button", name="Add label").click()
    expect(page.locator("[data-label-name]", has_text="quay")).to_be_visible()
    page.goto("/projects/HARB/board")
    page.locator("[data-column-name]").first.dblclick()
    page.keyboard.type("Backlog")
    page.keyboard.press("Enter")
    expect(page.locator("[data-column-name]").first).to_have_text("Backlog")

    (sent,), (plain,) = server.rows("SELECT tab_id FROM audit_entry ORDER BY id DESC LIMIT 2")
    assert re.fullmatch(r"[0-9a-f]{24}", plain)
    assert re.fullmatch(r"[0-9a-f]{24}-[0-9a-f]{24}", sent)

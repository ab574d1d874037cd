"""A ticket's history, at the bottom of its dialog."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Window
from tests.browser.ticket import TICKETS, make, open_ticket
from tests.support.server import Server


def test_an_open_history_goes_on_as_others_change_the_ticket(server: Server, window: Window) -> None:
    ticket = make(server, "Paint the pier")
    view = open_ticket(window("bob"), "Paint the pier")
    entries = view.locator("[data-entry]")

    view.get_by_text("History").click()
    expect(entries).to_contain_text(["Alice Lindqvist made it"])
    server.client("alice").patch(f"{TICKETS}/{ticket['id']}", json={"priority": "High"}).raise_for_status()

    expect(entries.first).to_contain_text("Alice Lindqvist changed it: priority from Medium to High")
    expect(entries.first).to_be_visible()

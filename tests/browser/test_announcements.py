"""What a screen reader announces."""

from __future__ import annotations

import re

import sqlalchemy as sa
from playwright.sync_api import Page, expect

from punt.models.rank import LONGEST
from tests.browser.board import card, column, expect_titles
from tests.browser.conftest import Watch, Window
from tests.browser.hands import DIALOG, Keyboard, fill
from tests.browser.network import intercept
from tests.support.audit import database_of
from tests.support.server import Server
from tests.support.wait import until

TICKETS = "/api/projects/HARB/tickets"
LISTEN = """() => {
  window.heard = []
  const note = (node) => node.dataset?.said !== undefined &&
    window.heard.push([node.textContent, node.closest('[aria-live]').ariaLive, Boolean(node.closest('dialog'))])
  new MutationObserver((all) => all.forEach(({ addedNodes }) => addedNodes.forEach(note)))
    .observe(document.body, { subtree: true, childList: true })
}"""
GATHER = """() => {
  window.plainTimeout = setTimeout
  window.setTimeout = (act, time, ...more) =>
    time === 2000 ? void (window.tell = act) : plainTimeout(act, time, ...more)
}"""
"""Collects news until the test says so, because a slow machine may need more than two seconds for it."""
BACKGROUND = "(notice) => getComputedStyle(notice).backgroundColor"


def test_columns_are_lists_with_names(server: Server, window: Window) -> None:
    fill(server, "To Do", "Anchor", "Buoy")
    page = window("alice")

    expect(page.get_by_role("list", name="To Do", exact=True).locator("> li")).to_have_count(2)
    expect(page.get_by_role("list", name="Review", exact=True)).to_have_count(1)
    expect(page.locator("[data-ticket]").first.get_by_role("button")).to_have_accessible_name("Actions for HARB-1")


def test_ones_own_move_is_told_with_its_place(server: Server, window: Window) -> None:
    fill(server, "To Do", "Anchor", "Buoy")
    fill(server, "In Progress", "Crane", "Dock")
    page = _listening(window)
    Keyboard(page).go_to("Buoy")

    page.keyboard.press("Control+Shift+ArrowRight")
    page.keyboard.press("x")

    said = ["HARB-2 moved to In Progress, position 2 of 3.", "HARB-2 selected, 1 in all."]
    until(lambda: _texts(page) == said, what="both to be said")


def test_what_others_do_is_told_together(server: Server, window: Window) -> None:
    ids = fill(server, "To Do", "Anchor", "Buoy", "Crane", "Dock")
    page, bob, alice = _listening(window), server.client("bob"), server.client("alice")
    review = bob.get("/api/projects/HARB/columns").json()[2]["id"]
    page.evaluate(GATHER)

    for each in ids[:3]:
        bob.patch(f"{TICKETS}/{each}", json={"columnId": review})
    bob.patch(f"{TICKETS}/{ids[3]}", json={"title": "Delta"})
    alice.delete(f"{TICKETS}/{ids[0]}")
    expect(card(page, "Anchor")).to_have_count(0)
    page.evaluate("window.tell()")

    assert _texts(page) == ["Bob Keller moved 3 tickets. Bob Keller changed HARB-4. Alice Lindqvist deleted a ticket."]
    page.evaluate("void (window.setTimeout = window.plainTimeout)")
    bob.patch(f"{TICKETS}/{ids[3]}", json={"columnId": review})
    until(lambda: _texts(page)[1:] == ["Bob Keller moved HARB-4 to Review."], what="the next news")


def test_that_a_column_is_spread_shows_in_its_order_and_is_told_to_nobody(server: Server, window: Window) -> None:
    ids = fill(server, "To Do", "Anchor", "Buoy", "Crane", "Dock", "Ebb")
    _crowd(server, ids)
    page, bob = _listening(window), server.client("bob")

    bob.patch(f"{TICKETS}/{ids[4]}", json={"before": ids[3]})

    until(lambda: _texts(page), what="something to be said")
    assert _texts(page) == ["Bob Keller moved HARB-5 to To Do."]
    expect_titles(page, "To Do", ["Anchor", "Buoy", "Crane", "Ebb", "Dock"])
    expect(page.locator("[data-ticket][data-fresh]")).to_have_count(1)
    assert max(len(each["rank"]) for each in bob.get(TICKETS).json()) < LONGEST
    shown = page.locator("[data-ticket]").evaluate_all("cards => cards.map((card) => card.dataset.rank)")
    assert shown == [each["rank"] for each in bob.get(TICKETS).json()]


def _crowd(server: Server, ids: list[str]) -> None:
    """Give tickets the ranks that they have before their column is spread."""
    with database_of(server) as connection:
        for letter, each in zip("VWXYZ", ids, strict=True):
            rank = f"a0{'z' * (LONGEST - 3)}{letter}"
            connection.execute(sa.text("UPDATE ticket SET rank = :rank WHERE id = :id"), {"rank": rank, "id": each})


def test_over_an_open_ticket_it_is_told_inside_the_dialog(server: Server, window: Window) -> None:
    ids = fill(server, "To Do", "Anchor", "Buoy")
    page, bob = _listening(window), server.client("bob")
    card(page, "Anchor").locator("[data-open]").click()
    expect(page.locator(DIALOG)).to_be_visible()

    bob.patch(f"{TICKETS}/{ids[1]}", json={"priority": "High"})

    until(lambda: _texts(page), what="something to be said")
    assert page.evaluate("window.heard") == [["Bob Keller changed HARB-2.", "polite", True]]


def test_only_failures_interrupt(server: Server, window: Window, watch: Watch) -> None:
    watch.expect("ERR_FAILED")
    fill(server, "To Do", "Anchor")
    page = _listening(window)
    intercept(page, "**/tickets/*", lambda route: route.abort())
    Keyboard(page).go_to("Anchor")

    page.keyboard.press("Control+Shift+ArrowRight")

    expect(page.get_by_role("alert")).to_contain_text("The ticket was not moved. The server cannot be reached.")
    assert [live for _, live, _ in page.evaluate("window.heard")] == ["polite"]
    alert = page.get_by_role("alert")
    expect(alert.locator(".toast__icon:visible use")).to_have_attribute("href", re.compile("#alert$"))
    failed = alert.evaluate(BACKGROUND)
    page.unroute("**/tickets/*")
    expect(card(column(page, "To Do"), "Anchor")).to_have_count(1)
    page.keyboard.press("Control+Shift+ArrowRight")
    done = page.locator("[data-toasts] .toast", has_text="HARB-1 moved")
    expect(done.locator(".toast__icon:visible use")).to_have_attribute("href", re.compile("#info$"))
    assert done.evaluate(BACKGROUND) != failed


def _listening(window: Window) -> Page:
    page = window("alice")
    page.evaluate(LISTEN)
    return page


def _texts(page: Page) -> list[str]:
    return [text for text, _, _ in page.evaluate("window.heard")]

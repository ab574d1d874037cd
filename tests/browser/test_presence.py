"""Who else has a board open, and which ticket for editing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import BrowserContext, Page, Request, Route, expect

from punt.database import now
from punt.models import PresenceLease, User
from tests.browser.board import card, sign_out
from tests.browser.conftest import Watch, Window, open_live
from tests.browser.network import hold, intercept, until_told
from tests.support.server import Server
from tests.support.wait import until

TICKET = "/projects/HARB/tickets/1"


@pytest.fixture(autouse=True)
def piers(server: Server) -> None:
    """Two tickets."""
    for title in ("Paint the pier", "Oil the crane"):
        assert server.client("alice").post("/api/projects/HARB/tickets", json={"title": title}).status_code == 201


def others(page: Page) -> list[str]:
    """Return who else is shown as present."""
    people = page.locator("[data-presence] [data-user]")
    return list(people.evaluate_all("(all) => all.map((one) => one.getAttribute('title'))"))


def expect_others(page: Page, *names: str) -> None:
    """Wait until exactly these people are shown as present."""
    until(lambda: others(page) == list(names), what=f"{names} to be here, at {page.url}")


def test_each_sees_who_else_has_the_board_open_and_who_closes_it_is_gone_at_once(window: Window) -> None:
    alice, bob = window("alice"), window("bob")

    expect_others(alice, "Bob Keller")
    expect_others(bob, "Alice Lindqvist")
    expect(alice.locator("[data-presence]")).to_have_attribute("aria-label", "Also here: Bob Keller")

    bob.close()
    expect_others(alice)


def test_who_becomes_live_late_is_there_soon_after(window: Window, profile: Callable[..., BrowserContext]) -> None:
    alice, context = window("alice"), profile("bob")
    held: list[Route] = []
    context.route("**/api/events*", lambda route: held.append(route))
    bob = context.new_page()
    bob.goto("/projects/HARB/board")
    bob.wait_for_timeout(1_500)  # longer than a page waits that is live at once
    expect_others(alice)

    until_told(bob, lambda: held, what="a stream")[0].continue_()

    expect_others(alice, "Bob Keller")


def test_going_to_another_page_ends_it_and_coming_back_begins_it_again(window: Window) -> None:
    alice, bob = window("alice"), window("bob")
    expect_others(alice, "Bob Keller")

    bob.goto("/profile")
    expect_others(alice)
    bob.go_back()

    expect_others(alice, "Bob Keller")
    expect_others(bob, "Alice Lindqvist")


def test_of_many_only_some_are_pictured_and_the_rest_counted(window: Window) -> None:
    alice = window("alice")
    for name in ("adam", "bob", "sue", "vera"):
        window(name)

    expect(alice.locator("[data-presence]")).to_have_attribute("data-more", "+1")
    expect_others(alice, "Adam Okafor", "Bob Keller", "Sue Admin")


def test_a_ticket_open_for_editing_is_marked_on_its_card_and_in_its_dialog(window: Window) -> None:
    alice, bob = window("alice"), window("bob")
    mark = card(alice, "Paint the pier").locator("[data-editor]")
    expect_others(alice, "Bob Keller")

    card(bob, "Paint the pier").locator("[data-open]").click()
    expect(mark).to_have_attribute("title", "Bob Keller has this open for editing")
    card(alice, "Paint the pier").locator("[data-open]").click()

    said = "Bob Keller has this open for editing."
    expect(alice.locator("[data-ticket-dialog] [data-editors]")).to_have_text(said)
    expect(bob.locator("[data-ticket-dialog] [data-editors]")).to_have_text(
        said.replace("Bob Keller", "Alice Lindqvist")
    )
    bob.keyboard.press("Escape")
    expect(alice.locator("[data-ticket-dialog] [data-editors]")).to_have_text("")
    expect(mark).to_have_count(0)
    expect(card(alice, "Oil the crane").locator("[data-editor]")).to_have_count(0)


def test_a_ticket_on_its_own_page_counts_as_open_but_not_for_who_can_only_read_it(window: Window) -> None:
    alice = window("alice")
    vera = window("vera", TICKET)
    expect_others(alice, "Vera Novak")

    bob = window("bob", TICKET)

    mark = card(alice, "Paint the pier").locator("[data-editor]")
    expect(mark).to_have_attribute("title", "Bob Keller has this open for editing")
    expect(vera.locator("[data-editors]")).to_have_text("Bob Keller has this open for editing.")
    expect_others(bob, "Alice Lindqvist", "Vera Novak")


def test_who_crashes_is_gone_when_the_lease_ends(window: Window, server: Server) -> None:
    alice, bob = window("alice"), window("bob")
    expect_others(alice, "Bob Keller")
    bob.evaluate("() => void (window.fetch = () => Promise.reject())")
    bob.close()

    with server.writing() as session:
        bobs = PresenceLease.user_id.in_(sa.select(User.id).where(User.username == "bob"))
        session.execute(sa.update(PresenceLease).where(bobs).values(expires_at=now() - timedelta(seconds=1)))
    alice.dispatch_event("html", "visibilitychange")

    expect_others(alice)


def test_who_signs_out_is_gone_from_all_tabs_at_once(
    window: Window, profile: Callable[..., BrowserContext], watch: Watch
) -> None:
    watch.expect("status of 401 (UNAUTHORIZED)")  # how the second tab learns of it
    alice, vera = window("alice"), profile("vera")
    first, second = open_live(vera), open_live(vera)
    for page in (first, second):
        expect_others(page, "Alice Lindqvist")
    expect_others(alice, "Vera Novak")

    sign_out(first)

    expect_others(alice)
    second.wait_for_url("**/login*")


def test_a_word_on_its_way_is_taken_back_when_signing_out(window: Window) -> None:
    alice, bob = window("alice"), window("bob")
    expect_others(alice, "Bob Keller")
    words, goodbye, taken_back, asked = hold(bob, "PUT"), list[Route](), list[Request](), list[str]()
    intercept(bob, "**/logout", lambda route: goodbye.append(route))
    bob.on("requestfailed", lambda request: taken_back.append(request))
    card(bob, "Paint the pier").locator("[data-open]").click()
    until_told(bob, lambda: words, what="a word")
    bob.keyboard.press("Escape")  # another report, which waits for the first

    bob.on("request", lambda request: asked.append(request.url))
    bob.locator('form[action="/logout"] button').dispatch_event(
        "click"
    )  # does not wait for the next page, which is held

    until_told(bob, lambda: words[0].request in taken_back, what="a word taken back")
    until_told(bob, lambda: goodbye, what="a goodbye")[0].continue_()
    bob.wait_for_url("**/login")
    assert [url for url in asked if "/presence" in url] == []


def test_leaving_a_project_that_is_gone_or_signing_out_complains_of_nothing(window: Window, server: Server) -> None:
    alice, bob, vera = window("alice"), window("bob"), window("vera")
    expect_others(alice, "Bob Keller", "Vera Novak")

    sign_out(vera)
    vera.wait_for_url("**/login")
    assert server.client("alice").delete("/api/projects/HARB").status_code == 204

    for page in (alice, bob):
        page.wait_for_url(f"{server.url}/")
        expect(page.locator("[data-toasts]").last).to_contain_text("has been deleted, or you are no longer")

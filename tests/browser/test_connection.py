"""What a page shows about its connection, how long it waits, and what it does when it cannot know."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Route, expect

from tests.browser.board import add, card, expect_state
from tests.browser.conftest import Watch
from tests.browser.network import intercept, until_told
from tests.browser.tabs import BOARD, Tabs, lively_server
from tests.support.listener import Listener
from tests.support.server import Server

Profile = Callable[..., BrowserContext]


@pytest.fixture(scope="module")
def server(inhabited: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that allows each person one stream."""
    with lively_server(inhabited, tmp_path_factory.mktemp("lively"), STREAMS_PER_PERSON=1) as server:
        yield server


def test_a_page_waits_as_long_as_a_busy_server_says_and_counts_the_seconds(server: Server, profile: Profile) -> None:
    page = profile("bob").new_page()
    asked = list[str]()
    page.on("request", lambda request: asked.append(request.url) if "/api/events" in request.url else None)
    said = page.locator("[data-connection-text]")

    with Listener(server.client("bob"), "/api/users/events"):
        page.goto(BOARD)
        expect(said).to_have_text(re.compile(r"^Reconnecting \([2-6]\d s\)$"))
        expect_state(page, "reconnecting")
        first = said.inner_text()
        expect(page.locator("[data-connection-banner]")).to_contain_text("No connection")
        expect(said).not_to_have_text(first)
    assert len(asked) == 1

    page.evaluate("dispatchEvent(new Event('online'))")
    expect_state(page, "live")
    expect(said).to_have_text("Live")
    expect(page.locator("[data-connection-banner]")).to_be_empty()


def test_a_write_whose_answer_was_lost_is_on_the_board_even_when_its_echo_came_before(
    server: Server, profile: Profile, watch: Watch
) -> None:
    watch.expect("ERR_")
    tabs = Tabs(profile("bob"))
    page, other = tabs.open(), tabs.open()
    held = list[Route]()

    def hold(route: Route) -> None:
        route.fetch()
        held.append(route)

    intercept(page, "**/api/projects/*/tickets/*", hold)

    add(page, "To Do", "Before")
    card(page, "Before").click()
    page.locator('[data-ticket-form] [name="title"]').fill("After")
    page.locator('[data-ticket-form] [name="title"]').press("Enter")
    expect(card(other, "After")).to_have_count(1)
    until_told(other, lambda: held, what="the write")[0].abort()

    expect(card(page, "After")).to_have_count(1)

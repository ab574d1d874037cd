"""A browser on a slow line that missed a lot: it shows "live" when it has everything, and a restart loses nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.board import expect_state
from tests.browser.conftest import Watch
from tests.browser.network import until_told
from tests.browser.tabs import MANY, Tabs, behind_relay, lively_server
from tests.support.relay import Relay
from tests.support.server import Server

PACE = 300_000
MISSED, LENGTH = 200, 3_000
"""Tickets that are created meanwhile, and their characters: two seconds of the line."""
WATCHED = """() => {
  const sign = document.querySelector("[data-connection]");
  const count = () => document.querySelectorAll("[data-ticket]").length;
  const note = () => sign.dataset.connection === "live" && window.countsWhenLive.push(count());
  window.countsWhenLive = [];
  new MutationObserver(note).observe(sign, { attributeFilter: ["data-connection"] });
  return count();
}"""
COUNT = "document.querySelectorAll('[data-ticket]').length"


@pytest.fixture
def server(inhabited: Path, tmp_path: Path) -> Iterator[Server]:
    with lively_server(inhabited, tmp_path) as server:
        yield server


@pytest.mark.timeout(240)
@pytest.mark.parametrize("tabs_open", [1, MANY])
def test_a_board_on_a_slow_line_is_live_when_it_has_all_it_missed_though_the_server_restarts(
    server: Server, profile: Callable[..., BrowserContext], watch: Watch, tabs_open: int
) -> None:
    with behind_relay(server, profile, watch) as (relay, tabs):
        tabs.open(tabs_open)
        before = [page.evaluate(WATCHED) for page in tabs.pages]
        _miss(server, relay)
        relay.thaw()
        relay.pace = PACE

        until_told(tabs.pages[0], lambda: _is_catching_up(tabs, before), what="a board in the middle of catching up")
        server.stop()
        server.start()

        for page in tabs.pages:
            expect_state(page, "live", seconds=90)
        counts = [page.evaluate("window.countsWhenLive") for page in tabs.pages]
        assert [set(each) for each in counts] == [{count + MISSED} for count in before]
        tabs.expect_all(server)


def _miss(server: Server, relay: Relay) -> None:
    alice = server.client("alice")
    relay.freeze()
    for nth in range(MISSED):
        alice.post("/api/projects/HARB/tickets", json={"title": f"Missed {nth}", "description": "x" * LENGTH})


def _is_catching_up(tabs: Tabs, before: list[int]) -> bool:
    counts = [page.evaluate(COUNT) for page in tabs.pages]
    return any(was < now < was + MISSED for was, now in zip(before, counts, strict=True))

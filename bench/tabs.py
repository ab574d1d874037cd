"""How far twelve tabs on one stream are behind, and how soon tabs catch up after sleep: ``python -m bench.tabs``."""

from __future__ import annotations

import time
from statistics import median

from playwright.sync_api import Browser, Page

from bench.browser import chromium, open_board, profile
from bench.figures import spread, verdict
from bench.instance import server_with
from bench.live import PAUSE, SEEN, WRITE
from tests.browser.tabs import CARDS as SHOWN
from tests.browser.tabs import Tabs, carry_session
from tests.support.relay import Relay
from tests.support.server import Server
from tests.support.wait import until

CARDS, TABS, WRITES = 60, 12, 50
AIM = 100
SLEEP, SLEEPERS, LATEST = 60, 3, 60


def main() -> None:
    """Print both figures."""
    _behind()
    with server_with(CARDS) as server, chromium() as browser:
        _asleep(browser, server)


def _behind() -> None:
    """Let Alice write and Bob have twelve tabs of one browser open, and print how far behind the slowest was."""
    print(f"== tabs: {WRITES} tickets of one person in {TABS} tabs of another's browser, {CARDS} cards, 2 workers")
    with server_with(CARDS) as server, chromium() as browser:
        alice, bob = profile(browser, server, "alice"), profile(browser, server, "bob")
        writer, tabs = alice.new_page(), [bob.new_page() for _ in range(TABS)]
        for page in (writer, *tabs):
            open_board(page)
        delays = [_delays(writer, tabs, number) for number in range(WRITES)]
    print(f"  from the answer to the first tab's DOM: {spread([min(each) for each in delays], 95)}")
    last = [max(each) for each in delays]
    print(f"  from the answer to the last tab's DOM: {spread(last, 95)} ({verdict(median(last), AIM)})")


def _delays(writer: Page, tabs: list[Page], number: int) -> list[float]:
    writer.wait_for_timeout(number % 7 * PAUSE / 7)
    body = {"title": f"Written by the bench: {number}"}
    done = writer.evaluate(WRITE, {"method": "POST", "path": "tickets", "body": body})
    seen = [done["ticket"]["id"], done["ticket"]["columnId"]]
    return [float(tab.evaluate(SEEN, seen) - done["answered"]) for tab in tabs]


def _asleep(browser: Browser, server: Server) -> None:
    """Let nothing through to Bob's tabs for a minute, as for a laptop asleep, while Alice writes."""
    print(f"== tabs: {SLEEPERS} tabs, all bytes swallowed for {SLEEP} s, a ticket each second meanwhile", flush=True)
    alice = server.client("alice")
    with Relay(server.port) as relay:
        url = f"http://127.0.0.1:{relay.port}"
        context = browser.new_context(base_url=url)
        carry_session(server, context, url)
        tabs = Tabs(context)
        tabs.open(SLEEPERS)
        relay.freeze()
        for second in range(SLEEP):
            alice.post("/api/projects/HARB/tickets", json={"title": f"While asleep: {second}"}).raise_for_status()
            tabs.pages[0].wait_for_timeout(1000)
        relay.thaw()
        began, cards = time.monotonic(), CARDS + SLEEP
        for page in tabs.pages:
            until(lambda page=page: len(page.evaluate(SHOWN)) == cards, seconds=LATEST, what="all cards")  # type: ignore[misc]
        print(f"  every board whole again after {time.monotonic() - began:.1f} s")
        tabs.expect_all(server)
        print("  and like the database, card by card; nobody fetched the board anew")


if __name__ == "__main__":
    main()

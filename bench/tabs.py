"""How long a change takes until the last of twelve tabs on one stream shows it: ``python -m bench.tabs``."""

from __future__ import annotations

from statistics import median

from playwright.sync_api import Page

from bench.browser import chromium, open_board, profile
from bench.figures import spread, verdict
from bench.instance import server_with
from bench.live import PAUSE, SEEN, WRITE

CARDS, TABS, WRITES = 60, 12, 50
AIM = 100


def main() -> None:
    """Let Alice write and Bob have twelve tabs of one browser open, and print how far the slowest was behind."""
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


if __name__ == "__main__":
    main()

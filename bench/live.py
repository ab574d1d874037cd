"""How long a change takes from the server's answer to another person's screen: ``python -m bench.live``."""

from __future__ import annotations

import random
from statistics import median
from typing import Any

from playwright.sync_api import Page

from bench.browser import chromium, open_board, profile
from bench.figures import spread, verdict
from bench.instance import server_with

CARDS, ROUNDS, WRITES = 60, 10, 20
AIM = 100
PAUSE = 40
"""At most so many milliseconds between two writes, so that they do not follow any rhythm of the server's."""

WRITE = """async ({ method, path, body }) => {
  const response = await fetch(`/api/projects/HARB/${path}`, {
    method, body: JSON.stringify(body), headers: { 'Content-Type': 'application/json', 'X-Tab-Id': 'bench' },
  })
  const answered = performance.timeOrigin + performance.now()
  if (!response.ok) throw new Error(await response.text())
  return { answered, ticket: await response.json() }
}"""
SEEN = """([ticket, column]) => Promise.race([
  window.whenSeen(ticket, column),
  new Promise((_, reject) => setTimeout(reject, 5000, new Error('the other screen never showed it'))),
])"""


def main() -> None:
    """Let Alice write and Bob watch, and print how far behind his screen was."""
    print(f"== live: {ROUNDS * WRITES} changes of one person on the board of another, {CARDS} cards, 2 workers")
    with server_with(CARDS) as server, chromium() as browser:
        alice, bob = (profile(browser, server, name).new_page() for name in ("alice", "bob"))
        delays: list[float] = []
        for number in range(1, ROUNDS + 1):
            delays += _round(alice, bob)
            print(f"  round {number:2} of {ROUNDS}: median {median(delays[-WRITES:]):.1f} ms", flush=True)
    print(f"  from the answer to the other DOM: {spread(delays, 95, 99)} ({verdict(median(delays), AIM)})")


def _round(alice: Page, bob: Page) -> list[float]:
    """Open both boards again, so that their streams may reach other workers, and write."""
    for page in (alice, bob):
        open_board(page)
    columns = alice.locator("[data-column]").evaluate_all("(all) => all.map((each) => each.dataset.column)")
    cards = alice.locator("[data-ticket]").evaluate_all(
        "(all) => all.map((each) => [each.dataset.ticket, each.parentElement.dataset.column])"
    )
    return [_delay(alice, bob, _write(number, columns, random.choice(cards))) for number in range(WRITES)]


def _write(number: int, columns: list[str], card: list[str]) -> dict[str, Any]:
    """Alternate: a new ticket, then a card that goes to the top of another column."""
    if number % 2:
        return {"method": "POST", "path": "tickets", "body": {"title": f"Written by the bench: {number}"}}
    ticket, column = card
    elsewhere = random.choice([each for each in columns if each != column])
    card[1] = elsewhere
    return {"method": "PATCH", "path": f"tickets/{ticket}", "body": {"columnId": elsewhere, "order": 0}}


def _delay(alice: Page, bob: Page, write: dict[str, Any]) -> float:
    bob.evaluate("window.forget()")
    alice.wait_for_timeout(random.uniform(0, PAUSE))
    done = alice.evaluate(WRITE, write)
    seen = bob.evaluate(SEEN, [done["ticket"]["id"], done["ticket"]["columnId"]])
    return float(seen - done["answered"])


if __name__ == "__main__":
    main()

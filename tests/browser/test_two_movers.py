"""Two people move the same few cards at once, without mercy."""

from __future__ import annotations

from functools import partial

from playwright.sync_api import Page, expect

from tests.browser.conftest import Watch, Window
from tests.browser.hands import fill, in_database
from tests.support.server import Server
from tests.support.wait import until

ROUNDS, CARDS = 100, 10
MOVE_ABOUT = """([seed, rounds]) => {
  const random = () => {
    seed = (seed * 1664525 + 1013904223) % 4294967296
    return seed / 4294967296
  }
  const pick = (all) => all[Math.floor(random() * all.length)]
  const keys = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'ArrowLeft', 'ArrowRight', 'Home', 'End']
  const press = (key, modified) => document.activeElement.dispatchEvent(
    new KeyboardEvent('keydown', { key, ctrlKey: modified, shiftKey: modified, bubbles: true, cancelable: true }))
  const round = () => {
    pick([...document.querySelectorAll('[data-open]')]).focus()
    if (random() < 0.15) press('x', false)
    if (random() < 0.05) press('Escape', false)
    press(pick(keys), true)
  }
  window.done = (async () => {
    for (let number = 0; number < rounds; number += 1) {
      round()
      do await new Promise((resolve) => setTimeout(resolve, random() * 60))
      while (document.querySelectorAll('[data-pending]').length > 4)
    }
  })()
}"""


def test_two_hundred_random_moves_leave_both_boards_and_the_database_the_same(
    server: Server, window: Window, watch: Watch
) -> None:
    watch.expect("400")  # a neighbour has left meanwhile: the next choice counts
    fill(server, "To Do", *[f"Card {number}" for number in range(CARDS)])
    alice, bob = window("alice"), window("bob")

    for page, part in ((alice, 1), (bob, 2)):
        page.evaluate(MOVE_ABOUT, [part, ROUNDS])
    for page in (alice, bob):
        page.evaluate("window.done")

    for page in (alice, bob):
        expect(page.locator("[data-pending]")).to_have_count(0, timeout=30_000)
    true = in_database(server)
    assert sum(len(titles) for titles in true.values()) == CARDS
    for page in (alice, bob):
        until(partial(_shows, page, true), what="the board to equal the database")
        expect(page.get_by_role("alert")).to_have_count(0)


def _shows(page: Page, true: dict[str, list[str]]) -> bool:
    shown: dict[str, list[str]] = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll('[data-column-panel]')].map((panel) => [
          panel.querySelector('[data-column-name]').textContent,
          [...panel.querySelectorAll('[data-open]')].map((link) => link.textContent),
        ]))"""
    )
    return shown == true

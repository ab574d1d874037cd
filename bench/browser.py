"""Windows of a real Chromium."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.board import expect_live
from tests.support.cast import PASSWORD
from tests.support.chromium import find
from tests.support.server import Server

WATCH = """() => {
  const seen = new Map(), waiting = new Map()
  window.whenSeen = (ticket, column) => new Promise((resolve) => {
    const key = `${ticket} ${column}`
    if (seen.has(key)) resolve(seen.get(key))
    else waiting.set(key, resolve)
  })
  const note = (card, time) => {
    const key = `${card.dataset.ticket} ${card.parentElement.dataset.column}`
    seen.set(key, time)
    waiting.get(key)?.(time)
  }
  window.forget = () => seen.clear()
  new MutationObserver((records) => {
    const time = performance.timeOrigin + performance.now()
    for (const { addedNodes } of records)
      for (const node of addedNodes) if (node.parentElement?.dataset.column && node.dataset?.ticket) note(node, time)
  }).observe(document.querySelector('[data-board]'), { subtree: true, childList: true })
}"""
"""Makes ``whenSeen(ticket, column)`` promise the moment at which a card arrives in a column."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser of the tests."""
    path, root = find(), ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        options = ["--disable-background-networking", "--no-first-run", *root]
        browser = playwright.chromium.launch(executable_path=path, args=options)
        yield browser
        browser.close()


def profile(
    browser: Browser, server: Server, username: str, password: str = PASSWORD, **options: Any
) -> BrowserContext:
    """Make a browser profile in which somebody is signed in."""
    context = browser.new_context(base_url=server.url, viewport={"width": 1440, "height": 900}, **options)
    answer = context.request.post("/api/auth/login", data={"username": username, "password": password})
    assert answer.ok, answer.text()
    return context


def open_board(page: Page) -> None:
    """Open the board of HARB, wait until it is live, and watch its cards."""
    page.goto("/projects/HARB/board")
    expect_live(page, seconds=20)
    page.evaluate(WATCH)

"""A page that the browser translates: its words are replaced, even later ones, and everything works as before."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.board import expect_live
from tests.browser.conftest import Window
from tests.browser.test_filters import BOARD, QUERIES, TICKETS, fill, server_shows
from tests.support.server import Server
from tests.support.wait import until

TRANSLATE = """
  const skipped = "script, style, template, textarea, svg, font, noscript";
  const translate = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const nodes = [];
    while (walker.nextNode()) nodes.push(walker.currentNode);
    for (const node of nodes) {
      if (!node.data.trim() || node.parentElement.closest(skipped)) continue;
      const [outer, inner] = [document.createElement("font"), document.createElement("font")];
      outer.style.verticalAlign = inner.style.verticalAlign = "inherit";
      inner.textContent = node.data.replace(/\\p{L}/gu, "ж").replace(/\\d/g, "٣");
      outer.append(inner);
      node.replaceWith(outer);
    }
  };
  translate(document.body);
  new MutationObserver((changes) => {
    const added = changes.flatMap(({ addedNodes }) => [...addedNodes]);
    for (const node of added) if (node.parentNode) translate(node.parentNode);
  }).observe(document.body, { childList: true, subtree: true });
"""
"""As Chrome's translator does it: each text becomes two font elements, in letters that no test types."""
SHOWN = "[...document.querySelectorAll('[data-ticket]:not([hidden])')].map(({ dataset }) => dataset.title)"
WORDS = "[...document.querySelectorAll('[data-ticket] h3')].every(({ textContent }) => !/[a-z]/i.test(textContent))"


def translated(page: Page) -> Page:
    page.evaluate(TRANSLATE)
    until(lambda: page.evaluate(WORDS), seconds=20, what="a translated board")
    return page


def test_filters_let_through_what_the_server_does(server: Server, window: Window) -> None:
    named = fill(server)
    page = window("bob")

    for query in QUERIES:
        address = f"{BOARD}?{query.format(**named)}"
        answered = server_shows(server.client("bob"), address)
        page.goto(address)
        translated(page).locator("[data-search]").dispatch_event("input")
        assert page.evaluate(SHOWN) == answered, query


def test_what_others_change_comes_and_goes_with_the_filters(server: Server, window: Window) -> None:
    fill(server)
    alice = server.client("alice")
    page = translated(window("bob", f"{BOARD}?q=pier&type=Bug"))

    alice.patch(f"{TICKETS}/4", json={"title": "Count the piers"})
    until(lambda: "Count the piers" in page.evaluate(SHOWN), seconds=20)
    alice.patch(f"{TICKETS}/1", json={"type": "Task"})

    until(lambda: page.evaluate(SHOWN) == ["Count the piers"], seconds=20)


def test_a_limit_is_still_a_number_and_a_label_still_the_same(server: Server, window: Window) -> None:
    fill(server)
    alice = server.client("alice")
    todo = alice.get("/api/projects/HARB/columns").json()[0]["id"]
    alice.patch(f"/api/projects/HARB/columns/{todo}", json={"wipLimit": 4})
    page = translated(window("bob"))
    panel = page.locator(f'[data-column-panel="{todo}"]')

    alice.post(TICKETS, json={"title": "One too many"})
    expect(panel).to_have_attribute("data-full", "over")

    page.goto("/projects/HARB/tickets/1")
    expect_live(page)
    page.evaluate(TRANSLATE)
    page.locator("[name=newLabel]").fill("quay")
    page.locator("[data-label-add]").click()
    expect(page.locator("[data-label-choices] input:checked")).to_have_count(1)
    assert len(alice.get("/api/projects/HARB/labels").json()) == 1


def test_a_card_is_spoken_of_as_it_is_and_shows_what_others_write(server: Server, window: Window) -> None:
    fill(server)
    page = translated(window("bob"))

    server.client("alice").patch(f"{TICKETS}/1", json={"title": "Paint 7 moles", "priority": "Low"})

    changed = page.locator('[data-ticket][data-title="Paint 7 moles"]')
    expect(changed).to_have_attribute("aria-label", re.compile("^HARB-1, Bug, Paint 7 moles, Low priority"))
    expect(changed.locator("h3")).to_have_text("жжжжж ٣ жжжжж")

"""A board of 1,000 cards."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from punt.database import db, writing
from punt.models import Project, Ticket, User
from tests.browser.board import card
from tests.browser.conftest import Window
from tests.conftest import app_in
from tests.support.server import Server

WATCH = """
() => {
  window.touched = new Set()
  const note = (node) => {
    const element = node.nodeType === 1 ? node : node.parentElement
    const place = element.closest('[data-ticket]') ?? element.closest('[data-column-count]') ?? element
    window.touched.add(place.dataset.ticket ? `card ${place.dataset.ticket}` : place.getAttributeNames().join(' '))
  }
  new MutationObserver((records) => {
    for (const record of records) {
      const nodes = [...record.addedNodes, ...record.removedNodes].filter((node) => node.nodeType === 1)
      if (record.type !== 'childList' || !nodes.length) note(record.target)
      nodes.forEach(note)
    }
  }).observe(
    document.querySelector('[data-board]'),
    {subtree: true, childList: true, attributes: true, characterData: true},
  )
}
"""


@pytest.fixture
def crowded(server: Server) -> Server:
    """The board of HARB holds 1,000 cards."""
    app = app_in(server.instance)
    with app.app_context():
        with writing():
            project = db.session.query(Project).filter_by(key="HARB").one()
            columns = project.columns()
            creator = User.named("alice")
            assert creator
            for number in range(1000):
                Ticket.create(project, columns[number % 4], creator.id, {"title": f"Card number {number}"})
        db.engine.dispose()
    return server


def test_a_move_by_someone_else_changes_one_card_and_nothing_else(crowded: Server, window: Window) -> None:
    page, alice = window("bob"), crowded.client("alice")
    expect(page.locator("[data-ticket]")).to_have_count(1000)
    done = alice.get("/api/projects/HARB/columns").json()[3]["id"]
    page.evaluate(WATCH)

    ticket = alice.patch("/api/projects/HARB/tickets/1", json={"columnId": done, "order": 100}).json()["id"]

    expect(page.locator(f'[data-column="{done}"] [data-ticket="{ticket}"]')).to_have_count(1)
    expect(card(page, "Card number 0").first).to_be_attached()
    touched = page.evaluate("[...window.touched]")
    cards = [each for each in touched if each.startswith("card ")]
    assert cards == [f"card {ticket}"]
    assert all("data-column-count" in each for each in touched if each not in cards)
    order = page.locator(f'[data-column="{done}"] > [data-ticket]').evaluate_all(
        "(all) => all.map((one) => one.dataset.ticket)"
    )
    assert order.index(ticket) == 100

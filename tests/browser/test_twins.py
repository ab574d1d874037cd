"""What both the server and the script draw is the same: cards, their due dates, people and texts for screen readers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.board import expect_live
from tests.browser.conftest import Window
from tests.support.server import Server

HARB = "/api/projects/HARB"
NAMES = ("Zoë Öz", "cher", "  Ada   King  of Lovelace", "🦭 Seal", "İpek", "山田 太郎")
COLORS = ("#e11d48", "#f5d90a", "#0b3d2e", "#767676", "#777777", "#ffffff")
"""Of people; the greys lie on both sides of where the ink changes."""
DUE = (-400, -2, -1, 0, 1, 2, 3, 400)
"""Days from today."""
CARDS = """
    (cards) => {
        const passing = ["tabindex", "aria-describedby", "data-fresh"];
        const ofMoment = (node) => node.nodeType === Node.ELEMENT_NODE && node.matches(".card__who");
        const drawn = (node) => node.nodeType === Node.TEXT_NODE ? node.data.trim() : [
            node.localName,
            ...[...node.attributes].filter(({ name, value }) => value && !passing.includes(name))
                .map(({ name, value }) => `${name}=${value}`).sort(),
            ...[...node.childNodes].filter((one) => !ofMoment(one)).map(drawn).filter(String),
        ];
        return cards.map(drawn);
    }
"""
"""Their elements, attributes and texts, without what comes and goes with the focus or soon after a card was drawn."""


@pytest.mark.parametrize(
    ("language", "names", "colors"), [("en", NAMES[:3], COLORS[:3]), ("de", NAMES[3:], COLORS[3:])]
)
def test_a_card_is_drawn_live_as_the_server_draws_it(
    server: Server, window: Window, language: str, names: Sequence[str], colors: Sequence[str]
) -> None:
    alice, bob = server.client("alice"), server.client("bob")
    assert bob.patch("/api/me", json={"language": language}).status_code == 200
    page, today = window("bob"), datetime.now(UTC).date()
    columns = {each["name"]: each["id"] for each in alice.get(f"{HARB}/columns").json()}
    label = alice.post(f"{HARB}/labels", json={"name": "<b> & “tides”", "color": "#f5d90a"}).json()
    people = [each["user"]["id"] for each in alice.get(f"{HARB}/members").json()]
    fields = [
        *({"dueDate": f"{today + timedelta(days)}"} for days in DUE),
        *({"dueDate": f"{today - timedelta(3)}", "columnId": columns["Done"]},),
        *({"type": kind} for kind in ("Epic", "Story", "Task", "Bug", "Subtask")),
        *({"priority": each} for each in ("Lowest", "Low", "Medium", "High", "Highest", "Critical")),
        *({"storyPoints": points} for points in (0, 1, 2)),
        *({"assigneeId": person, "labelIds": [label["id"]]} for person in people),
    ]
    for number, each in enumerate(fields):
        made = alice.post(f"{HARB}/tickets", json={"title": f"“{number}” <i> & co"} | each)
        assert made.status_code == 201, made.text
    cards = page.locator("[data-column] > [data-ticket]")
    expect(cards).to_have_count(len(fields))

    for username, name, color in zip(("alice", "bob", "adam"), names, colors, strict=True):
        changed = server.client(username).patch("/api/me", json={"name": name, "avatarColor": color}).json()
        faces = page.locator(f"[data-ticket] [data-user='{changed['id']}']")
        for face in faces.all():
            expect(face).to_have_attribute("title", changed["name"])
    drawn_live = cards.evaluate_all(CARDS)
    page.reload()
    expect_live(page)
    expect(cards).to_have_count(len(fields))

    assert drawn_live == cards.evaluate_all(CARDS)

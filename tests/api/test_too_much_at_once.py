"""How much one request may write to the event log is limited."""

from __future__ import annotations

import pytest
from flask import Flask

from punt.database import db
from punt.events import log as logs
from punt.events.log import log
from tests.support.cast import signed_in

TICKETS = "/api/projects/HARB/tickets"


def head(app: Flask) -> int:
    with app.app_context():
        return log.head(db.session.connection()).position


def test_a_change_that_would_log_too_much_is_refused_whole(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MOST_AT_ONCE", 100_000)
    alice = signed_in(app, "alice")
    made = [alice.post(TICKETS, json={"title": "Long", "description": "x" * 10_000}) for _ in range(12)]
    ids, before = [answer.get_json()["id"] for answer in made], head(app)
    change = {"updates": {"priority": "High"}}

    refused = alice.patch(TICKETS, json={"ticketIds": ids, **change})
    after, kept = head(app), alice.get(f"{TICKETS}/{ids[0]}").get_json()
    taken = alice.patch(TICKETS, json={"ticketIds": ids[:8], **change})

    assert refused.status_code == 413
    assert "too much at once" in refused.get_json()["error"]
    assert (after, kept["priority"]) == (before, "Medium")
    assert (taken.status_code, head(app)) == (200, before + 8)

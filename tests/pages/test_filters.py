"""Which cards a board's filters let through."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from punt.pages.filters import Filter

BOARD: dict[str, Any] = {
    "types": ["Task", "Bug"],
    "priorities": ["Low", "High"],
    "members": [{"id": "alice"}, {"id": "bob"}],
    "labels": [{"id": "quay"}],
}
THURSDAY = date(2026, 11, 26)


def card(**fields: Any) -> dict[str, Any]:
    plain = {"key": "HARB-1", "title": "Paint the Pier", "type": "Task", "priority": "Low", "assigneeId": None}
    return plain | {"labels": [], "dueDate": None} | fields


def lets_through(query: str, *, done: bool = False, **fields: Any) -> bool:
    pairs = [(pair.partition("=")[0], pair.partition("=")[2]) for pair in query.split("&") if pair]
    asked = Filter.of(MultiDict(pairs), "bob", BOARD)
    return Filter(asked.q, asked.wanted, asked.me, THURSDAY).lets_through(card(**fields), done=done)


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("", {}),
        ("q=pier PAINT", {}),
        ("q=harb-1", {}),
        ("q=quay", {"labels": [{"id": "quay", "name": "Quay"}]}),
        ("q=éclair", {"title": "ÉCLAIR"}),
        ("q=re\u0301sume\u0301", {"title": "My Résumé"}),
        ("q=résumé", {"labels": [{"id": "quay", "name": "RE\u0301SUME\u0301"}]}),
        ("type=Bug&type=Task", {}),
        ("assignee=me", {"assigneeId": "bob"}),
        ("assignee=bob", {"assigneeId": "bob"}),
        ("assignee=unassigned", {}),
        ("label=quay", {"labels": [{"id": "quay", "name": "Quay"}]}),
        ("due=none", {}),
        ("due=overdue", {"dueDate": "2026-11-25"}),
        ("due=today", {"dueDate": "2026-11-26"}),
        ("due=week", {"dueDate": "2026-11-23"}),
        ("due=week", {"dueDate": "2026-11-29"}),
        ("label=gone&type=Riddle&assignee=stranger", {}),
    ],
)
def test_a_card_that_is_asked_for_is_seen(query: str, fields: dict[str, Any]) -> None:
    assert lets_through(query, **fields)


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("q=pier nowhere", {}),
        ("type=Bug", {}),
        ("type=Task&priority=High", {}),
        ("assignee=me", {"assigneeId": "alice"}),
        ("assignee=unassigned", {"assigneeId": "alice"}),
        ("label=quay", {}),
        ("due=none", {"dueDate": "2026-11-26"}),
        ("due=overdue", {"dueDate": "2026-11-26"}),
        ("due=overdue", {"dueDate": "2026-11-25", "done": True}),
        ("due=week", {"dueDate": "2026-11-22"}),
        ("due=week", {"dueDate": "2026-11-30"}),
        ("due=today", {}),
    ],
)
def test_a_card_that_is_not_asked_for_is_hidden(query: str, fields: dict[str, Any]) -> None:
    assert not lets_through(query, **fields)

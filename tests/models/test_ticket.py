"""Tickets: what a verb writes, and what it leaves alone."""

from __future__ import annotations

import re
from typing import Any

import pytest

from punt.database import db, writing
from punt.errors import Invalid
from punt.models import Label
from tests.models.conftest import Harbour, statements


def writes(sent: list[str], table: str) -> list[str]:
    """Return the verbs of what was written into a table."""
    begin = re.compile(rf"(INSERT INTO|UPDATE|DELETE FROM) {table}\b")
    return [each.split()[0] for each in sent if begin.match(each)]


@pytest.mark.parametrize(
    ("place", "wanted"), [({"order": 0}, "e a b c d"), ({"order": 2}, "a b e c d"), ({"before": "b"}, "a e b c d")]
)
def test_a_move_inside_a_column_changes_one_row(harbour: Harbour, place: dict[str, Any], wanted: str) -> None:
    ids = {title: harbour.add(title) for title in "abcde"}

    with statements(db.engine) as sent, writing():
        ticket = harbour.get(ids["e"])
        asked: Any = {name: harbour.get(ids[each]) if name == "before" else each for name, each in place.items()}
        ticket.move_to(harbour.project.columns()[0], **asked)

    assert harbour.titles() == wanted
    assert writes(sent, "ticket") == ["UPDATE"]
    assert writes(sent, "event_head") == ["UPDATE"]
    assert writes(sent, "event_log") == ["INSERT"]


def test_a_move_to_another_column_changes_one_row(harbour: Harbour) -> None:
    ids = [harbour.add(title) for title in "abc"]
    harbour.add("x", column=1)

    with statements(db.engine) as sent, writing():
        harbour.get(ids[0]).move_to(harbour.project.columns()[1], order=0)

    assert (harbour.titles(), harbour.titles(1)) == ("b c", "a x")
    assert writes(sent, "ticket") == ["UPDATE"]


@pytest.mark.parametrize("place", [{"order": 1}, {"after": 0}, {"before": 2}])
def test_a_move_to_where_it_is_writes_nothing(harbour: Harbour, place: dict[str, int]) -> None:
    ids = [harbour.add(title) for title in "axbyc"]
    with writing():
        for gone in (ids.pop(3), ids.pop(1)):
            harbour.get(gone).delete()

    with statements(db.engine) as sent, writing():
        asked: Any = {name: each if name == "order" else harbour.get(ids[each]) for name, each in place.items()}
        harbour.get(ids[1]).move_to(harbour.project.columns()[0], **asked)

    assert [each for each in sent if not each.startswith(("SELECT", "BEGIN", "PRAGMA"))] == []
    assert harbour.get(ids[1]).version == 1


def test_an_edit_to_what_is_already_so_writes_nothing(harbour: Harbour) -> None:
    one = harbour.add("a", priority="High")

    with statements(db.engine) as sent, writing():
        harbour.get(one).edit({"title": "a", "priority": "High", "labels": [], "parent_id": None})

    assert not writes(sent, "ticket") + writes(sent, "event_log")


def test_a_new_ticket_is_one_row_and_one_number(harbour: Harbour) -> None:
    with statements(db.engine) as sent:
        harbour.add("a")

    assert writes(sent, "ticket") == ["INSERT"]
    assert writes(sent, "project") == ["UPDATE"]


def test_labels_that_change_give_a_new_version(harbour: Harbour) -> None:
    one = harbour.add("a")
    with writing():
        label = Label.create(harbour.project.id, "quay").id

    with writing():
        harbour.get(one).edit({"labels": [db.session.get_one(Label, label)]})

    assert (harbour.get(one).version, [each.name for each in harbour.get(one).labels]) == (2, ["quay"])


def test_a_hundred_moves_to_the_same_place_keep_ranks_short_and_apart(harbour: Harbour) -> None:
    ids = [harbour.add(title) for title in "abcd"]

    with writing():
        column = harbour.project.columns()[0]
        for turn in range(100):
            harbour.get(ids[turn % 3]).move_to(column, order=1)
            db.session.flush()

    ranks = [harbour.get(each).rank for each in ids]
    assert len(set(ranks)) == 4
    assert max(map(len, ranks)) < 50


def test_a_parent_far_up_is_an_ancestor_too(harbour: Harbour) -> None:
    ids = [harbour.add("top")]
    for _ in range(10):
        ids.append(harbour.add("child", parent_id=ids[-1]))

    with pytest.raises(Invalid) as caught, writing():
        harbour.get(ids[0]).edit({"parent_id": ids[-1]})

    assert [detail.field for detail in caught.value.details] == ["parentId"]

"""The bin: what happens to a deleted ticket, as events, and when it is removed."""

from __future__ import annotations

import json
from datetime import timedelta

from punt.database import db, end_read, now, writing
from punt.events.keeper import BATCH, Keeper
from punt.events.log import Entry, log
from punt.models import BinnedTicket, Ticket, wire
from punt.models.bin import KEPT
from punt.settings import Retention
from tests.models.conftest import Harbour


def news(since: int) -> list[Entry]:
    with db.engine.connect() as connection:
        return log.since(connection, since, limit=100)


def head() -> int:
    with db.engine.connect() as connection:
        return log.head(connection).position


def take(harbour: Harbour, *ids: str) -> None:
    with writing():
        for each in ids:
            BinnedTicket.take(harbour.get(each), harbour.person("bob").id)


def restore(harbour: Harbour, ticket_id: str) -> None:
    with writing():
        db.session.get_one(BinnedTicket, ticket_id).restore(harbour.project)


def test_a_deletion_and_a_restoration_are_one_event_each(harbour: Harbour) -> None:
    one = harbour.add("a", priority="High")
    start = head()

    take(harbour, one)
    restore(harbour, one)

    gone, back = (json.loads(entry.message) for entry in news(start))
    assert (gone["type"], gone["data"]) == ("ticket.deleted", {"id": one})
    assert (back["type"], back["data"]) == ("ticket.created", wire.ticket(harbour.get(one)))
    assert back["data"]["version"] == 2


def test_children_that_lose_and_get_back_a_parent_are_one_event_each_after_it(harbour: Harbour) -> None:
    one = harbour.add("a")
    child = harbour.add("b", parent_id=one)
    start = head()

    take(harbour, one)
    restore(harbour, one)

    told = [json.loads(entry.message) for entry in news(start)]
    assert [(each["type"], each["data"]["id"]) for each in told[2:]] == [
        ("ticket.created", one),
        ("ticket.updated", child),
    ]
    assert {each["type"] for each in told[:2]} == {"ticket.updated", "ticket.deleted"}
    assert (told[3]["changed"], told[3]["data"]["parentId"]) == (["parentId"], one)


def test_deleted_and_restored_in_one_transaction_is_told_as_both(harbour: Harbour) -> None:
    one, start = harbour.add("a"), head()

    with writing():
        BinnedTicket.take(harbour.get(one), None)
        db.session.flush()
        db.session.get_one(BinnedTicket, one).restore(harbour.project)

    assert [entry.type for entry in news(start)] == ["ticket.deleted", "ticket.created"]


def test_a_version_that_was_seen_is_never_given_again(harbour: Harbour) -> None:
    one = harbour.add("a")
    with writing():
        harbour.get(one).edit({"title": "b"})
    take(harbour, one)
    restore(harbour, one)

    with writing():
        harbour.get(one).edit({"title": "c"})

    assert (harbour.get(one).version, harbour.titles()) == (4, "c")


def test_it_comes_back_between_those_who_moved_around_its_place(harbour: Harbour) -> None:
    ids = {title: harbour.add(title) for title in "abcd"}
    take(harbour, ids["b"], ids["c"])
    with writing():
        harbour.get(ids["d"]).move_to(harbour.project.columns()[0], after=harbour.get(ids["a"]))

    restore(harbour, ids["c"])
    restore(harbour, ids["b"])

    assert sorted(harbour.titles().split()) == list("abcd")
    assert harbour.titles()[0] == "a"


def test_who_is_no_member_any_more_is_not_assigned_again(harbour: Harbour) -> None:
    stranger = harbour.person("charlie").id
    end_read()
    one = harbour.add("a", assignee_id=stranger)
    take(harbour, one)

    restore(harbour, one)

    assert harbour.get(one).assignee_id is None


def test_the_keeper_forgets_what_is_too_old_in_batches(harbour: Harbour) -> None:
    old, new = harbour.add("old"), harbour.add("new")
    take(harbour, old, new)
    project, before = harbour.project.id, now() - KEPT - timedelta(seconds=1)
    end_read()
    with writing():
        db.session.get_one(BinnedTicket, old).deleted_at = before
        db.session.add_all(
            BinnedTicket(id=str(each), project_id=project, number=-each, deleted_at=before, content={})
            for each in range(1, BATCH + 50)
        )
    keeper = Keeper(db.engine, log, Retention(10**9, 10**9))
    keeper.also("bin", BinnedTicket.forget_old)

    keeper.tidy()

    db.session.expire_all()
    assert [binned.id for binned in db.session.query(BinnedTicket)] == [new]
    assert db.session.query(Ticket).count() == 0


def test_a_running_server_keeps_the_bin_too(harbour: Harbour) -> None:
    from flask import current_app

    take(harbour, one := harbour.add("a"))
    with writing():
        db.session.get_one(BinnedTicket, one).deleted_at = now() - KEPT
    db.session.remove()

    current_app.extensions["punt_events"].keeper.tidy()

    assert db.session.query(BinnedTicket).count() == 0

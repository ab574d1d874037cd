"""What a transaction changes becomes events exactly when it commits: once, in order, and nothing else."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from punt.database import begin_write, db, end_read, writing
from punt.events import capture
from punt.events.log import log
from punt.events.publication import EVERYONE, Draft
from punt.events.signals import events_committed
from punt.models import Column, Label, Membership, Project, Role, Ticket, User, UserSession
from tests.events.conftest import News


class Regret(Exception):
    """Somebody thinks better of it."""


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    """Let a test speak to the database."""
    with app.app_context():
        yield


def make(title: str, *, column: int = 0, **fields: Any) -> Ticket:
    """Add a ticket to the project of the cast."""
    project = db.session.query(Project).filter_by(key="HARB").one()
    return Ticket.create(project, project.columns()[column], _alice().id, {"title": title, **fields})


def made(*titles: str) -> list[Ticket]:
    """Commit some tickets before the test's own transaction."""
    with writing():
        return [make(title) for title in titles]


def find(ticket: Ticket) -> Ticket:
    """Load a ticket again, in the present transaction."""
    return db.session.get_one(Ticket, ticket.id)


def last_column() -> Column:
    return db.session.query(Column).order_by(Column.position.desc()).first()  # type: ignore[return-value]


def _alice() -> User:
    alice = User.named("alice")
    assert alice is not None
    return alice


def test_a_commit_is_its_events(news: News) -> None:
    with writing():
        make("one")
        make("two")

    assert news.types() == ["ticket.created", "ticket.created"]
    assert news.titles() == ["one", "two"]


def test_before_the_commit_nobody_else_sees_anything(news: News) -> None:
    begin_write()
    make("one")
    db.session.flush()

    assert news.types() == []

    db.session.commit()

    assert news.types() == ["ticket.created"]


def test_a_rolled_back_transaction_emits_nothing(news: News) -> None:
    with suppress(Regret), writing():
        make("one")
        raise Regret

    assert news.all() == []


def test_what_a_rolled_back_transaction_saw_is_forgotten_by_the_next(news: News) -> None:
    with suppress(Regret), writing():
        make("dropped")
        raise Regret
    with writing():
        make("kept")

    assert news.titles() == ["kept"]


def test_what_a_closed_session_saw_is_forgotten(news: News) -> None:
    begin_write()
    make("dropped")
    db.session.close()
    with writing():
        make("kept")

    assert news.titles() == ["kept"]


def test_a_rolled_back_savepoint_emits_nothing_and_what_surrounds_it_does(news: News) -> None:
    with writing() as session:
        make("before")
        with suppress(Regret), session.begin_nested():
            make("dropped")
            raise Regret
        make("after")

    assert news.titles() == ["before", "after"]


def test_a_released_savepoint_emits(news: News) -> None:
    with writing() as session:
        with session.begin_nested():
            make("inside")
        make("outside")

    assert news.titles() == ["inside", "outside"]


def test_a_savepoint_that_is_rolled_back_takes_the_released_ones_inside_it_along(news: News) -> None:
    with writing() as session:
        with suppress(Regret), session.begin_nested():
            make("dropped")
            with session.begin_nested():
                make("released, then dropped")
            raise Regret
        with session.begin_nested():
            make("kept")
            with suppress(Regret), session.begin_nested():
                make("dropped inside")
                raise Regret

    assert news.titles() == ["kept"]


def test_released_savepoints_of_a_rolled_back_transaction_emit_nothing(news: News) -> None:
    with suppress(Regret), writing() as session:
        with session.begin_nested():
            make("inside")
        raise Regret

    assert news.all() == []


def test_an_edit_in_a_rolled_back_savepoint_is_no_change(news: News) -> None:
    [ticket] = made("title")
    with writing() as session:
        find(ticket).edit({"estimate": "2h"})
        with suppress(Regret), session.begin_nested():
            find(ticket).edit({"title": "other"})
            session.flush()
            raise Regret

    _, updated = news.messages()
    assert updated["changed"] == ["estimate"]
    assert (updated["data"]["title"], updated["data"]["estimate"]) == ("title", "2h")


def test_a_deletion_in_a_rolled_back_savepoint_is_none(news: News) -> None:
    [ticket] = made("title")
    with writing() as session:
        with suppress(Regret), session.begin_nested():
            find(ticket).delete()
            raise Regret
        find(ticket).edit({"title": "still here"})

    assert news.types() == ["ticket.created", "ticket.updated"]


def test_a_failed_flush_emits_nothing(news: News) -> None:
    with suppress(IntegrityError), writing() as session:
        make("one")
        _add_label_twice(session)

    assert news.all() == []


def test_a_failed_flush_in_a_savepoint_emits_nothing_and_what_surrounds_it_does(news: News) -> None:
    with writing() as session:
        make("before")
        with suppress(IntegrityError), session.begin_nested():
            make("dropped")
            _add_label_twice(session)
        make("after")

    assert news.titles() == ["before", "after"]


def test_a_failed_deletion_leaves_nothing_behind(news: News) -> None:
    [ticket] = made("title")
    with writing() as session:
        with suppress(IntegrityError), session.begin_nested():
            session.delete(find(ticket))
            _add_label_twice(session)
        find(ticket).edit({"title": "still here"})

    assert news.types() == ["ticket.created", "ticket.updated"]


def test_created_and_edited_in_one_transaction_is_one_creation_with_the_last_state(news: News) -> None:
    with writing() as session:
        ticket = make("first")
        session.flush()
        ticket.edit({"title": "last"})
        ticket.move_to(last_column())

    assert news.types() == ["ticket.created"]
    assert news.titles() == ["last"]
    assert "changed" not in news.messages()[0]


def test_created_in_a_savepoint_and_edited_after_its_release_is_one_creation(news: News) -> None:
    with writing() as session:
        with session.begin_nested():
            ticket = make("first")
        ticket.edit({"title": "last"})

    assert news.types() == ["ticket.created"]
    assert news.titles() == ["last"]


def test_created_and_deleted_in_one_transaction_is_nothing(news: News) -> None:
    with writing():
        make("gone").delete()

    assert news.all() == []


def test_edited_and_deleted_in_one_transaction_is_one_deletion(news: News) -> None:
    [ticket] = made("title")
    with writing() as session:
        find(ticket).edit({"title": "other"})
        session.flush()
        find(ticket).delete()

    assert news.types() == ["ticket.created", "ticket.deleted"]


def test_edited_twice_in_one_transaction_is_one_update_that_names_both_fields(news: News) -> None:
    [ticket] = made("title")
    with writing() as session:
        find(ticket).edit({"title": "other"})
        session.flush()
        find(ticket).edit({"estimate": "2h"})

    assert news.types() == ["ticket.created", "ticket.updated"]
    assert news.messages()[-1]["changed"] == ["estimate", "title"]


def test_moved_and_edited_is_one_move_and_one_update(news: News) -> None:
    [ticket, other] = made("title", "another")
    with writing():
        find(other).move_to(last_column())
    with writing():
        find(ticket).edit({"title": "other"})
        find(ticket).move_to(last_column())

    *_, moved, updated = news.messages()
    assert (moved["type"], moved["changed"]) == ("ticket.moved", ["columnId", "rank"])
    assert (updated["type"], updated["changed"]) == ("ticket.updated", ["title"])
    assert moved["data"] == updated["data"]


def test_positions_have_no_gaps_whatever_is_rolled_back(news: News) -> None:
    for number in range(6):
        with suppress(Regret), writing():
            make("one")
            make("two")
            if number % 2:
                raise Regret

    positions = [entry.position for entry in news.all()]
    assert positions == list(range(positions[0], positions[0] + 6))


def test_all_events_of_a_transaction_have_its_one_timestamp(news: News) -> None:
    made("one", "two")

    assert len({message["timestamp"] for message in news.messages()}) == 1


def test_an_announced_event_follows_the_transaction(news: News) -> None:
    with suppress(Regret), writing() as session:
        capture.announce(session, Draft("dropped", EVERYONE, {}))
        raise Regret
    with writing() as session:
        capture.announce(session, Draft("kept", EVERYONE, {}))
        with suppress(Regret), session.begin_nested():
            capture.announce(session, Draft("dropped", EVERYONE, {}))
            raise Regret

    assert news.types() == ["kept"]


def test_signing_in_is_no_event_and_signing_out_only_an_internal_one(app: Flask, news: News) -> None:
    with writing():
        session = UserSession.begin(_alice(), 60)
    assert news.all() == []

    with writing():
        db.session.delete(db.session.get_one(UserSession, session.id))

    assert [entry.internal for entry in news.all()] == [True]
    assert news.types() == []


def test_changing_after_the_events_have_their_positions_is_refused(news: News) -> None:
    def too_late(session: Session) -> None:
        session.add(Label(project_id=project_id, name="late", name_key="late", color="#000000"))
        session.flush()

    begin_write()
    project_id = make("one").project_id
    with db.session.no_autoflush:
        capture._before_commit(db.session())

    with pytest.raises(RuntimeError, match="positions"):
        too_late(db.session())

    db.session.rollback()
    assert news.all() == []


class Signals:
    """Hears the signal, and looks at what is free at that moment."""

    def __init__(self, app: Flask) -> None:
        self.heard: list[dict[str, Any]] = []
        self.senders: list[Any] = []
        self._database = str(db.engine.url.database)

    def __call__(self, sender: Any, **arguments: Any) -> None:
        self.senders.append(sender)
        self.heard.append({**arguments, "checked out": self._checked_out(), "lock": self._lock()})

    def _checked_out(self) -> int:
        count: int = db.engine.pool.checkedout()  # type: ignore[attr-defined]
        return count

    def _lock(self) -> str:
        with closing(sqlite3.connect(self._database, timeout=0, isolation_level=None)) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return "taken"
            return "free"


@pytest.fixture
def signals(app: Flask) -> Iterator[Signals]:
    """A receiver of ``events_committed``."""
    receiver = Signals(app)
    with events_committed.connected_to(receiver, sender=log):
        yield receiver


def test_the_signal_is_sent_once_after_the_commit_with_everything_given_back(signals: Signals, news: News) -> None:
    made("one", "two", "three")

    assert signals.heard == [{"last": news.all()[-1].position, "checked out": 0, "lock": "free"}]
    assert signals.senders == [log]


def test_the_signal_is_sent_when_the_next_writer_of_this_process_may_begin(app: Flask) -> None:
    def write_again(*_: Any, **__: Any) -> None:
        if not again:
            again.append(True)
            with app.app_context(), writing():
                make("two")

    again: list[bool] = []
    with events_committed.connected_to(write_again, sender=log):
        made("one")

    assert again == [True]


def test_no_signal_without_events(signals: Signals) -> None:
    with suppress(Regret), writing() as session:
        with session.begin_nested():
            make("dropped")
        raise Regret
    with writing():
        pass
    db.session.query(Ticket).all()
    db.session.commit()

    assert signals.heard == []


def test_releasing_a_savepoint_sends_no_signal(signals: Signals) -> None:
    with writing() as session:
        with session.begin_nested():
            make("one")
        assert signals.heard == []

    assert len(signals.heard) == 1


def test_a_role_given_again_is_no_change(news: News) -> None:
    with writing():
        project = db.session.query(Project).one()
        bob = User.named("bob")
        assert bob is not None
        Membership.add(project, bob, Role.MEMBER)

    assert news.all() == []


Plan = list[Any]
steps: st.SearchStrategy[Any] = st.recursive(
    st.just("make"),
    lambda inner: st.tuples(st.sampled_from(["release", "roll back", "fail"]), st.lists(inner, max_size=4)),
    max_leaves=12,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=st.lists(steps, max_size=6))
def test_however_savepoints_are_nested_exactly_what_was_kept_is_published(news: News, plan: Plan) -> None:
    told_before = len(news.all())
    with writing() as session:
        kept = _carry_out(session, plan)

    entries = news.all()[told_before:]

    assert news.titles()[told_before:] == kept
    assert [title for (title,) in _titles()] == news.titles()
    assert [entry.position for entry in entries] == [entries[0].position + index for index in range(len(entries))]


def _carry_out(session: Session, plan: Plan) -> list[str]:
    """Follow a plan; return the titles of the tickets that outlive it, in the order they were made."""
    kept: list[str] = []
    for step in plan:
        if step == "make":
            kept.append(make(f"ticket {len(kept)}").title)
            continue
        end, inner = step
        with suppress(Regret, IntegrityError), session.begin_nested():
            inside = _carry_out(session, inner)
            if end == "roll back":
                raise Regret
            if end == "fail":
                _add_label_twice(session)
            kept += inside
    return kept


def _titles() -> list[Any]:
    titles = db.session.execute(db.select(Ticket.title).order_by(Ticket.number)).all()
    end_read()
    return list(titles)


def _add_label_twice(session: Session) -> None:
    project = db.session.query(Project).one()
    for _ in range(2):
        session.add(Label(project_id=project.id, name="twin", name_key="twin", color="#000000"))
    session.flush()

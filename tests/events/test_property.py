"""Whatever is written, dropped, pruned and interrupted: a board that was read once and then listens is the database.

``HYPOTHESIS_PROFILE=long`` looks for much longer.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import sseclient
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from punt.database import begin_write, db, now, writing
from punt.errors import Problem
from punt.events import ring as ring_module
from punt.events import sse
from punt.events import stream as stream_module
from punt.events.cursor import Cursor
from punt.events.hub import Hub
from punt.events.log import Entry, log
from punt.events.peer import Peer
from punt.events.prover import Prover
from punt.events.stream import Stream
from punt.events.subscription import Subscription
from punt.models import (
    BinnedTicket,
    Column,
    Label,
    Membership,
    Project,
    Role,
    Ticket,
    User,
    merging,
    roster,
    topics,
    wire,
)
from tests.conftest import app_on
from tests.support.channel import Listener, prove_each
from tests.support.mirror import Mirror
from tests.support.postgres import Postgres

LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
pytestmark = pytest.mark.timeout(0 if LONG else 120)
PATIENCE = 500
"""Chunks after which a stream that has not reached the head is stuck."""


def effort(examples: int, steps: int) -> settings:
    """Return how hard to look: this hard in the suite, much harder in the long profile."""
    return settings(
        max_examples=examples * (50 if LONG else 1),
        stateful_step_count=steps * (2 if LONG else 1),
        phases=tuple(Phase) if LONG else (Phase.explicit, Phase.reuse, Phase.generate),
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


def test_a_snapshot_and_its_stream_are_the_database(app: Flask, small_pages: None) -> None:
    with app.app_context():
        run_state_machine_as_test(Board, settings=effort(30, 25))


def test_a_snapshot_and_its_stream_are_the_database_on_postgresql(
    postgres: Postgres, populated: str, tmp_path: Path, small_pages: None
) -> None:
    with app_on(postgres.database(like=populated), tmp_path) as app, app.app_context():
        run_state_machine_as_test(Board, settings=effort(6, 20))


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let a replay take several pages."""
    monkeypatch.setattr(stream_module, "PAGE", 3)
    ring = ring_module.MOST
    yield
    ring_module.MOST = ring


class Regret(Exception):
    """Somebody thinks better of a transaction."""


class Client:
    """A screen: a board read once, a place in the log, and most of the time a stream.

    :ivar heard: positions of the events heard since it last read everything anew.
    :ivar since: the place from which it has heard everything.
    """

    def __init__(self, mirror: Mirror, since: Cursor) -> None:
        self.mirror, self.since, self.cursor, self.heard = mirror, since, str(since), list[int]()
        self.resets: list[str] = []
        self.stream: Stream | None = None
        self._chunks: Iterator[bytes] = iter(())

    def open(self, stream: Stream) -> None:
        """Come back on a new stream."""
        self.stream = stream
        stream.open()
        self._chunks = iter(stream)

    def leave(self) -> None:
        """Lose the connection."""
        if self.stream is not None:
            close: Any = self._chunks
            close.close()
            self.stream.close()
        self.stream = None

    def read(self, start_over: Callable[[], Mirror]) -> bytes:
        """Take one chunk and do what it says, as a client of the specification does."""
        chunk = next(self._chunks)
        for event in sseclient.SSEClient(iter([chunk])).events():
            self.cursor = event.id or self.cursor
            if event.event != "message" or not event.data:
                continue
            message, place = json.loads(event.data), Cursor.parse(event.id or "")
            assert place is not None
            if message["type"] == "stream.reset":
                self.resets.append(message["data"]["reason"])
                self.mirror, self.since, self.heard = start_over(), place, []
            else:
                self.heard.append(place.position)
                self.mirror.apply(message)
        return chunk


fields = st.fixed_dictionaries({}, optional={"title": st.text("ab", min_size=1, max_size=3), "estimate": st.just("2h")})
many = st.integers(0, 50)
verbs = st.one_of(
    st.tuples(st.just("create"), many, fields),
    st.tuples(st.just("edit"), many, fields),
    st.tuples(st.just("move"), many, many, st.integers(0, 3)),
    st.tuples(st.just("relabel"), many, many),
    st.tuples(st.just("delete"), many),
    st.tuples(st.just("restore"), many),
    st.tuples(st.just("adopt"), many, many),
    st.tuples(st.just("add_label"), st.sampled_from("abcd")),
    st.tuples(st.just("rename_label"), many, st.sampled_from("abcd")),
    st.tuples(st.just("add_column"), st.sampled_from("abcd")),
    st.tuples(st.just("move_column"), many, st.integers(0, 3)),
    st.tuples(st.just("remove_column"), many, many),
)
plans: st.SearchStrategy[Any] = st.lists(
    st.recursive(
        verbs,
        lambda inner: st.tuples(st.just("savepoint"), st.booleans(), st.lists(inner, min_size=1, max_size=4)),
        max_leaves=6,
    ),
    min_size=1,
    max_size=5,
)
odd_cursors = st.sampled_from(
    ["", "x", "1", "-", "0-0", "{epoch}-", "{epoch}--1", "{epoch}-01", "{epoch}-1 ", "{epoch}x-1"]
)


class Board(RuleBasedStateMachine):
    """One project, its writers, its log, one worker's hub, and the screens that listen there."""

    def __init__(self) -> None:
        super().__init__()
        db.session.remove()
        with writing():
            owner = db.session.query(User).filter_by(username="alice").one()
            self.project_id = Project.create(owner, key=f"PROP{Number.another()}", name="Property").id
            self._carry_out([("create", nth, {}) for nth in (0, 0, 1)] + [("add_label", name) for name in "ab"])
        self.hub = Hub()
        self.hub.follow_from(self.head)
        self.history: list[Entry] = []
        self.noted = self.head.position
        self.floor = self._oldest()
        self.clients: list[Client] = []
        self.places = {str(self.head)}

    @property
    def head(self) -> Cursor:
        with db.engine.connect() as connection:
            return log.head(connection)

    # What writers do

    @rule(plan=plans, end=st.sampled_from(["commit", "commit", "commit", "roll back", "close"]))
    def write(self, plan: list[Any], end: str) -> None:
        before = self._truth() if end != "commit" else None
        begin_write()
        self._carry_out(plan)
        {"commit": db.session.commit, "roll back": db.session.rollback, "close": db.session.close}[end]()
        db.session.remove()
        with db.engine.connect() as connection:
            news = log.since(connection, self.noted, limit=10_000)
        assert before is None or (news, self._truth()) == ([], before)
        assert [entry.position for entry in news] == list(range(self.noted + 1, self.noted + 1 + len(news)))
        self.history += [entry for entry in news if entry.topic == self._topic]
        self.noted += len(news)
        self.places.add(str(self.head))

    @rule(which=many)
    def delete_a_label(self, which: int) -> None:
        """Delete it as the one act of a transaction: the database takes it from tickets, unseen by what is loaded."""
        self.write([("delete_label", which)], "commit")

    @rule(which=many)
    def a_person_goes(self, which: int) -> None:
        """Somebody who made one ticket and was given another is deleted."""
        self.write([("employ", which)], "commit")
        self.write([("dismiss",)], "commit")

    @rule(keep=st.integers(0, 12))
    def prune(self, keep: int) -> None:
        """Forget the past, but nothing that the worker has not given out yet."""
        keep = max(keep, self.head.position - self.hub.ring.position)
        with writing() as session:
            while log.prune(session.connection(), now() - timedelta(days=1), keep):
                pass
        self.floor = max(self.floor, self.head.position - keep)

    # What the worker does

    @rule(most=st.integers(1, 9))
    def carry(self, most: int) -> None:
        with db.engine.connect() as connection:
            entries = log.since(connection, self.hub.ring.position, limit=most)
        for entry in entries:
            self.hub.publish([entry])

    @rule(keep=st.integers(0, 3))
    def rush(self, keep: int) -> None:
        """More happens than a queue holds, and the log is pruned before anybody has read it."""
        self.write([("create", nth, {}) for nth in range(7)], "commit")
        self.carry(10_000)
        self.prune(keep)

    # What screens do

    @precondition(lambda self: len(self.clients) < 4)
    @rule(queue=st.integers(1, 5))
    def arrive(self, queue: int) -> None:
        """Read the board with the cursor of its page, then listen from there."""
        client = Client(*self._snapshot())
        self.clients.append(client)
        self._open(client, queue, client.cursor)

    @precondition(lambda self: len(self.clients) < 4)
    @rule(queue=st.integers(1, 5))
    def arrive_listening(self, queue: int) -> None:
        """Listen first, without a cursor, and then read the board."""
        client = Client(*self._snapshot())
        self.clients.append(client)
        self._open(client, queue, None)
        self._read(client)
        client.mirror, client.since, client.heard = self._snapshot()[0], self._place(client), []

    @precondition(lambda self: self.clients)
    @rule(which=many, count=st.integers(1, 4))
    def read(self, which: int, count: int) -> None:
        client = self._any(self.clients, which)
        for _ in range(count if client.stream else 0):
            self._read(client)

    @precondition(lambda self: self.clients)
    @rule(which=many)
    def leave(self, which: int) -> None:
        self._any(self.clients, which).leave()

    @precondition(lambda self: self.clients)
    @rule(which=many, queue=st.integers(1, 5))
    def come_back(self, which: int, queue: int) -> None:
        client = self._any(self.clients, which)
        client.leave()
        self._open(client, queue, client.cursor)

    @rule(which=many)
    def come_with_any_place(self, which: int) -> None:
        """Somebody comes with a cursor that was once given out, reads to the end, and goes."""
        place = self._any(sorted(self.places), which)
        self._visit(place, "expired" if Cursor.parse(place).position < self.floor else None)  # type: ignore[union-attr]

    @rule(text=odd_cursors, ahead=st.integers(1, 9), what=st.sampled_from(["malformed", "epoch", "future"]))
    def come_with_a_wrong_place(self, text: str, ahead: int, what: str) -> None:
        head = self.head
        places = {
            "malformed": text.format(epoch=head.epoch),
            "epoch": f"{head.epoch[::-1]}0-{head.position}",
            "future": f"{head.epoch}-{head.position + ahead}",
        }
        expected = None if places[what] == "" else what
        if places[what] in {"0-0", f"{head.epoch}x-1"}:
            expected = "epoch"
        self._visit(places[what], expected)

    # What must be true

    @invariant()
    def positions_are_contiguous(self) -> None:
        with db.engine.connect() as connection:
            kept = [entry.position for entry in log.since(connection, 0, limit=100_000)]
            assert log.floor(connection) == self.floor
        assert kept == list(range(self.floor + 1, self.noted + 1))

    @invariant()
    def everybody_has_heard_each_event_once_and_in_order(self) -> None:
        for client in self.clients:
            assert client.heard == self._between(client.since.position, self._place(client).position), client.resets

    def teardown(self) -> None:
        try:
            self.carry(10_000)
            for client in self.clients:
                if client.stream is None:
                    self._open(client, 5, client.cursor)
                self._catch_up(client)
                self.everybody_has_heard_each_event_once_and_in_order()
                assert (client.mirror.board(), client.mirror.labels()) == self._truth()
        finally:
            for client in self.clients:
                client.leave()
            db.session.remove()

    # How

    @property
    def _topic(self) -> str:
        return topics.project(self.project_id)

    def _between(self, start: int, end: int) -> list[int]:
        return [entry.position for entry in self.history if start < entry.position <= end]

    def _place(self, client: Client) -> Cursor:
        place = Cursor.parse(client.cursor)
        assert place is not None
        return place

    def _snapshot(self) -> tuple[Mirror, Cursor]:
        """Read what a page shows: its cursor first, and the board in the same transaction."""
        db.session.remove()
        cursor = log.head(db.session.connection())
        project = db.session.get_one(Project, self.project_id)
        columns = [wire.column(column) for column in project.columns()]
        labels = [wire.label(label) for label in Label.of(self.project_id)]
        tickets = [wire.ticket(ticket) for ticket in db.session.scalars(Ticket.on_board(self.project_id))]
        db.session.remove()
        return Mirror(columns, labels, tickets), cursor

    def _truth(self) -> tuple[Any, Any]:
        mirror, _ = self._snapshot()
        return mirror.board(), mirror.labels()

    def _oldest(self) -> int:
        with db.engine.connect() as connection:
            return log.floor(connection)

    def _open(self, client: Client, queue: int, cursor: str | None) -> None:
        """Open a stream and read how it begins: a reset is there exactly when it must be."""
        place = Cursor.parse(cursor) if cursor else None
        resets = list(client.resets)
        ring_module.MOST = queue
        client.open(self._stream(cursor))
        client.read(lambda: self._snapshot()[0])
        expired = place is not None and place.position < self.floor
        if place is not None:
            assert client.resets == resets + (["expired"] if expired else [])

    def _stream(self, cursor: str | None) -> Stream:
        topics, names, ends = frozenset({self._topic}), frozenset({"nora"}), now() + timedelta(days=1)
        subscription = Subscription("project", "nora", topics, names, self.head, ends, prove_each, Listener())
        prover, peer = Prover(db.engine, log), Peer(None, 10)
        return Stream(db.engine, log, self.hub, prover, subscription, peer, cursor, 0.001, math.inf)

    def _read(self, client: Client) -> bytes:
        """Read a chunk; a reset in the middle comes only when the log does not reach back any more."""
        assert client.stream is not None
        resets, must_reach = list(client.resets), client.stream._delivery.at.position
        chunk = client.read(lambda: self._snapshot()[0])
        self.places.add(client.cursor)
        assert client.resets in (resets, [*resets, "expired"])
        assert client.resets == resets or must_reach < self.floor
        return chunk

    def _catch_up(self, client: Client) -> None:
        for _ in range(PATIENCE):
            if sse.KEEPALIVE in self._read(client) and self._place(client) == self.head:
                return
        raise AssertionError(f"the stream stays at {client.cursor}; the head is {self.head}")

    def _visit(self, cursor: str, reset: str | None) -> None:
        mirror, head = self._snapshot()
        visitor = Client(mirror, Cursor.parse(cursor) or head)
        visitor.cursor = cursor
        visitor.open(self._stream(cursor))
        visitor.read(lambda: mirror)
        start = head.position if reset or not cursor else visitor.since.position
        for _ in range(PATIENCE):
            if sse.KEEPALIVE in visitor.read(lambda: mirror):
                break
        visitor.leave()
        assert visitor.resets == ([reset] if reset else [])
        assert visitor.heard == self._between(start, self._place(visitor).position)
        assert self._place(visitor) == head

    def _carry_out(self, plan: list[Any]) -> None:
        for name, *arguments in plan:
            if name == "savepoint":
                self._in_savepoint(*arguments)
            else:
                with suppress(Problem):
                    getattr(Writer(self.project_id), name)(*arguments)

    def _in_savepoint(self, keep: bool, plan: list[Any]) -> None:
        with suppress(Regret), db.session.begin_nested():
            self._carry_out(plan)
            if not keep:
                raise Regret

    def _any(self, things: list[Any], which: int) -> Any:
        return things[which % len(things)]


class Number:
    """The number given last, so that every project and person has their own."""

    last = 0

    @classmethod
    def another(cls) -> int:
        cls.last += 1
        return cls.last


class Writer:
    """The verbs of the models, on whichever thing of a project a number means."""

    def __init__(self, project_id: str) -> None:
        self._project = db.session.get_one(Project, project_id)

    def create(self, column: int, fields: dict[str, Any]) -> None:
        Ticket.create(self._project, self._column(column), None, {"title": "New", **fields})

    def edit(self, ticket: int, fields: dict[str, Any]) -> None:
        for found in self._ticket(ticket):
            found.edit(fields)

    def move(self, ticket: int, column: int, order: int) -> None:
        for found in self._ticket(ticket):
            found.move_to(self._column(column), order=order)

    def relabel(self, ticket: int, mask: int) -> None:
        labels = Label.of(self._project.id)
        for found in self._ticket(ticket):
            found.edit({"labels": [label for bit, label in enumerate(labels) if mask >> bit & 1]})

    def delete(self, ticket: int) -> None:
        for found in self._ticket(ticket):
            BinnedTicket.take(found, None)

    def restore(self, binned: int) -> None:
        if kept := BinnedTicket.page(self._project.id)[0]:
            kept[binned % len(kept)].restore(self._project)

    def adopt(self, child: int, parent: int) -> None:
        for found, other in zip(self._ticket(child), self._ticket(parent), strict=True):
            found.edit({"parent_id": other.id})

    def employ(self, ticket: int) -> None:
        clerk = User.enrol(username=f"clerk{Number.another()}", name="Clerk", email=None, password_hash="none")
        Membership.add(self._project, clerk, Role.MEMBER)
        db.session.flush()
        Ticket.create(self._project, self._column(0), clerk.id, {"title": "By the clerk"})
        for found in self._ticket(ticket):
            found.edit({"assignee_id": clerk.id})

    def dismiss(self) -> None:
        for clerk in db.session.scalars(sa.select(User).where(User.username.startswith("clerk"))).all():
            roster.remove(clerk, None)

    def add_label(self, name: str) -> None:
        Label.create(self._project.id, name)

    def rename_label(self, label: int, name: str) -> None:
        for found in self._label(label):
            found.revise(name=name)

    def delete_label(self, label: int) -> None:
        for found in self._label(label):
            db.session.delete(found)
            db.session.flush()

    def add_column(self, name: str) -> None:
        Column.append_to(self._project.columns(), self._project.id, name=name, color=None, wip_limit=None)

    def move_column(self, column: int, order: int) -> None:
        self._column(column).revise(self._project.columns(), order=order)

    def remove_column(self, column: int, heir: int) -> None:
        merging.remove_column(self._column(column), self._project, self._column(heir))

    def _column(self, which: int) -> Column:
        columns = self._project.columns()
        return columns[which % len(columns)]

    def _ticket(self, which: int) -> list[Ticket]:
        tickets = db.session.scalars(Ticket.on_board(self._project.id)).all()
        return [tickets[which % len(tickets)]] if tickets else []

    def _label(self, which: int) -> list[Label]:
        labels = Label.of(self._project.id)
        return [labels[which % len(labels)]] if labels else []

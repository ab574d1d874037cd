"""Proofs for many streams together: one look at the database, for each its own answer, and none that is too old."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import chain
from typing import Any

import gevent
import pytest
import sqlalchemy as sa
from gevent import GreenletExit
from sqlalchemy.exc import OperationalError

from punt.database import now
from punt.events import prover as prover_module
from punt.events.cursor import Cursor
from punt.events.log import Entry, EventLog
from punt.events.prover import Prover
from punt.events.publication import EVERYONE
from punt.events.subscription import AccessLost, Proof, Subscription
from tests.simulation.log import Engine
from tests.support.channel import Channel, Reader, everything


class Database(Engine):
    """A database of who may listen, which notes who was asked about in each of its snapshots.

    :ivar looks: the listeners of each call.
    """

    def __init__(self, *barred: int) -> None:
        super().__init__()
        self.barred, self.looks = set(barred), list[list[int]]()
        self.during: Callable[[], None] = lambda: None

    def prove_all(self, _: Any, listeners: Sequence[int]) -> list[Proof | None]:
        self.looks.append(list(listeners))
        barred = set(self.barred)
        self.during()
        return [None if each in barred else Proof(lambda _: True, lambda _, at: at >= 10) for each in listeners]


class Loud(EventLog):
    """A log with one event for everyone, at position 12; it counts how often that is read."""

    def __init__(self) -> None:
        self.reads = 0

    def since(self, connection: Any, position: int, **_: Any) -> list[Entry]:
        self.reads += 1
        return [WIPED] if position < 12 else []


WIPED = Entry(12, "e1", "database.wiped", EVERYONE, None, None, "{}", rechecks=True, created_at=now())


def prove(prover: Prover, database: Database, number: int, position: int = 10) -> bool | type[Exception]:
    """Prove for a listener; return what the stream was answered."""
    ends = now() + timedelta(days=1)
    subscription = Subscription(
        "all", "nora", frozenset(), frozenset(), Cursor("e1", 0), ends, database.prove_all, number
    )
    try:
        return prover.prove(subscription, position)
    except (AccessLost, OperationalError) as error:
        return type(error)


def _subscription(database: Database, number: int) -> Subscription:
    nothing, ends = frozenset[str](), now() + timedelta(days=1)
    return Subscription("all", "nora", nothing, nothing, Cursor("e1", 0), ends, database.prove_all, number)


def at_once(database: Database, count: int) -> list[Any]:
    prover: Any = Prover(database, Loud())  # type: ignore[arg-type]
    streams = [gevent.spawn(prove, prover, database, number) for number in range(count)]
    gevent.joinall(streams, timeout=20, raise_error=True)
    return [stream.value for stream in streams]


def test_streams_that_ask_at_once_are_proved_by_one_look() -> None:
    database = Database()

    answers = at_once(database, 100)

    assert answers == [True] * 100
    assert database.looks == [list(range(100))]


def test_very_many_are_proved_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prover_module, "TOGETHER", 30)
    database = Database()

    answers = at_once(database, 100)

    assert answers == [True] * 100
    assert max(map(len, database.looks)) <= 30
    assert sorted(chain.from_iterable(database.looks)) == list(range(100))


def test_each_gets_its_own_answer() -> None:
    answers = at_once(Database(3, 5), 7)

    assert answers == [True, True, True, AccessLost, True, AccessLost, True]


def test_those_who_lose_access_get_what_was_published_to_everyone_by_one_query() -> None:
    database, log = Database(*range(60)), Loud()
    prover: Any = Prover(database, log)  # type: ignore[arg-type]

    def announced(number: int) -> list[Entry]:
        with pytest.raises(AccessLost) as lost:
            prover.prove(_subscription(database, number), 10 if number < 50 else 12)
        return list(lost.value.announced)

    streams = [gevent.spawn(announced, number) for number in range(60)]
    gevent.joinall(streams, timeout=20, raise_error=True)

    assert [stream.value for stream in streams] == [[WIPED]] * 50 + [[]] * 10
    assert log.reads == 2  # for two places


def test_a_proof_that_is_interrupted_ends_nobody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prover_module, "TOGETHER", 2)
    database = Database()

    def die() -> None:
        database.during = lambda: None
        raise GreenletExit

    database.during = die
    prover: Any = Prover(database, Loud())  # type: ignore[arg-type]
    streams = [gevent.spawn(prover.prove, _subscription(database, number), 10) for number in range(4)]
    gevent.joinall(streams, timeout=20)

    assert [stream.ready() for stream in streams] == [True] * 4
    assert [type(stream.exception) for stream in streams[:2]] == [RuntimeError] * 2
    assert [stream.value for stream in streams[2:]] == [True] * 2


def test_one_that_was_away_learns_that_not_all_is_theirs() -> None:
    database = Database()
    prover: Any = Prover(database, Loud())  # type: ignore[arg-type]

    assert prove(prover, database, 1, position=9) is False


def test_whoever_asks_while_others_are_proved_is_not_answered_from_their_snapshot() -> None:
    database, late = Database(), list[Any]()
    prover: Any = Prover(database, Loud())  # type: ignore[arg-type]

    def lose_access_and_ask() -> None:
        if not late:
            database.barred = {1, 2}
            late.append(gevent.spawn(prove, prover, database, 2))
            gevent.sleep(0)

    database.during = lose_access_and_ask
    first = prove(prover, database, 1)
    gevent.joinall(late, timeout=20)

    assert first is True  # by a snapshot from before
    assert late[0].value is AccessLost
    assert database.looks == [[1], [2]]


def test_a_database_that_is_away_fails_all_who_asked_and_nobody_later() -> None:
    database = Database()
    database.away = 1

    assert at_once(database, 3) == [OperationalError] * 3
    assert at_once(database, 3) == [True] * 3


def test_streams_that_one_event_makes_doubtful_are_proved_together(channel: Channel) -> None:
    looks = list[int]()
    readers = [channel.listen(check=lambda _: everything(_)) for _ in range(20)]
    prove_all = readers[0].stream.subscription.prove_all

    def counted(connection: sa.Connection, listeners: Sequence[Any]) -> Sequence[Proof | None]:
        looks.append(len(listeners))
        return prove_all(connection, listeners)

    for reader in readers:
        object.__setattr__(reader.stream.subscription, "prove_all", counted)
    for _ in range(2):  # how they begin
        _read_all(readers)
    looks.clear()
    channel.write(1, rechecks=True)
    channel.write(2)
    channel.carry()
    cursor = channel.cursor
    gevent.joinall([gevent.spawn(reader.read_until, cursor) for reader in readers], timeout=20, raise_error=True)

    assert [reader.numbers for reader in readers] == [[1, 2]] * 20
    assert looks == [20]


def _read_all(readers: list[Reader]) -> None:
    for reader in readers:
        reader.read()

"""Retention: what is too old or too much is forgotten, in batches, and nobody waits for it or falls out by idling."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gevent
import pytest
import sqlalchemy as sa
from flask import Flask

from punt.database import db, now, writing
from punt.events import keeper
from punt.events.keeper import Keeper
from punt.events.log import LoggedEvent, log
from punt.settings import Retention
from tests.support.listener import Listener
from tests.support.raw import raw_stream
from tests.support.server import Server

HARB = "/api/projects/HARB"
FOR_EVER, NO_END = 10**9, 10**9


@pytest.fixture
def filled(app: Flask) -> Iterator[int]:
    """A log of 2,500 events, one a minute, the newest of them from now; gives the position of the newest."""
    with app.app_context():
        with writing() as session:
            start = log.head(session.connection()).position
            session.execute(sa.delete(LoggedEvent))
            session.execute(sa.insert(LoggedEvent), [_event(start + nth, 2500 - nth) for nth in range(1, 2501)])
            session.execute(sa.text("UPDATE event_head SET position = position + 2500"))
        yield start + 2500


def kept() -> list[int]:
    with db.engine.connect() as connection:
        return list(connection.scalars(sa.select(LoggedEvent.position).order_by(LoggedEvent.position)))


def floor() -> int:
    with db.engine.connect() as connection:
        return log.floor(connection)


def test_no_more_than_so_many_are_kept(filled: int) -> None:
    forgotten = Keeper(db.engine, log, Retention(FOR_EVER, 100)).prune()

    assert forgotten == 2400
    assert kept() == list(range(filled - 99, filled + 1))
    assert floor() == filled - 100


def test_nothing_older_than_so_long_is_kept(filled: int) -> None:
    forgotten = Keeper(db.engine, log, Retention(60 * 60, NO_END)).prune()

    assert kept() == list(range(filled - 59, filled + 1))
    assert forgotten == 2440


def test_no_more_bytes_than_so_many_are_kept(filled: int) -> None:
    with writing() as session:
        session.execute(sa.update(LoggedEvent).values(written=(LoggedEvent.position - filled + 2500) * 1000))
        session.execute(sa.text("UPDATE event_head SET written = 2500000"))

    forgotten = Keeper(db.engine, log, Retention(FOR_EVER, NO_END, 50_000)).prune()

    assert kept() == list(range(filled - 49, filled + 1))
    assert forgotten == 2450


def test_a_log_that_is_too_large_is_noticed_between_two_times_of_tidying(
    filled: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "LOOK", 0.01)
    with writing() as session:
        session.execute(sa.update(LoggedEvent).values(written=(LoggedEvent.position - filled + 2500) * 1000))
        session.execute(sa.text("UPDATE event_head SET written = 2500000"))
    watching = Keeper(db.engine, log, Retention(FOR_EVER, NO_END, 50_000))

    watching.start()
    deadline = time.monotonic() + 20
    while len(kept()) > 50 and time.monotonic() < deadline:
        gevent.sleep(0.01)
    watching.stop()

    assert kept() == list(range(filled - 49, filled + 1))


def test_whichever_bound_is_narrower_counts(filled: int) -> None:
    Keeper(db.engine, log, Retention(60 * 60, 10)).prune()

    assert kept() == list(range(filled - 9, filled + 1))


def test_what_is_within_the_bounds_is_not_touched(filled: int) -> None:
    assert Keeper(db.engine, log, Retention(FOR_EVER, 2500)).prune() == 0
    assert len(kept()) == 2500


def test_an_empty_log_has_its_floor_at_the_head(filled: int) -> None:
    Keeper(db.engine, log, Retention(FOR_EVER, 0)).prune()

    assert kept() == []
    assert floor() == filled


def test_writers_get_their_turn_between_two_batches(app: Flask, filled: int, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses, written = list[float](), list[int]()

    def write_meanwhile(seconds: float) -> None:
        pauses.append(seconds)
        thread = threading.Thread(target=_write_in, args=(app, written))
        thread.start()
        thread.join(20)

    monkeypatch.setattr(keeper, "gevent", SimpleNamespace(sleep=write_meanwhile))  # others may sleep meanwhile

    Keeper(db.engine, log, Retention(FOR_EVER, 100)).prune()

    assert pauses == [keeper.BREATH] * 2
    assert written == [1, 1]


def test_a_running_keeper_looks_again_and_again_and_survives_trouble(
    filled: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(keeper, "EVERY", 0.01)
    watched = Keeper(db.engine, log, Retention(FOR_EVER, 100))
    troubles = iter([RuntimeError("no such table")])
    forget = log.prune

    def sometimes_fail(*bounds: Any) -> int:
        for trouble in troubles:
            raise trouble
        return forget(*bounds)

    monkeypatch.setattr(log, "prune", sometimes_fail)
    watched.start()
    watched.start()
    deadline = time.monotonic() + 20
    try:
        while len(kept()) > 100 and time.monotonic() < deadline:
            gevent.sleep(0.01)
    finally:
        watched.stop()

    assert len(kept()) == 100
    assert complaints(caplog) == ["the event log could not be tidied; trying again later"]


def test_a_chore_that_fails_is_named_and_stops_none_of_the_others(
    filled: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> int:
        raise RuntimeError("no such table")

    def succeed(*_: object) -> int:
        done.append("audit log")
        return 0

    done = list[str]()
    watched = Keeper(db.engine, log, Retention(FOR_EVER, 100))
    watched.also("bin", fail)
    watched.also("audit log", succeed)

    watched.tidy()

    assert len(kept()) == 100
    assert done == ["audit log"]
    assert complaints(caplog) == ["the bin could not be tidied; trying again later"]


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == keeper.__name__]


@pytest.fixture
def forgetful(inhabited: Path, tmp_path: Path) -> Iterator[Server]:
    """A real server that keeps ten events, when it is told to look, and shows signs of life quickly."""
    settings = {"PUNT_EVENT_RETENTION": "10", "PUNT_STREAM_KEEPALIVE": "0.2"}
    server = Server(Path(shutil.copytree(inhabited, tmp_path / "instance")), settings=settings).start()
    yield server
    server.end()


def test_the_command_prunes_and_only_a_stream_whose_place_is_gone_is_reset(forgetful: Server) -> None:
    alice, bob, before = forgetful.client("alice"), forgetful.client("bob"), forgetful.head()

    with Listener(bob, "/api/users/events") as idle:
        for number in range(30):
            assert alice.post(f"{HARB}/labels", json={"name": f"label {number}"}).status_code == 201
        idle.wait_until_at(forgetful.head())
        pruned = forgetful.flask("events", "prune")
        remembered = idle.cursor
    with Listener(bob, "/api/users/events", last_event_id=remembered) as idle:
        idle.wait_until_at(forgetful.head())
    with Listener(bob, f"{HARB}/events", last_event_id=before) as late:
        late.wait_for(1)
        alice.post(f"{HARB}/labels", json={"name": "after"})
        late.wait_for(2)

    assert (pruned.returncode, pruned.stderr) == (0, "")
    assert pruned.stdout.startswith("Forgot ")
    assert forgetful.rows("SELECT count(*) FROM event_log") == [(11,)]
    assert idle.types() == []
    assert late.types() == ["stream.reset", "label.created"]
    assert late.messages[0]["data"] == {"reason": "expired"}


def test_a_stream_open_at_the_oldest_kept_place_replays_and_one_before_it_does_not(forgetful: Server) -> None:
    alice, bob = forgetful.client("alice"), forgetful.client("bob")
    for number in range(20):
        alice.post(f"{HARB}/labels", json={"name": f"label {number}"})
    forgetful.flask("events", "prune")
    epoch, _, head = forgetful.head().partition("-")

    with raw_stream(bob, f"{HARB}/events?lastEventId={epoch}-{int(head) - 10}") as kept_place:
        whole = kept_place.read_until(b"label 19")
    with raw_stream(bob, f"{HARB}/events?lastEventId={epoch}-{int(head) - 11}") as lost_place:
        reset = lost_place.read_until(b"expired")

    assert whole.count(b"label.created") == 10
    assert b"stream.reset" not in whole
    assert b"label.created" not in reset


def _event(position: int, minutes_ago: int) -> dict[str, object]:
    age = timedelta(minutes=minutes_ago)
    return {
        "position": position,
        "epoch": "cafe",
        "type": "label.created",
        "topic": "nowhere",
        "message": "{}",
        "rechecks": False,
        "created_at": now() - age,
    }


def _write_in(app: Flask, written: list[int]) -> None:
    with app.app_context(), writing() as session:
        session.execute(sa.text("UPDATE project SET name = name"))
        written.append(1)

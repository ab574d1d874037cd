"""The doorbells one by one, and the greenlets that listen to them: a broken bell is loud once and mended by itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import gevent
import pytest
import sqlalchemy as sa
from flask import Flask

from punt.database import db, writing
from punt.events import capture, doorbell, feed
from punt.events.doorbell import PostgresDoorbell, SqliteDoorbell, ValkeyDoorbell, doorbell_for
from punt.events.feed import Feed
from punt.events.hub import Hub
from punt.events.log import Origin, log
from punt.events.publication import EVERYONE, Draft
from tests.conftest import app_on
from tests.support.postgres import Postgres
from tests.support.wait import until


class Ear:
    """Listens to a bell in a thread and counts the rings."""

    def __init__(self, bell: doorbell.Doorbell) -> None:
        self.rings = 0
        self.failure: Exception | None = None
        self._thread = threading.Thread(target=self._listen, args=(bell,), daemon=True)
        self._thread.start()

    def wait_for(self, rings: int) -> None:
        until(lambda: self.rings >= rings, what=f"{rings} rings, not {self.rings}")

    def _listen(self, bell: doorbell.Doorbell) -> None:
        try:
            bell.listen(self._ring)
        except Exception as error:
            self.failure = error

    def _ring(self) -> None:
        self.rings += 1


def rumble() -> None:
    with writing() as session:
        capture.announce(session, Draft("database.rumbled", EVERYONE, {}))


def test_the_bell_of_sqlite_looks_sooner_where_something_has_just_happened(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doorbell, "SQLITE_EAGER", 3)
    pauses = list[float]()

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 8:
            rumble()
        elif len(pauses) == 16:
            raise InterruptedError

    with app.app_context(), suppress(InterruptedError):
        SqliteDoorbell(db.engine.url.database or "", pause).listen(lambda: None)

    quickly = [0.001, 0.001, 0.001, 0.002, 0.004, 0.008, 0.015, 0.015]
    assert pauses == quickly * 2


def test_the_bell_of_sqlite_rings_at_the_start_and_for_every_commit_of_others(app: Flask) -> None:
    with app.app_context():
        ear = Ear(doorbell_for(db.engine))
        ear.wait_for(1)
        rumble()
        ear.wait_for(2)
        rumble()
        ear.wait_for(3)


def test_the_bell_of_postgresql_rings_for_events_only_and_breaks_loudly(
    postgres: Postgres, populated: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doorbell, "PROBE_INTERVAL", 0.05)  # so that it also probes, and is found well
    database = postgres.database(like=populated)
    with app_on(database, tmp_path) as app, app.app_context():
        ear = Ear(doorbell_for(db.engine))
        ear.wait_for(1)
        with writing() as session:
            session.execute(sa.text("UPDATE project SET name = name"))
        rumble()
        ear.wait_for(2)
        quiet = ear.rings

        postgres.terminate(database)
        until(lambda: ear.failure, what="the bell to break")

    assert quiet == 2
    assert isinstance(ear.failure, ConnectionError)


def test_the_bell_is_chosen_by_the_settings(app: Flask) -> None:
    with app.app_context():
        assert isinstance(doorbell_for(db.engine), SqliteDoorbell)
        for scheme in ("redis", "rediss", "valkey", "valkeys"):
            assert isinstance(doorbell_for(db.engine, f"{scheme}://127.0.0.1:1"), ValkeyDoorbell)
    assert isinstance(doorbell_for(sa.create_engine("postgresql+psycopg://127.0.0.1/punt")), PostgresDoorbell)
    with pytest.raises(ValueError, match="share"):
        doorbell_for(sa.create_engine("sqlite://"))


def test_ringing_a_server_that_is_away_troubles_nobody() -> None:
    ValkeyDoorbell("redis://127.0.0.1:1").announce()


class Bell:
    """A bell whose listening goes as a test says, one way after another, and at last for ever."""

    def __init__(self, *ways: Callable[[doorbell.Ring], None]) -> None:
        self.ways, self.listened = list(ways), 0

    def listen(self, ring: doorbell.Ring) -> None:
        self.listened += 1
        if self.ways:
            self.ways.pop(0)(ring)
        while True:
            gevent.sleep(1)


@pytest.fixture
def follow(app: Flask) -> Iterator[Callable[..., tuple[Feed, Hub]]]:
    """Start a feed on a bell; it ends with the test."""
    feeds: list[Feed] = []

    def start(bell: doorbell.Doorbell) -> tuple[Feed, Hub]:
        hub = Hub()
        feeds.append(Feed(db.engine, log, hub, bell))
        feeds[-1].start()
        return feeds[-1], hub

    with app.app_context():
        yield start
        for each in feeds:
            each.stop()


def let_run(condition: Callable[[], Any]) -> None:
    """Let the greenlets run until something is so."""
    with gevent.Timeout(20, AssertionError("not within 20 s")):
        while not condition():
            gevent.sleep(0.01)


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.message for record in caplog.records if record.levelname == "WARNING"]


def test_a_bell_that_fails_is_restarted_with_growing_pauses_and_logged_once(
    follow: Callable[..., tuple[Feed, Hub]], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pauses, sleep = list[float](), gevent.sleep
    monkeypatch.setattr(feed, "RESTART_PAUSES", (0.001, 0.002, 0.003))

    def sleep_and_note(seconds: float) -> None:
        pauses.append(seconds)
        sleep(seconds)

    monkeypatch.setattr(gevent, "sleep", sleep_and_note)

    def fail(_: doorbell.Ring) -> None:
        raise ConnectionError("no bell")

    bell = Bell(*[fail] * 5)
    follow(bell)
    let_run(lambda: bell.listened == 6)

    assert [pause for pause in pauses if pause < 0.01] == [0.001, 0.002, 0.003, 0.003, 0.003]
    assert complaints(caplog) == ["the doorbell died and starts again: no bell"]


def test_a_failure_after_a_steady_time_is_logged_again(
    follow: Callable[..., tuple[Feed, Hub]], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(feed, "STEADY", 0.02)

    def fail_later(_: doorbell.Ring) -> None:
        gevent.sleep(0.05)
        raise ConnectionError("no bell")

    bell = Bell(fail_later, fail_later)
    follow(bell)
    let_run(lambda: bell.listened == 3)

    assert len(complaints(caplog)) == 2


def test_a_bug_in_the_feed_is_logged_with_its_traceback_and_the_feed_goes_on_without_loss(
    follow: Callable[..., tuple[Feed, Hub]], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    running, hub = follow(Bell())
    let_run(lambda: running.age < 1 and hub.ring.position)
    publish, troubles = hub.publish, [ZeroDivisionError("a bug")]

    def publish_badly(entry: Any) -> None:
        with suppress(IndexError):
            raise troubles.pop()
        publish(entry)

    monkeypatch.setattr(hub, "publish", publish_badly)
    before = hub.ring.position
    rumble()
    let_run(lambda: hub.ring.position == before + 1)

    assert complaints(caplog) == ["the feed died and starts again: a bug"]
    assert caplog.records[-1].exc_info


def test_a_lost_ring_costs_a_slow_poll_only(
    follow: Callable[..., tuple[Feed, Hub]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "SLOW_POLL", 0.05)
    _, hub = follow(Bell())
    let_run(lambda: hub.ring.position)
    before = hub.ring.position

    with db.engine.connect().execution_options(punt_writes=True) as connection, connection.begin():
        log.append(connection, [Draft("database.rumbled", EVERYONE, {})], Origin())

    let_run(lambda: hub.ring.position == before + 1)


def test_the_bell_lets_others_of_its_process_go_on_and_a_feed_that_was_stopped_hears_nothing(
    follow: Callable[..., tuple[Feed, Hub]],
) -> None:
    running, hub = follow(doorbell_for(db.engine))
    let_run(lambda: hub.ring.position)
    before = hub.ring.position
    rumble()
    let_run(lambda: hub.ring.position == before + 1)

    running.stop()
    rumble()
    gevent.sleep(0.1)

    assert hub.ring.position == before + 1
    running.start()
    let_run(lambda: hub.ring.position == before + 2)

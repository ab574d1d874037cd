"""Another process holds the database's write lock: reading goes on, writing waits or is refused clearly."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest
from flask import Flask
from flask.testing import FlaskClient

from punt import database
from punt.database import READ_BUSY_TIMEOUT, begin_write, db
from punt.events.log import log
from tests.support.server import Server
from tests.support.wait import until

HARB = "/api/projects/HARB"
BUSY = {"error": "The server is busy. Nothing was changed; please try again."}


@contextmanager
def locked(instance: Path) -> Iterator[sqlite3.Connection]:
    """Hold the write lock, as another process would."""
    with closing(sqlite3.connect(instance / "punt.sqlite3", isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield connection
        connection.rollback()


def test_while_a_write_waits_every_worker_still_answers_reads(server: Server) -> None:
    bob, readers = server.client("bob"), [server.client("bob") for _ in range(8)]

    with ThreadPoolExecutor(4) as pool:
        with locked(server.instance):
            writes = [pool.submit(bob.post, f"{HARB}/tickets", json={"title": f"Patience {n}"}) for n in range(4)]
            reads = _read_for_a_second(readers)
            waiting = [not write.done() for write in writes]
        answers = [write.result(20) for write in writes]

    assert set(reads) == {200}
    assert waiting == [True] * 4
    assert [answer.status_code for answer in answers] == [201] * 4
    assert sorted(answer.json()["number"] for answer in answers) == [1, 2, 3, 4]


def test_a_write_that_waits_too_long_is_refused_and_changes_nothing(
    app: Flask, alice: FlaskClient, instance: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "WRITE_TIMEOUT", 0.1)
    before = _head(app)

    with locked(instance):
        answer = alice.post(f"{HARB}/tickets", json={"title": "In vain"})

    assert (answer.status_code, answer.json) == (503, BUSY)
    assert alice.get(f"{HARB}/tickets").json == []
    assert _head(app) == before
    assert alice.post(f"{HARB}/tickets", json={"title": "Again"}).status_code == 201


def test_a_turn_that_does_not_come_within_this_process_is_refused_too(
    app: Flask, alice: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "WRITE_TIMEOUT", 0.1)

    with _somebody_writing(app):
        answer = alice.post(f"{HARB}/tickets", json={"title": "In vain"})

    assert (answer.status_code, answer.json) == (503, BUSY)
    assert alice.post(f"{HARB}/tickets", json={"title": "Again"}).status_code == 201


def test_reading_goes_on_while_this_process_writes(app: Flask, alice: FlaskClient) -> None:
    with _somebody_writing(app):
        answer = alice.get(f"{HARB}/tickets")

    assert answer.status_code == 200


def test_a_refused_write_leaves_its_connection_as_it_was(
    app: Flask, alice: FlaskClient, instance: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "WRITE_TIMEOUT", 0.1)
    with locked(instance):
        alice.post(f"{HARB}/tickets", json={"title": "In vain"})

    with app.app_context(), db.engine.connect() as connection:
        patience = connection.exec_driver_sql("PRAGMA busy_timeout").scalar()

    assert patience == READ_BUSY_TIMEOUT


def test_a_transaction_that_began_reading_cannot_begin_to_write(app: Flask) -> None:
    with app.app_context():
        db.session.execute(db.text("SELECT 1"))

        with pytest.raises(RuntimeError, match="before the first statement"):
            begin_write()


def _read_for_a_second(readers: list[httpx.Client]) -> list[int]:
    statuses, deadline = list[int](), time.monotonic() + 1
    while time.monotonic() < deadline:
        statuses += [reader.get(f"{HARB}/tickets", timeout=5).status_code for reader in readers]
    return statuses


@contextmanager
def _somebody_writing(app: Flask) -> Iterator[None]:
    """Hold this process's turn to write, in a thread of its own."""
    holding, done = threading.Event(), threading.Event()

    def hold() -> None:
        with app.app_context():
            begin_write()
            holding.set()
            done.wait(20)
            db.session.rollback()

    thread = threading.Thread(target=hold)
    thread.start()
    until(holding.is_set, what="the turn to write")
    yield
    done.set()
    thread.join(20)


def _head(app: Flask) -> str:
    with app.app_context(), db.engine.connect() as connection:
        return str(log.head(connection))

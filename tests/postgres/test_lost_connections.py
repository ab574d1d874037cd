"""What PostgreSQL takes away in the middle of a request spoils no answer, and never the next request."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, request_finished
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from punt.database import WRITERS, begin_write, db
from punt.models import wire
from tests.support.board import HARB, TICKETS
from tests.support.cast import signed_in
from tests.support.postgres import Postgres

ENDS: dict[str, Callable[[], None]] = {"rolled back": db.session.rollback, "closed": db.session.remove}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
@pytest.mark.parametrize("begin", [lambda: None, begin_write], ids=["reading", "writing"])
def test_a_transaction_ends_whose_connection_is_lost(
    begin: Callable[[], None], end: Callable[[], None], postgres: Postgres, inside: Flask, database: str
) -> None:
    with inside.app_context():
        for _ in range(WRITERS + 1):  # each gives its turn to write back
            begin()
            ask()
            assert postgres.terminate(database) >= 1
            end()
        ask()


def test_what_was_not_committed_is_told(postgres: Postgres, inside: Flask, database: str) -> None:
    with inside.app_context():
        begin_write()
        ask()
        postgres.terminate(database)

        with pytest.raises(OperationalError):
            db.session.commit()
        db.session.rollback()
        ask()


def test_an_answer_that_is_made_arrives(postgres: Postgres, inside: Flask, database: str) -> None:
    lost = []

    def lose(*_: Any, **__: Any) -> None:
        lost.append(postgres.terminate(database))

    client = signed_in(inside, "alice")
    with request_finished.connected_to(lose, inside):
        answers = [client.get(HARB).status_code for _ in range(3)]

    assert answers == [200] * 3
    assert min(lost) >= 1


def test_a_database_that_takes_no_writes_is_one_that_is_away(postgres: Postgres, inside: Flask, database: str) -> None:
    client, name = signed_in(inside, "alice"), make_url(database).database

    postgres.run(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    postgres.terminate(database)
    wrote, read = client.post(TICKETS, json={"title": "x"}), client.get(HARB)
    postgres.run(f"ALTER DATABASE {name} RESET default_transaction_read_only")
    postgres.terminate(database)

    assert (wrote.status_code, read.status_code) == (503, 200)
    assert client.post(TICKETS, json={"title": "x"}).status_code == 201


def test_a_transaction_that_took_too_long_for_the_database_is_an_outage(
    inside: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dawdle(*_: Any) -> None:
        db.session.execute(sa.text("SET LOCAL idle_in_transaction_session_timeout = 1"))
        time.sleep(0.1)
        ask()

    client = signed_in(inside, "alice")
    with monkeypatch.context() as patch:
        patch.setattr(wire, "project", dawdle)
        answer = client.get(HARB)

    assert answer.status_code == 503
    assert client.get(HARB).status_code == 200


def ask() -> None:
    assert db.session.scalar(sa.select(1)) == 1

"""``flask events check`` and ``flask events prune``: what monitoring and an operator run."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask

from punt import database
from tests.conftest import app_in
from tests.support.postgres import Postgres, PostgresPunt
from tests.support.server import Server

LATENCY = re.compile(r"(\d+\.\d) ms from commit to news\n")


def test_the_time_from_commit_to_news_is_printed(shell: Server) -> None:
    done = shell.flask("events", "check")

    assert (done.returncode, done.stderr) == (0, "")
    assert LATENCY.fullmatch(done.stdout)


def test_it_works_by_the_bell_of_postgresql_and_says_when_that_is_away(
    postgres: Postgres, populated: str, tmp_path: Path
) -> None:
    address = postgres.database(like=populated)
    shell = PostgresPunt(tmp_path, settings={"PUNT_DATABASE_URL": address})
    done = shell.flask("events", "check")
    nowhere = PostgresPunt(tmp_path, settings={"PUNT_DATABASE_URL": address + "_gone"}).flask("events", "check")

    assert (done.returncode, done.stderr) == (0, "")
    assert LATENCY.fullmatch(done.stdout)
    assert (nowhere.returncode, nowhere.stdout) == (1, "")
    assert "Error: The database does not answer: " in nowhere.stderr
    assert "Traceback" not in nowhere.stderr


def test_a_bell_that_is_away_is_told_of_and_news_comes_by_polling(app: Flask) -> None:
    with_bell = app_in(Path(app.instance_path), PUNT_REDIS_URL="redis://127.0.0.1:1")

    done = with_bell.test_cli_runner().invoke(args=["events", "check"])

    assert done.exit_code == 0
    assert LATENCY.fullmatch(done.stdout)
    assert done.stderr.startswith("Warning: news comes by polling only: the doorbell's server is away: ")


def test_it_fails_when_the_event_never_comes(app: Flask) -> None:
    with closing(sqlite3.connect(Path(app.instance_path) / "punt.sqlite3")) as connection:
        connection.executescript(
            "CREATE TRIGGER swallow AFTER INSERT ON event_log WHEN NEW.type = '_canary' "
            "BEGIN DELETE FROM event_log WHERE position = NEW.position; END"
        )

    done = app.test_cli_runner().invoke(args=["events", "check", "--timeout", "0.2"])

    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "Error: The event was not heard of within 0.2 s.\n"


def test_it_fails_when_nothing_can_be_written(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "WRITE_TIMEOUT", 0.2)
    with closing(sqlite3.connect(Path(app.instance_path) / "punt.sqlite3", isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")

        done = app.test_cli_runner().invoke(args=["events", "check"])

    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "Error: The server is busy. Nothing was changed; please try again.\n"


def test_pruning_tells_how_many_events_were_forgotten(app: Flask) -> None:
    few = app_in(Path(app.instance_path), PUNT_EVENT_RETENTION="1")
    runner = few.test_cli_runner()
    runner.invoke(args=["events", "check"])
    runner.invoke(args=["events", "check"])

    first, second = (runner.invoke(args=["events", "prune"]).stdout for _ in range(2))

    assert re.fullmatch(r"Forgot [1-9]\d* events.\n", first)
    assert second == "Forgot 0 events.\n"

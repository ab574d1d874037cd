"""Disk and database may fail during an import: the page reports it to its end, and nothing is left behind."""

from __future__ import annotations

import errno
import io
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import DBAPIError, OperationalError

from punt.database import db
from punt.services import database
from punt.transfer.trouble import FULL
from tests.conftest import app_on
from tests.support.board import nothing_changes
from tests.support.cast import PASSWORD, signed_in
from tests.support.export_file import everything
from tests.support.postgres import Postgres

PAGE = "/admin/database"
PROOF = {"yourPassword": PASSWORD, "phrase": "replace everything"}


def full_sqlite() -> sqlite3.Error:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    return error


FAULTS: dict[str, tuple[Callable[[], Exception], str]] = {
    "no room": (lambda: OSError(errno.ENOSPC, "No space left on device", "/var/lib"), FULL),
    "no room in the scratch database": (full_sqlite, FULL),
    "no room in the database": (lambda: OperationalError("INSERT", None, full_sqlite()), FULL),
    "a disk that fails": (lambda: OSError(errno.EIO, "Input/output error", "/var/lib"), "could not use its disk"),
    "a database that fails": (lambda: OperationalError("INSERT", None, Exception("x")), "database does not answer"),
    "a constraint": (
        lambda: sa.exc.IntegrityError("INSERT", None, Exception("x")),
        "would not take what the file holds",
    ),
}


def send(sue: FlaskClient, exported: bytes) -> str:
    data = {"file": (io.BytesIO(exported), "all.punt")}
    sent = sue.post(f"{PAGE}/import", data=data, content_type="multipart/form-data")
    return str((sue.get(sent.location, buffered=True) if sent.location else sent).text)


def confirm(sue: FlaskClient, shown: str) -> str:
    action = re.search(r'action="(/admin/database/import/\w+)"', shown)
    assert action, shown
    return str(sue.post(action[1], data=PROOF, buffered=True).text)


def waiting(app: Flask) -> list[Path]:
    return [*(Path(app.instance_path) / "imports").glob("*"), *Path(app.instance_path).glob("import-*")]


def failing(error: Exception) -> Callable[..., Any]:
    """Make something that fails."""

    def fail(*_: Any) -> None:
        raise error

    return fail


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_while_a_file_is_looked_at_is_told(
    harbour: Flask, exported: bytes, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    sue, (fault, said) = signed_in(harbour, "sue"), FAULTS[name]
    monkeypatch.setattr("punt.transfer.export.checking.rows", failing(fault()))

    with nothing_changes(harbour):
        text = send(sue, exported)

    assert_calm(text, said)
    assert waiting(harbour) == []
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [("ERROR", "an import failed")]


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_while_everything_is_replaced_is_told_and_undone(
    harbour: Flask, exported: bytes, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    sue, (fault, said) = signed_in(harbour, "sue"), FAULTS[name]
    shown = send(sue, exported)
    before = everything(harbour)
    monkeypatch.setattr("punt.transfer.export.loading.continue_numbers", failing(fault()))

    text = confirm(sue, shown)

    assert_calm(text, said)
    assert (everything(harbour), waiting(harbour)) == (before, [])


def assert_calm(text: str, said: str) -> None:
    assert "Nothing was changed" in text
    assert said in text
    assert "/var/lib" not in text
    assert text.rstrip().endswith("</html>")


def test_where_the_connection_broke_nobody_is_told_that_nothing_was_changed(
    harbour: Flask, exported: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    sue = signed_in(harbour, "sue")
    shown = send(sue, exported)
    broken = DBAPIError("COMMIT", None, Exception("x"), connection_invalidated=True)
    monkeypatch.setattr("punt.services.database.replace_everything", failing(broken))

    text = confirm(sue, shown)

    assert "Check whether it was imported" in text
    assert "Nothing was changed" not in text
    assert waiting(harbour) == []


@pytest.mark.parametrize(("step", "left"), [("look", 1), ("take", 0)])
def test_who_leaves_while_a_file_is_taken_leaves_none_and_may_come_back_while_it_is_looked_at(
    harbour: Flask, exported: bytes, monkeypatch: pytest.MonkeyPatch, step: str, left: int
) -> None:
    sue = signed_in(harbour, "sue")
    action = re.findall(r'action="(/admin/database/import/\w+)"', send(sue, exported))[0]
    monkeypatch.setattr(database.Import, step, lambda _: iter(["one line", "and another"]))

    answer = sue.get(action) if step == "look" else sue.post(action, data=PROOF)
    parts = answer.iter_encoded()
    assert any(b"one line" in part for part in parts)
    answer.close()

    assert [path.name for path in waiting(harbour) if path.name in action] == [action.rpartition("/")[2]] * left


def test_another_program_that_writes_on_postgresql_ends_an_import_calmly(
    postgres: Postgres, populated: str, exported: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("punt.database.WRITE_TIMEOUT", 0.3)
    with app_on(postgres.database(like=populated), tmp_path / "postgres") as other:
        sue = signed_in(other, "sue")
        shown, before = send(sue, exported), everything(other)

        with other.app_context(), db.engine.connect() as program:
            program.exec_driver_sql("LOCK TABLE user_session, project, ticket IN ROW EXCLUSIVE MODE")
            text = confirm(sue, shown)

        assert_calm(text, "Others held the database for more than 10 seconds")
        assert (everything(other), waiting(other)) == (before, [])


def test_a_dump_that_runs_on_postgresql_does_not_hold_an_import_up(
    postgres: Postgres, populated: str, exported: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("punt.database.WRITE_TIMEOUT", 0.3)
    with app_on(postgres.database(like=populated), tmp_path / "postgres") as other:
        sue = signed_in(other, "sue")
        shown = send(sue, exported)

        with other.app_context(), db.engine.connect() as dump:
            dump.exec_driver_sql("LOCK TABLE user_session, project, ticket IN ACCESS SHARE MODE")
            text = confirm(sue, shown)

        assert "Nothing was changed" not in text
        assert waiting(other) == []

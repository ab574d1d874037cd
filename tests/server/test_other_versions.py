"""A database of another version of PUNT, and an unusable instance folder: refused with a message, at once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import server_on
from tests.support.server import ROOT, Server

NEWER = "migrated by a newer PUNT, to 9999"
OLDER = "run flask db upgrade first"


@pytest.fixture(params=["sqlite", "postgres"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """A server that is not running yet."""
    server = server_on(request.param, request, tmp_path / "instance", 2, {})
    yield server
    server.end()


def note(server: Server, revision: str) -> None:
    """Record in the database that it was migrated to a revision."""
    with server.writing() as session:
        session.connection().exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")


def start(server: Server) -> tuple[int, str]:
    """Start gunicorn, which is expected to exit by itself, and return its exit code and its output."""
    command = [sys.executable, "-m", "gunicorn", "wsgi:app"]
    done = subprocess.run(
        command, cwd=ROOT, env=server.environ, capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_gunicorn_refuses_a_newer_database_by_one_sentence_and_starts_no_worker(server: Server) -> None:
    note(server, "9999")

    code, said = start(server)

    assert code == 1
    assert said.count(NEWER) == 1
    assert "install the newer PUNT again, or put back a backup" in said
    assert "Traceback" not in said
    assert "Booting worker" not in said


@pytest.mark.parametrize(
    "command", ["db upgrade", "db current", "db check", "db wipe --yes", "user list", "events tail"]
)
def test_commands_refuse_a_newer_database_by_one_sentence(server: Server, command: str) -> None:
    note(server, "9999")

    done = server.flask(*command.split())

    assert done.returncode == 1
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    assert NEWER in line
    assert server.rows("SELECT version_num FROM alembic_version")[0][0] == "9999"


def test_gunicorn_asks_for_the_migration_of_an_older_database(server: Server) -> None:
    note(server, "0008")

    code, said = start(server)

    assert (code, said.count(OLDER)) == (1, 1)
    assert "Traceback" not in said
    assert "Booting worker" not in said


def test_gunicorn_asks_for_the_first_migration(tmp_path: Path) -> None:
    code, said = start(Server(tmp_path))

    assert (code, said.count(OLDER)) == (1, 1)
    assert not (tmp_path / "punt.sqlite3").exists()


def test_gunicorn_starts_no_worker_where_the_instance_folder_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    code, said = start(Server(tmp_path, settings={"PUNT_INSTANCE_PATH": str(tmp_path / "file" / "instance")}))

    assert code == 1
    assert said.count("PUNT_INSTANCE_PATH: cannot use") == 1
    assert "Traceback" not in said
    assert "Booting worker" not in said


def test_a_database_of_this_version_is_served(server: Server) -> None:
    server.start()

    assert server.client("bob").get("/api/me").json()["username"] == "bob"


def test_a_database_that_does_not_answer_is_waited_for(tmp_path: Path) -> None:
    away = {"PUNT_DATABASE_URL": "postgresql+psycopg://punt@127.0.0.1:9/punt"}
    server = Answering(tmp_path, settings=away).start()
    try:
        status = server.client().get("/readyz").status_code
    finally:
        server.end()

    assert status == 503


class Answering(Server):
    """A server that counts as started as soon as it responds with anything."""

    def _answers(self) -> bool:
        try:
            return self.client().get("/healthz").status_code == 200
        except httpx.TransportError:
            return False

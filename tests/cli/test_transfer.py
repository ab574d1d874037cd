"""``flask db export``, ``import`` and ``backup``, beside a server in use."""

from __future__ import annotations

import re
import resource
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.support.board import nothing_changes
from tests.support.export_file import comings_and_goings
from tests.support.listener import Listener
from tests.support.server import Server
from tests.support.writers import Writers

PATHS = ("/api/projects/HARB/events", "/api/projects/events", "/api/users/events")
TICKETS = "/api/projects/HARB/tickets"
PHRASE = "replace everything"


@pytest.fixture
def file(app: Flask, tmp_path: Path) -> Path:
    """An export of the app."""
    path = tmp_path / "everything.punt"
    assert app.test_cli_runner().invoke(args=["db", "export", str(path)]).exit_code == 0
    return path


def test_an_import_beside_a_running_server_reaches_everybody(server: Server, tmp_path: Path) -> None:
    alice, file = server.client("alice"), str(tmp_path / "everything.punt")
    kept = alice.post(TICKETS, json={"title": "Kept"}).json()["id"]
    exported = server.flask("db", "export", file)
    lost = alice.post(TICKETS, json={"title": "Lost"}).json()["id"]

    with ExitStack() as stack:
        streams = [
            stream for path in PATHS for stream in stack.enter_context(server.streams_on_every_worker(alice, path))
        ]
        imported = server.flask("db", "import", file, "--yes")
        for stream in streams:
            stream.wait_for_end()

    assert (exported.returncode, imported.returncode) == (0, 0), exported.stderr + imported.stderr
    assert [stream.types() for stream in streams] == [["database.wiped"]] * len(streams)
    assert alice.get("/api/me").status_code == 401
    again = server.client("alice")
    assert [again.get(f"{TICKETS}/{each}").status_code for each in (kept, lost)] == [200, 404]
    assert "6 people, 1 project, 1 ticket" in imported.stdout
    assert "rows taken" in imported.stderr


def test_an_export_is_its_owners_alone_and_whole(app: Flask, file: Path) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir() if path.name != "instance"] == [file.name]


def test_an_import_asks_for_the_phrase(app: Flask, file: Path) -> None:
    with nothing_changes(app):
        refused = [
            app.test_cli_runner().invoke(args=["db", "import", str(file)], input=f"{typed}\n") for typed in ("y", "yes")
        ]
    taken = app.test_cli_runner().invoke(args=["db", "import", str(file)], input=f"{PHRASE}\n")

    assert [answer.exit_code for answer in refused] == [1, 1]
    assert all("Nothing was changed" in answer.output for answer in refused)
    assert taken.exit_code == 0
    assert "6 people, 1 project, 0 tickets" in taken.output
    assert comings_and_goings(app) == [("exported", None), ("imported", None)]


def test_a_file_that_is_wrong_is_a_sentence_and_no_traceback(app: Flask, file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-30])

    with nothing_changes(app):
        answer = app.test_cli_runner().invoke(args=["db", "import", str(file), "--yes"])

    assert answer.exit_code == 1
    assert answer.output == "Error: The file is damaged, or only a part of it is here.\n"


@pytest.mark.parametrize("command", ["export", "backup"])
def test_a_place_that_cannot_be_written_is_a_sentence(app: Flask, tmp_path: Path, command: str) -> None:
    answer = app.test_cli_runner().invoke(args=["db", command, str(tmp_path / "nowhere" / "file")])

    assert answer.exit_code == 1
    assert "No such file or directory" in answer.output


def other_application(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")


@pytest.mark.parametrize(
    ("put_in_its_place", "told"),
    [
        (lambda _: None, "unable to open database file"),
        (lambda path: path.write_bytes(b""), "is no database of PUNT. Is PUNT_INSTANCE_PATH right?"),
        (other_application, "is no database of PUNT. Is PUNT_INSTANCE_PATH right?"),
        (lambda path: path.write_bytes(b"text" * 1000), "file is not a database"),
    ],
    ids=["nothing", "an empty file", "another application's", "no database"],
)
def test_what_is_no_database_of_punt_is_not_backed_up(
    tmp_path: Path, put_in_its_place: Callable[[Path], Any], told: str
) -> None:
    database, copy = tmp_path / "other.sqlite3", tmp_path / "copy.sqlite3"
    put_in_its_place(database)
    elsewhere = Server(tmp_path / "instance", settings={"PUNT_DATABASE_URL": f"sqlite:///{database}"})

    answer = elsewhere.flask("db", "backup", str(copy))

    assert (answer.returncode, answer.stdout) == (1, "")
    assert told in answer.stderr
    assert answer.stderr.startswith("Error: ")
    assert answer.stderr.endswith("Nothing was written.\n")
    assert not list(tmp_path.glob("*copy*"))


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_an_import_that_there_is_no_room_to_check_is_a_sentence(app: Flask, file: Path) -> None:
    with nothing_changes(app), room_for(20_000):
        answer = app.test_cli_runner().invoke(args=["db", "import", str(file), "--yes"])

    assert answer.exit_code == 1
    assert re.fullmatch(r"Error: The file cannot be checked: .+\. Is there room on the disk\?\n", answer.output)
    assert not list(Path(app.instance_path).glob("import-*"))


def test_a_backup_for_which_there_is_no_room_is_a_sentence(app: Flask, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite3"
    copy.write_text("the one of yesterday")
    with room_for(20_000):
        answer = app.test_cli_runner().invoke(args=["db", "backup", str(copy)])

    assert answer.exit_code == 1
    assert re.fullmatch(r"Error: Cannot copy .*punt\.sqlite3: .+\. Nothing was written\.\n", answer.output)
    assert copy.read_text() == "the one of yesterday"
    assert not list(tmp_path.glob(".copy*"))


def test_a_backup_amid_writers_is_a_database_that_can_be_put_back(server: Server, tmp_path: Path) -> None:
    """As docs/backup.md says: stop, put the copy in place, begin a new epoch, start."""
    alice, copy = server.client("alice"), tmp_path / "copy.sqlite3"
    before = alice.post(TICKETS, json={"title": "Before"}).json()["id"]
    with Writers(alice, 3):
        made = server.flask("db", "backup", str(copy))
    after, cursor = alice.post(TICKETS, json={"title": "After"}).json()["id"], server.head()

    server.stop()
    for name in ("-wal", "-shm"):
        server.database.with_name(server.database.name + name).unlink(missing_ok=True)
    shutil.copy(copy, server.database)
    done = [server.flask(*words) for words in (["db", "upgrade"], ["events", "new-epoch"])]
    server.start()

    assert made.returncode == 0, made.stderr
    assert [each.returncode for each in done] == [0, 0]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert [alice.get(f"{TICKETS}/{each}").status_code for each in (before, after)] == [200, 404]
    with Listener(alice, PATHS[0], last_event_id=cursor) as stream:
        stream.wait_for(1)
        assert (stream.types(), stream.messages[0]["data"]) == (["stream.reset"], {"reason": "epoch"})

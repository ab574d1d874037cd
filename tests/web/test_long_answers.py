"""Long responses wait in files, and in memory only if there is no space for a file."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from punt.database import writing
from punt.models import Project, Ticket
from punt.web import long_answers
from punt.web.long_answers import SHORT, Spool
from tests.support.cast import signed_in

TICKETS = "/api/projects/HARB/tickets"
PIECES = [b"a" * 10, b"b" * SHORT, b"c" * (3 * SHORT), b"d"]


def open_files(folder: Path) -> int:
    """Count this process's files in a folder that have no name."""
    links = (str(each.readlink()) for each in Path("/proc/self/fd").iterdir() if each.is_symlink())
    return sum(link.startswith(str(folder)) and link.endswith("(deleted)") for link in links)


@pytest.fixture
def full_after(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let files take so many bytes and no more."""

    def set_room(room: int) -> None:
        def narrow(**options: Any) -> Any:
            return Narrow(TemporaryFile(**options), room)

        monkeypatch.setattr(long_answers, "TemporaryFile", narrow)

    return set_room


class Narrow:
    """A file on a disk with little space."""

    def __init__(self, file: Any, room: int) -> None:
        self._file, self._room = file, room

    def write(self, some: Any) -> int:
        if not self._room:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken = min(len(some), self._room)
        self._room -= taken
        return int(self._file.write(some[:taken]))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


@pytest.mark.parametrize("room", [0, 1, SHORT + 11, 2 * SHORT, 10 * SHORT])
def test_what_was_set_aside_comes_back_whole_however_much_room_there_is(
    room: int, full_after: Any, tmp_path: Path
) -> None:
    full_after(room)
    one = Spool(tmp_path)
    for piece in PIECES:
        one.write(piece)

    parts = list(one)

    assert b"".join(parts) == b"".join(PIECES)
    assert max(map(len, parts)) <= SHORT
    assert one.size == len(b"".join(PIECES))
    one.close()
    one.close()


def test_what_is_long_is_not_kept_in_memory(tmp_path: Path) -> None:
    one = Spool(tmp_path)
    for piece in PIECES:
        one.write(piece)

    assert len(one._waiting) <= SHORT
    assert open_files(tmp_path) == 1
    one.close()
    assert open_files(tmp_path) == 0


def test_a_long_list_is_whole_and_its_file_is_closed_when_it_was_sent(app: Flask) -> None:
    with app.app_context(), writing() as session:
        project = session.scalars(sa.select(Project).where(Project.key == "HARB")).one()
        for number in range(450):
            Ticket.create(project, project.columns()[number % 2], None, {"title": "T", "description": "x" * 1_000})
    bob = signed_in(app, "bob")
    before = open_files(Path(app.instance_path))

    answer = bob.get(TICKETS)
    board = bob.get("/projects/HARB/board")
    tickets = answer.get_json()

    assert int(answer.headers["Content-Length"]) == len(answer.data) > 450_000
    assert tickets == list(paged(bob))
    assert len({ticket["id"] for ticket in tickets}) == len(tickets) >= 450
    assert int(board.headers["Content-Length"]) == len(board.data) > SHORT
    assert open_files(Path(app.instance_path)) == before


def paged(client: FlaskClient) -> Iterator[dict[str, Any]]:
    """Read all tickets page by page, following the links."""
    address = f"{TICKETS}?limit=100"
    while address:
        answer = client.get(address)
        yield from answer.get_json()
        address = answer.headers.get("Link", "").partition("<")[2].partition(">")[0]


def test_an_empty_list_is_an_array(app: Flask) -> None:
    assert signed_in(app, "bob").get(f"{TICKETS}?q=nothing+is+called+so").get_json() == []

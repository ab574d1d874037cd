"""Uploads wait for their confirmation, but not for ever."""

from __future__ import annotations

import io
import os
import stat
import time
from pathlib import Path

import pytest
from flask import Flask

from punt.errors import Missing
from punt.services.waiting_room import KEPT, LONGEST, WaitingRoom


def age(path: Path, seconds: float) -> None:
    os.utime(path, (time.time() - seconds,) * 2)


def test_a_file_waits_for_its_owner_alone(tmp_path: Path) -> None:
    room = WaitingRoom(tmp_path)

    path = room.path(room.admit(io.BytesIO(b"everything")))

    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"everything", 0o600)


@pytest.mark.parametrize("name", ["", ".", "..", "../secret.key", "0" * 32, "a" * 31, "A" * 32, "0" * 32 + "\n"])
def test_only_what_waits_is_found(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.key").touch()
    room = WaitingRoom(tmp_path)
    room.admit(io.BytesIO())

    with pytest.raises(Missing):
        room.path(name)


def test_a_file_can_be_dismissed_by_two_at_once(tmp_path: Path) -> None:
    room = WaitingRoom(tmp_path)
    name = room.admit(io.BytesIO())

    room.dismiss(name)
    room.dismiss(name)

    with pytest.raises(Missing):
        room.path(name)


def test_a_file_is_claimed_by_one_alone_and_not_before_it_is_there(tmp_path: Path) -> None:
    room = WaitingRoom(tmp_path)
    name = room.admit(io.BytesIO(b"everything"))

    first, second = room.claim(name), room.claim(name)

    assert first
    room.dismiss(name)  # by somebody who was showing it
    assert (first.read_bytes(), second) == (b"everything", None)
    first.unlink()
    for unknown in (name, "..", "0" * 26):
        with pytest.raises(Missing):
            room.claim(unknown)
    assert not list((tmp_path / "imports").iterdir())


def test_an_upload_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, _size: int | None = -1, /) -> bytes:
            raise ConnectionError

    with pytest.raises(ConnectionError):
        WaitingRoom(tmp_path).admit(Broken())

    assert not list((tmp_path / "imports").iterdir())


def test_the_keeper_removes_what_waited_too_long_and_what_was_left(app: Flask) -> None:
    folder = Path(app.instance_path)
    room = WaitingRoom(folder)
    old, new = (room.path(room.admit(io.BytesIO())) for _ in range(2))
    left, busy = folder / "import-left", folder / "import-busy"
    for each in (left, busy):
        each.mkdir()
    (left / "staging.sqlite3").touch()
    age(old, KEPT + 5)
    age(left, LONGEST + 5)
    age(busy, KEPT + 5)

    with app.app_context():
        app.extensions["punt_events"].keeper.tidy()

    assert [path.exists() for path in (old, new, left, busy)] == [False, True, False, True]

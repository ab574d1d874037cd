"""PUNT's files are for its user only, whatever the umask of the shell that starts it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.server import Server


@pytest.fixture
def open_to_all() -> Iterator[None]:
    """Let what is started here create files that everybody may read and write, unless it decides otherwise."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("open_to_all")
def test_all_that_lies_in_the_instance_folder_is_its_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "instance"
    server = Server(tmp_path, settings={"PUNT_INSTANCE_PATH": str(folder)})

    made = server.flask("db", "upgrade")
    server.start()
    try:
        server.flask("demo")
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.rglob("*"))}
    finally:
        server.end()

    assert made.returncode == 0, made.stderr
    assert {"instance", "punt.sqlite3", "punt.sqlite3-wal", "secret.key"} <= modes.keys()
    assert {name: oct(mode) for name, mode in modes.items() if mode & 0o077} == {}

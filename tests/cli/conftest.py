"""Fixtures of the commands: a server that runs beside them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.server import Server


@pytest.fixture(scope="package")
def running(inhabited: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server, shared by the tests of all commands but the wipe."""
    server = Server(Path(shutil.copytree(inhabited, tmp_path_factory.mktemp("running") / "instance"))).start()
    yield server
    server.end()


@pytest.fixture(scope="package")
def shell(inhabited: Path, tmp_path_factory: pytest.TempPathFactory) -> Server:
    """An instance whose server does not run: only commands touch it."""
    return Server(Path(shutil.copytree(inhabited, tmp_path_factory.mktemp("shell") / "instance")))

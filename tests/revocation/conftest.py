"""Fixtures: one server for a module's tests, whose streams show five times a second how far they are."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.server import Server


@pytest.fixture(scope="module")
def live(inhabited: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server with two workers."""
    instance = Path(shutil.copytree(inhabited, tmp_path_factory.mktemp("live") / "instance"))
    server = Server(instance, settings={"PUNT_STREAM_KEEPALIVE": "0.2"}).start()
    yield server
    server.stop()

"""Fixtures with Valkey: a doorbell server, and PUNT beside it on SQLite and on PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.postgres import Postgres, PostgresPunt
from tests.support.server import Server
from tests.support.valkey import Valkey

WORKERS = 2


@pytest.fixture(scope="session")
def valkey() -> Iterator[Valkey]:
    """A Valkey server."""
    server = Valkey()
    yield server
    server.stop()


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def punt(
    request: pytest.FixtureRequest, valkey: Valkey, inhabited: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A real server that rings by Valkey, on either database."""
    settings, folder = {"PUNT_REDIS_URL": valkey.address}, tmp_path_factory.mktemp("punt") / "instance"
    server: Server
    if request.param == "sqlite":
        server = Server(Path(shutil.copytree(inhabited, folder)), WORKERS, settings)
    else:
        postgres: Postgres = request.getfixturevalue("postgres")
        folder.mkdir()
        database = postgres.database(like=request.getfixturevalue("populated"))
        server = PostgresPunt(folder, WORKERS, settings | {"PUNT_DATABASE_URL": database})
    server.start()
    yield server
    server.stop()

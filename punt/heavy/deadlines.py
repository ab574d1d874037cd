"""How long one statement may take: what a request asks of the database must not block everybody else.

SQLite works in the event loop's own thread, where the time is checked now and then while a statement runs;
PostgreSQL does that itself. What is not part of a request has no limit: feed, keeper, migrations, the shell.
"""

from __future__ import annotations

import time
from math import inf
from typing import Any

import sqlalchemy as sa
from flask import has_request_context
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

UNHURRIED = "punt_unhurried"
STEPS = 1000
"""After so many steps of SQLite's virtual machine the time is checked: about every 30 µs for most statements."""

BIT_BY_BIT = 12
"""How much longer a result may take that is read bit by bit: others get their turn in between."""


def bound(engine: sa.Engine, timeout: float, waiting: float) -> None:
    """Let no statement of a request take longer than so many seconds.

    :param waiting: how much longer PostgreSQL may take, which includes waiting for locks.
    """
    if engine.dialect.name == "sqlite":
        _bound_sqlite(engine, timeout)
    else:
        _bound_postgresql(engine, round((timeout + waiting) * 1000))


def unhurried(session: Session) -> None:
    """Let the statements of this transaction take as long as they need: it cannot be split into smaller parts."""
    connection = session.connection().execution_options(**{UNHURRIED: True})
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(UNBOUNDED)


def cut_short(error: SQLAlchemyError) -> bool:
    """Tell whether a statement failed because it took too long."""
    names = {getattr(getattr(error, "orig", None), name, None) for name in ("sqlite_errorname", "sqlstate")}
    return bool(names & _CUT_SHORT)


UNBOUNDED = "SET LOCAL statement_timeout = 0"
_CUT_SHORT = {"SQLITE_INTERRUPT", "57014"}
_LATE = "punt_late"


def _bound_sqlite(engine: sa.Engine, timeout: float) -> None:
    # The thread's processor time counts: on a busy machine a short statement may last long.
    def watch(connection: Any, record: Any) -> None:
        moments = record.info
        connection.set_progress_handler(lambda: time.thread_time() > moments.get(_LATE, inf), STEPS)

    def begin(connection: sa.Connection, _c: Any, _s: Any, _p: Any, context: Any, _m: bool) -> None:
        longest = timeout * (BIT_BY_BIT if context and context.execution_options.get("yield_per") else 1)
        connection.info[_LATE] = time.thread_time() + longest if _hurries(connection) else inf

    event.listen(engine, "connect", watch)
    event.listen(engine, "before_cursor_execute", begin)


def _bound_postgresql(engine: sa.Engine, milliseconds: int) -> None:
    def limit(connection: Any, _record: Any) -> None:
        connection.execute(f"SET statement_timeout = {milliseconds}")
        connection.commit()

    def begin(connection: sa.Connection) -> None:
        if not _hurries(connection):
            connection.exec_driver_sql(UNBOUNDED)

    event.listen(engine, "connect", limit)
    event.listen(engine, "begin", begin)


def _hurries(connection: sa.Connection) -> bool:
    return has_request_context() and not connection.get_execution_options().get(UNHURRIED)

"""How much data there is: rows of each table, and the space on the disk."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from punt.database import Base
from punt.language import later

NAMES = {
    "user": later("People"),
    "project": later("Projects"),
    "membership": later("Members of projects"),
    "column": later("Columns"),
    "label": later("Labels"),
    "ticket": later("Tickets"),
    "ticket_label": later("Labels on tickets"),
    "binned_ticket": later("Tickets in bins"),
    "user_session": later("Signed-in browsers"),
    "event_log": later("Events in the log"),
    "idempotency_key": later("Remembered requests"),
    "submission": later("Remembered forms"),
    "presence_lease": later("Open pages"),
    "rate_counter": later("Counted tries"),
    "api_token": later("API tokens"),
    "audit_entry": later("Audit entries"),
    "picture": later("Pictures of people"),
    "site_setting": later("Settings of the site"),
}
NOT_SHOWN = frozenset({"event_head"})
"""Of no interest: it always has one row."""


class TableSize(NamedTuple):
    """One table.

    :param size: bytes including its indexes, if the database reports it.
    """

    name: str
    rows: int
    size: int | None


def table_sizes(connection: sa.Connection) -> list[TableSize]:
    """Return the sizes of the tables."""
    tables = Base.metadata.tables
    return [_size_of(connection, tables[name]) for name in NAMES]


def size(connection: sa.Connection) -> int:
    """Return the size of the whole database in bytes."""
    if connection.dialect.name == "postgresql":
        return int(connection.execute(sa.text("SELECT pg_database_size(current_database())")).scalar_one())
    file = Path(str(connection.engine.url.database))
    return sum(part.stat().st_size for part in (file, file.with_name(f"{file.name}-wal")) if part.exists())


def _size_of(connection: sa.Connection, table: sa.Table) -> TableSize:
    rows = connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
    bytes_ = None
    if connection.dialect.name == "postgresql":
        quoted = connection.dialect.identifier_preparer.format_table(table)
        bytes_ = connection.execute(sa.select(sa.func.pg_total_relation_size(quoted))).scalar_one()
    return TableSize(NAMES[table.name], rows, bytes_)

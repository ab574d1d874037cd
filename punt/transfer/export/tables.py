"""Which tables an export carries, and which it leaves out, each with its reason. A new table needs one line here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from punt.database import Base

CARRIED = frozenset(
    {
        "user",
        "picture",
        "site_setting",
        "audit_entry",
        "project",
        "membership",
        "column",
        "label",
        "ticket",
        "ticket_label",
        "binned_ticket",
    }
)
LEFT_OUT = {
    "api_token": "a program proves itself to the server that made its token",
    "user_session": "a signed-in browser belongs to the database it signed in at",
    "event_log": "after an import every screen looks at everything anew, so the past has no reader",
    "event_head": "the place in that log; an import begins a new epoch",
    "idempotency_key": "kept for a day, for requests that are sent again at once",
    "presence_lease": "who is there at this moment; over after 45 seconds",
    "submission": "kept for an hour, for forms that are sent again",
    "rate_counter": "tries within some minutes, on this server",
}


def carried() -> Sequence[sa.Table]:
    """List the tables that an export carries: referenced ones before those that refer to them."""
    return [table for table in Base.metadata.sorted_tables if table.name in CARRIED]


def columns_of(table: sa.Table) -> list[sa.Column[Any]]:
    """List the columns of a table that an export carries: all but those that the database derives from others."""
    return [column for column in table.columns if not column.info.get("derived")]


def self_reference(table: sa.Table) -> sa.Column[str] | None:
    """Return the column by which a table's rows refer to others of the same table, if there is one."""
    own = (column for column in table.columns for key in column.foreign_keys if key.column.table is table)
    return next(own, None)

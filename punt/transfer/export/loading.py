"""The second pass: what was staged replaces everything, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

import sqlalchemy as sa
from sqlalchemy.orm import Session

from punt.heavy.slices import breathe
from punt.models.audit.entry import AuditEntry
from punt.models.label import settle_keys
from punt.models.moments import correct_all as mend_moments
from punt.models.orders import count_from_now_on, stop_counting
from punt.models.spreading import spread_unseen
from punt.models.wipe import empty_everything
from punt.transfer.export.staging import Staging
from punt.transfer.export.tables import carried

BATCH = 500


def replace_everything(session: Session, staging: Staging) -> Iterator[int]:
    """Replace everything with what was staged, yielding now and then how many rows are done.

    The caller has begun to write, and commits. A new epoch begins, nobody is signed in, every stream gets
    ``database.wiped``, and the audit trail has an entry.
    """
    empty_everything(session)
    connection, done = session.connection(), 0
    stop_counting(connection)
    for table in carried():
        rows = staging.rows(table)
        while batch := list(islice(rows, BATCH)):
            connection.execute(sa.insert(table), batch)
            done += len(batch)
            yield done
            breathe()  # other writers wait nevertheless
    count_from_now_on(connection)
    continue_numbers(connection, carried())
    settle_keys(connection)
    spread_unseen(session)
    mend_moments(connection)
    AuditEntry.note("database", "imported", "everything")


def continue_numbers(connection: sa.Connection, tables: Iterable[sa.Table]) -> None:
    """Let the database's own counters continue after the imported numbers; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        column = table.autoincrement_column
        if column is not None:
            name = connection.dialect.identifier_preparer.format_table(table)
            sequence = sa.func.pg_get_serial_sequence(name, column.name)
            newest = sa.select(sa.func.max(column)).scalar_subquery()
            connection.execute(sa.select(sa.func.setval(sequence, sa.func.coalesce(newest, 1), newest.is_not(None))))

"""Writing an export: row by row from one snapshot, in constant memory."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

import sqlalchemy as sa

from punt.database import now, writing
from punt.events.log import iso, log
from punt.models.audit.entry import AuditEntry
from punt.settings import RELEASE
from punt.transfer.export.layout import FORMAT, VERSION, Seal, encoded
from punt.transfer.export.tables import carried, columns_of
from punt.transfer.export.values import codec_for

BATCH = 500
LEVEL = 6

Write = Callable[[Any], None]


def note_export() -> None:
    """Record in the audit trail that everything is exported, with password hashes; the export includes the entry."""
    with writing():
        AuditEntry.note("database", "exported", "everything")


def write_export(connection: sa.Connection, file: BinaryIO) -> Iterator[int]:
    """Write everything to a file, yielding now and then how many rows are done.

    :param connection: one that has begun to read, or will: all rows are of one snapshot.
    """
    seal = Seal()
    with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=LEVEL, mtime=0) as packed:

        def write(thing: Any) -> None:
            line = encoded(thing)
            packed.write(line)
            seal.add(line)

        write(_header(connection))
        for table in carried():
            for _ in _write_table(connection, table, write):
                yield seal.lines - 1
        packed.write(encoded({"rows": seal.lines - 1, "sha256": seal.sha256}))


def _header(connection: sa.Connection) -> dict[str, Any]:
    epoch = log.head(connection).epoch  # the first query: the snapshot is of this moment
    counts = {
        table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
        for table in carried()
    }
    return {
        "format": FORMAT,
        "version": VERSION,
        "punt": RELEASE,
        "madeAt": iso(now()),
        "epoch": epoch,
        "counts": counts,
    }


def _write_table(connection: sa.Connection, table: sa.Table, write: Write) -> Iterator[None]:
    columns = columns_of(table)
    names = [column.name for column in columns]
    codecs = [codec_for(column) for column in columns]
    query = sa.select(*columns).order_by(*table.primary_key.columns)
    found = connection.execute(query, execution_options={"yield_per": BATCH})
    for rows in found.partitions():
        for row in rows:
            values = (None if value is None else codec.write(value) for codec, value in zip(codecs, row, strict=True))
            write({"table": table.name, "row": dict(zip(names, values, strict=True))})
        yield

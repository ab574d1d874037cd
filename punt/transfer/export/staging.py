"""A scratch database with the constraints of the real one, where a file's contents go first.

It is on disk, not in memory, and its tables come from the models, so that a new table's keys and references are
checked without any code here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from punt.language import _, later
from punt.transfer.export.tables import carried, columns_of, self_reference
from punt.transfer.export.values import codec_for
from punt.transfer.refusal import Refusal

STAGING = "import-"
"""The prefix of the folders in which files are staged."""
REPAIR = later("Say flask db check --repair where this was exported, and export it again.")
LINE = "_line"
"""The column with the line of the file that a row came from."""


class Staging:
    """The scratch database of one file; closing it removes it.

    :param folder: where to create it: a disk with space for what the file unpacks to.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = TemporaryDirectory(prefix=STAGING, dir=folder)
        path = Path(self._folder.name) / "staging.sqlite3"
        # Created in the thread that checks, read in the one that imports; never in both at once.
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._tables = {table.name: table for table in carried()}
        try:
            self._inserts = self._begin()
        except sqlite3.Error:  # the disk is full
            self.__exit__()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()
        self._folder.cleanup()

    def add(self, line: int, table: str, values: Sequence[Any]) -> None:
        """Insert a row.

        :raises Refusal: when another one has the same key.
        """
        try:
            self._connection.execute(self._inserts[table], (*values, line))
        except sqlite3.IntegrityError as error:
            raise self._clash(line, table, values, str(error)) from None

    def first_line(self, query: str) -> int | None:
        """Return the first line that a query finds, which selects ``_line``."""
        lines = self._connection.execute(f"SELECT min({LINE}) FROM ({query})").fetchone()  # noqa: S608 our own texts
        return lines[0] if lines else None

    def refuse_dangling(self) -> None:
        """Continue only if every row that a row refers to exists.

        :raises Refusal: naming the first one that does not.
        """
        for table in self._tables:
            keys = {row[0]: row[3] for row in self._connection.execute(f'PRAGMA foreign_key_list("{table}")')}
            missing = self._connection.execute(f'PRAGMA foreign_key_check("{table}")').fetchone()
            if missing:
                _table, row, target, key = missing
                line = self._connection.execute(f'SELECT {LINE} FROM "{table}" WHERE rowid = ?', (row,)).fetchone()[0]  # noqa: S608
                raise Refusal(
                    _("There is no such %(target)s in this file.", target=target),
                    line=line,
                    field=f"{table}.{keys[key]}",
                )

    def rows(self, table: sa.Table) -> Iterator[dict[str, Any]]:
        """Yield a table's rows as its database takes them, parents before their children."""
        codecs = [(column.name, codec_for(column).revive) for column in columns_of(table)]
        names = ", ".join(f't."{name}"' for name, _ in codecs)
        for row in self._connection.execute(self._ordered(table, names)):
            yield {
                name: None if value is None else revive(value)
                for (name, revive), value in zip(codecs, row, strict=True)
            }

    def refuse_circles(self) -> None:
        """Continue only if nothing is its own ancestor.

        :raises Refusal: naming a row that is.
        """
        for table in self._tables.values():
            own = self_reference(table)
            if own is None:
                continue
            outside = f'SELECT {LINE} FROM "{table.name}" WHERE id NOT IN (SELECT id FROM depths)'  # noqa: S608
            line = self.first_line(f"{_depths(table, own)} {outside}")
            if line:
                raise Refusal(
                    _("This is its own ancestor. %(repair)s", repair=_(REPAIR)),
                    line=line,
                    field=f"{table.name}.{own.name}",
                )

    def _ordered(self, table: sa.Table, names: str) -> str:
        own = self_reference(table)
        if own is None:
            return f'SELECT {names} FROM "{table.name}" AS t ORDER BY t.{LINE}'  # noqa: S608
        joined = f'SELECT {names} FROM "{table.name}" AS t JOIN depths USING (id) ORDER BY depth, t.{LINE}'  # noqa: S608
        return f"{_depths(table, own)} {joined}"

    def _begin(self) -> dict[str, str]:
        """Create the tables, begin to fill them, and return by table the statement that does."""
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "temp_store=FILE", "cache_size=-4000"):
            self._connection.execute(f"PRAGMA {pragma}")
        copies = sa.MetaData()
        inserts = {name: self._make(table.to_metadata(copies)) for name, table in self._tables.items()}
        self._connection.execute("BEGIN")
        return inserts

    def _make(self, copy: sa.Table) -> str:
        """Create a table with the same name and constraints, and return the statement that fills it."""
        copy.append_column(sa.Column(LINE, sa.Integer))
        dialect = sqlite.dialect()
        self._connection.execute(str(CreateTable(copy).compile(dialect=dialect)))
        own = self_reference(copy)
        for index in copy.indexes:
            if index.unique or (own is not None and own.name in index.columns):
                self._connection.execute(str(CreateIndex(index).compile(dialect=dialect)))
        names = [column.name for column in columns_of(copy)]
        filled, marks = ", ".join(f'"{name}"' for name in names), ", ".join("?" * len(names))
        return f'INSERT INTO "{copy.name}" ({filled}) VALUES ({marks})'  # noqa: S608

    def _clash(self, line: int, table: str, values: Sequence[Any], error: str) -> Refusal:
        """Say with which line a row conflicts: SQLite names the columns that must be unique."""
        named = [part.strip().split(".")[1] for part in error.partition(":")[2].split(",") if "." in part]
        if not named or "UNIQUE" not in error:
            return Refusal(_("The database would not take this: %(error)s.", error=error), line=line, field=table)
        known = dict(zip((column.name for column in columns_of(self._tables[table])), values, strict=True))
        where = " AND ".join(f'"{name}" = ?' for name in named)
        query = f'SELECT {LINE} FROM "{table}" WHERE {where}'  # noqa: S608
        other = self._connection.execute(query, [known[name] for name in named]).fetchone()[0]
        return Refusal(
            _("The same as in line %(other)s.", other=other), line=line, field=f"{table}.{' and '.join(named)}"
        )


def _depths(table: sa.Table, own: sa.Column[str]) -> str:
    """Build the beginning of a query with each row's distance from its eldest ancestor."""
    name = table.name
    return (
        f'WITH RECURSIVE depths(id, depth) AS (SELECT id, 0 FROM "{name}" WHERE "{own.name}" IS NULL '  # noqa: S608
        f'UNION ALL SELECT child.id, depth + 1 FROM depths JOIN "{name}" AS child ON child."{own.name}" = depths.id)'
    )

"""References to something that does not exist: the database forbids them, unless somebody switches that off."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import sqlalchemy as sa

from punt.checks.finding import Finding
from punt.database import Base, db
from punt.models import Ticket


def dangling() -> Iterator[Finding]:
    """Find rows whose foreign keys lead nowhere; tickets without a column are found in :mod:`punt.checks.places`."""
    for table in Base.metadata.sorted_tables:
        for key in sorted(
            (key for column in table.columns for key in column.foreign_keys), key=lambda key: key.parent.name
        ):
            if key.ondelete is not None:
                yield from _dangling(table, key)


def _dangling(table: sa.Table, key: sa.ForeignKey) -> Iterator[Finding]:
    column, target = key.parent, key.column.table.alias()
    there = sa.exists().where(target.c[key.column.name] == column)
    for row in db.session.execute(
        sa.select(*table.primary_key.columns, column.label("lost")).where(column.is_not(None), ~there)
    ):
        own = row._asdict()
        lost = own.pop("lost")
        sentence = (
            f"{table.name} {' '.join(map(str, row[:-1]))}: there is no {key.column.table.name} {lost} ({column.name})."
        )
        yield Finding(sentence, partial(_let_go, table, row[:-1], column, key.ondelete))


def _let_go(table: sa.Table, own: Any, column: sa.Column[Any], ondelete: str | None) -> str:
    """Do what the database would have done at the deletion."""
    row = sa.and_(*(part == value for part, value in zip(table.primary_key.columns, own, strict=True)))
    if ondelete != "SET NULL":
        db.session.execute(sa.delete(table).where(row))  # no screen shows it
        return "It is removed."
    if table is Ticket.__table__:
        db.session.get_one(Ticket, own[0]).edit({column.name: None})
    else:
        db.session.execute(sa.update(table).where(row).values({column.name: None}))
    return "It names none any more."

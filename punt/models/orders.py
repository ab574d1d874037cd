"""The order of a ticket, which is how many are above it in its column, without counting thousands.

Triggers of the database keep ``Column.ticket_count``, in the transaction that changes it (migration 0017). Whoever
places or removes tickets holds their columns, so whoever holds a column knows its count.
"""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from punt.database import Base, db, innermost_transaction
from punt.models.column import Column
from punt.models.project import TAKE_NUMBERS
from punt.models.rank import RANK

NEAR = 500
"""How far from the bottom of its column a ticket may be to be counted from there; others are counted from the top."""
_KNOWN = "punt_order"

_ticket = sa.table("ticket", sa.column("column_id", sa.String), sa.column("rank", RANK))
_inside, _rank = _ticket.c.column_id == sa.bindparam("column_id"), sa.bindparam("rank", type_=RANK)
_last = sa.select(sa.func.max(_ticket.c.rank)).where(_inside).scalar_subquery()
_all = sa.select(Column.ticket_count).where(Column.id == sa.bindparam("column_id")).scalar_subquery()
_near = sa.select(sa.literal(1)).where(_inside, _ticket.c.rank >= _rank).limit(NEAR).subquery()
_below = sa.select(sa.func.count()).select_from(_near).scalar_subquery()
_above = sa.select(sa.func.count()).select_from(_ticket).where(_inside, _ticket.c.rank < _rank).scalar_subquery()
_ORDER = sa.select(sa.case((_below < NEAR, _all - _below), else_=_above))
_column = Base.metadata.tables["column"]
_all_inside = sa.select(sa.func.count()).where(_ticket.c.column_id == _column.c.id).scalar_subquery()
_TAKE_BOTTOM = TAKE_NUMBERS.returning(_last, _all)


class Bottom(NamedTuple):
    """Where a new ticket goes: its number in the project, the rank above it, and its order."""

    number: int
    above: str | None
    order: int


def take_bottom(project_id: str, column_id: str) -> Bottom:
    """Take the next number and look up the bottom of a column that the caller holds."""
    taken = {"project_id": project_id, "column_id": column_id, "count": 1}
    return Bottom(*db.session.connection().execute(_TAKE_BOTTOM, taken).one())


def look_up(column_id: str, rank: str) -> int:
    """Return how many tickets of a column are above a rank, which one of them has or had."""
    return db.session.scalar(_ORDER, {"column_id": column_id, "rank": rank}) or 0


def note(ticket_id: str, order: int) -> None:
    """Remember the order of a ticket until something else is placed, or this transaction or savepoint ends."""
    session = db.session()
    session.info[_KNOWN] = innermost_transaction(session), ticket_id, order


def noted(ticket_id: str) -> int | None:
    """Return the order of a ticket, if it is remembered."""
    session = db.session()
    transaction, known_id, order = session.info.get(_KNOWN, (None, None, None))
    return order if known_id == ticket_id and transaction is innermost_transaction(session) else None


def forget() -> None:
    """Discard what is remembered: something was placed."""
    db.session().info.pop(_KNOWN, None)


def stop_counting(connection: sa.Connection) -> None:
    """Let tickets be inserted uncounted: PostgreSQL finds a row ever more slowly that one transaction updates often.

    The caller has locked everything, and calls :func:`count_from_now_on` in the same transaction.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ALTER TABLE ticket DISABLE TRIGGER ticket_comes")


def count_from_now_on(connection: sa.Connection) -> None:
    """Count the tickets of all columns, and each one that comes or goes from now on."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ALTER TABLE ticket ENABLE TRIGGER ticket_comes")
        connection.execute(sa.update(_column).values(ticket_count=_all_inside))

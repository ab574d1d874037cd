"""Spreading a column: where ranks have become long, its tickets get short ones, in the same order.

It is nobody's action: it changes neither order nor ``updated_at``, and the audit trail has no entry. Screens sort by
rank, so each ticket that gets another one is a ``ticket.moved`` without an actor.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from punt.database import CLASHES, db, sqlstate, writing
from punt.events import capture
from punt.heavy.slices import slices
from punt.models.bin import BinnedTicket
from punt.models.column import Column
from punt.models.rank import LONGEST, spread
from punt.models.ticket import Ticket
from punt.models.together import BATCH, LEAN, all_of, flushed

TIMES = 3
"""How many attempts there are while others are in the way."""

Ranks = dict[str, str]
"""Ranks by the ids of their tickets."""


def make_room(column_id: str) -> None:
    """Spread a column in a transaction of its own; there must be no other."""
    for _ in range(TIMES):
        try:
            with capture.upkeep(db.session()), writing() as session:
                spread_column(session, column_id)
            break
        except OperationalError as error:
            if sqlstate(error) not in CLASHES:
                raise
    db.session.expire_all()


def spread_column(session: Session, column_id: str) -> None:
    """Spread a column in the current transaction, unless it is gone; locks are taken in the usual order."""
    if not _hold(session, column_id):
        return
    fresh, binned = _fresh_ranks(session, column_id)
    for ticket in flushed(list(_present(fresh))):
        ticket.spread_to(fresh[ticket.id])
    _place_binned(session, binned)


def crowded_columns(connection: sa.Connection) -> Sequence[str]:
    """List the columns with ranks that are longer than any given now: those of an earlier version of PUNT."""
    long = sa.select(Ticket.column_id).where(sa.func.length(Ticket.rank) > LONGEST).distinct()
    return connection.scalars(long.order_by(Ticket.column_id)).all()


def spread_unseen(session: Session) -> None:
    """Spread all crowded columns without events, in a database that nobody has seen yet."""
    connection = session.connection()
    for column_id in crowded_columns(connection):
        fresh, binned = _fresh_ranks(session, column_id)
        same = {"updated_at": Ticket.updated_at}
        rank = sa.update(Ticket).where(Ticket.id == sa.bindparam("ticket")).values(same | {"rank": sa.bindparam("to")})
        connection.execute(rank, [{"ticket": ticket_id, "to": rank} for ticket_id, rank in fresh.items()])
        _place_binned(session, binned)


def _hold(session: Session, column_id: str) -> bool:
    """Prevent others from placing tickets in a column and from moving its own; tell whether it still exists."""
    column = session.get(Column, column_id)
    if column is None:
        return False
    Ticket.hold(Ticket.column_id == column_id)
    session.execute(_binned_in(column).with_for_update())
    column.hold()
    return True


def _fresh_ranks(session: Session, column_id: str) -> tuple[Ranks, Ranks]:
    """Return the new ranks of tickets, including deleted ones, which are to be restored to their old place."""
    tickets = session.execute(sa.select(Ticket.id, Ticket.rank).where(Ticket.column_id == column_id)).all()
    binned = session.execute(_binned_in(session.get_one(Column, column_id))).all()
    ranked = sorted([(rank, False, each) for each, rank in tickets] + [(rank, True, each) for each, rank in binned])
    changed = [
        (is_binned, each, fresh)
        for (rank, is_binned, each), fresh in zip(ranked, spread([rank for rank, _, _ in ranked]), strict=True)
        if rank != fresh
    ]
    fresh_of = [{each: fresh for binned, each, fresh in changed if binned is kind} for kind in (False, True)]
    return fresh_of[0], fresh_of[1]


def _present(ids: Iterable[str]) -> Iterator[Ticket]:
    """Load tickets as they are now, in batches: a statement takes only so many values."""
    for some in slices(ids, BATCH):
        query = sa.select(Ticket).where(Ticket.id.in_(some)).options(LEAN)
        yield from all_of(query.execution_options(populate_existing=True))


def _binned_in(column: Column) -> sa.Select[Any]:
    """Select the ids and ranks of what was deleted in a column."""
    content, own = BinnedTicket.content, BinnedTicket.project_id == column.project_id
    inside = own & (content["columnId"].as_string() == column.id)
    return sa.select(BinnedTicket.id, content["rank"].as_string()).where(inside).order_by(BinnedTicket.id)


def _place_binned(session: Session, ranks: Ranks) -> None:
    for binned_id, rank in ranks.items():
        binned = session.get_one(BinnedTicket, binned_id)
        binned.content = {**binned.content, "rank": rank}
    session.flush()

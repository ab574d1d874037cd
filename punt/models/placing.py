"""Placing several tickets at once."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from punt.database import db
from punt.models.column import Column
from punt.models.rank import several_between
from punt.models.ticket import Ticket


def move_together(
    tickets: Sequence[Ticket],
    column: Column,
    *,
    order: int | None = None,
    before: Ticket | None = None,
    after: Ticket | None = None,
) -> None:
    """Place the first of them as :meth:`Ticket.move_to` does, and the others right below it, in their order.

    Others that lie there already keep their ranks: that is no change.
    """
    if not tickets:
        return
    first, *rest = tickets
    first.move_to(column, order=order, before=before, after=after)
    below = sa.select(Ticket.id, Ticket.rank).where(Ticket.column_id == column.id, Ticket.rank > first.rank)
    following = db.session.execute(below.order_by(Ticket.rank).limit(max(len(rest), 1))).all()
    if [row.id for row in following[: len(rest)]] == [ticket.id for ticket in rest]:
        return
    with column.placing():
        ranks = several_between(first.rank, following[0].rank if following else None, len(rest))
    for ticket, rank in zip(rest, ranks, strict=True):
        ticket.column_id, ticket.rank = column.id, rank
        db.session.flush()  # one by one, so that their events stand in their order

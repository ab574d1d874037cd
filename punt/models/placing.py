"""Placing several tickets at once, including new ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from punt.database import db, new_id
from punt.models.column import Column
from punt.models.project import Project
from punt.models.rank import several_between
from punt.models.ticket import Ticket
from punt.models.together import flushed


@dataclass(frozen=True)
class Wanted:
    """A ticket to be created.

    :param column: its column, where it goes below the existing tickets.
    :param fields: initial attributes; at least ``title``, and no parent.
    :param parent: the index of its parent among the wanted tickets.
    """

    column: Column
    fields: dict[str, Any]
    parent: int | None = None


def create_together(
    project: Project, creator_id: str | None, wanted: Sequence[Wanted], order: Sequence[int]
) -> Iterator[Ticket]:
    """Add tickets at the bottom of their columns as :meth:`Ticket.create` does, and yield each.

    They are numbered and ranked in the given order, whatever the order in which they are created. The caller has
    checked the parents: none is a subtask, and there is no cycle.

    :param order: their indexes, parents before their children.
    """
    counts = Counter(each.column for each in wanted)
    free = {column: iter(_ranks_at_the_bottom(column, counts[column])) for column in sorted(counts, key=_by_id)}
    ranks, ids = [next(free[each.column]) for each in wanted], [new_id() for _ in wanted]
    first = project.next_number(len(wanted)) if wanted else 1
    for index in flushed(order):
        each = wanted[index]
        with db.session.no_autoflush:
            ticket = Ticket(
                id=ids[index],
                project_id=project.id,
                project_key=project.key,
                creator_id=creator_id,
                column_id=each.column.id,
                parent_id=None if each.parent is None else ids[each.parent],
                rank=ranks[index],
                number=first + index,
            )
            ticket.edit(each.fields)
        db.session.add(ticket)
        yield ticket


def move_together(
    tickets: Sequence[Ticket],
    column: Column,
    *,
    order: int | None = None,
    before: Ticket | None = None,
    after: Ticket | None = None,
) -> None:
    """Place the first of them as :meth:`Ticket.move_to` does, and the others right below it, in their order.

    Tickets that are in that order already keep their ranks: that is not a change.
    """
    if not tickets:
        return
    first, *rest = tickets
    column.hold(*(ticket.column_id for ticket in tickets))
    first.move_to(column, order=order, before=before, after=after)
    below = sa.select(Ticket.id, Ticket.rank).where(Ticket.column_id == column.id, Ticket.rank > first.rank)
    following = db.session.execute(below.order_by(Ticket.rank).limit(max(len(rest), 1))).all()
    if [row.id for row in following[: len(rest)]] == [ticket.id for ticket in rest]:
        return
    with column.placing():
        ranks = several_between(first.rank, following[0].rank if following else None, len(rest))
    for ticket, rank in zip(rest, ranks, strict=True):
        ticket.column_id, ticket.rank = column.id, rank
        db.session.flush()  # one by one, so that their events are in their order


def _ranks_at_the_bottom(column: Column, count: int) -> list[str]:
    with column.placing():
        last = sa.select(sa.func.max(Ticket.rank)).where(Ticket.column_id == column.id)
        return several_between(db.session.scalar(last), None, count)


def _by_id(column: Column) -> str:
    return column.id

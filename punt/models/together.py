"""Tickets by the thousand: loaded, serialised and changed in batches, so that others have their turn meanwhile."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import defer, load_only, selectinload

from punt.database import db
from punt.heavy.slices import breathing, slices
from punt.models import wire
from punt.models.ticket import Ticket

BATCH = 100
ROWS = 500
LEAN = defer(Ticket.description)
"""Loads tickets without what may be long: an option of queries for many."""
FEW = 3
"""Tickets that are each looked up by themselves."""

Row = TypeVar("Row")
Thing = TypeVar("Thing")


def all_of(query: sa.Select[Row]) -> list[Row]:
    """Load everything that is selected, one thing a row."""
    rows = db.session.scalars(query.execution_options(yield_per=BATCH))
    return list(breathing(rows))


def rows_of(query: sa.Select[*tuple[Any, ...]]) -> sa.Result[*tuple[Any, ...]]:
    """Select rows that may be many, fetched in batches."""
    return db.session.execute(query.execution_options(yield_per=ROWS))


def flushed(things: Iterable[Thing]) -> Iterator[Thing]:
    """Yield things to be changed; what was done to a batch is written before the next one comes."""
    for some in slices(things, BATCH):
        yield from breathing(some)
        db.session.flush()


def as_json(tickets: Sequence[Ticket], orders: Mapping[str, int] | None = None) -> Iterator[wire.Json]:
    """Yield tickets as :func:`wire.ticket` does, with related data looked up in batches.

    A description that was not loaded is not kept: those of thousands of tickets may be long.

    :param orders: of each in its column, by its id, where they are known.
    """
    orders = orders_of(tickets) if orders is None else orders
    for some in slices(tickets, BATCH):
        lean = [ticket for ticket in some if sa.inspect(ticket).unloaded & {"labels", "description"}]
        undescribed = [ticket for ticket in lean if "description" in sa.inspect(ticket).unloaded]
        if len(lean) > FEW:
            whole = load_only(Ticket.id, Ticket.description), selectinload(Ticket.labels)
            wanted = sa.select(Ticket).where(Ticket.id.in_([ticket.id for ticket in lean]))
            db.session.scalars(wanted.options(*whole)).all()
        yield from (wire.ticket(ticket, orders[ticket.id]) for ticket in some)
        for ticket in undescribed:
            db.session.expire(ticket, ["description"])


def orders_of(tickets: Iterable[Ticket]) -> dict[str, int]:
    """Return the order of each ticket in its column, by its id."""
    inside: dict[str, list[Ticket]] = defaultdict(list)
    for ticket in tickets:
        inside[ticket.column_id].append(ticket)
    orders: dict[str, int] = {}
    for column_id, some in inside.items():
        few = len(some) <= FEW
        orders |= {ticket.id: ticket.order() for ticket in some} if few else _orders_in(column_id)
    return orders


def orders_in(columns: Iterable[str]) -> dict[str, int]:
    """Return the order of each ticket of some columns, by its id."""
    return {ticket_id: order for column_id in columns for ticket_id, order in _orders_in(column_id).items()}


def _orders_in(column_id: str) -> dict[str, int]:
    query = sa.select(Ticket.id).where(Ticket.column_id == column_id).order_by(Ticket.rank)
    return {row.id: order for order, row in enumerate(breathing(rows_of(query)))}

"""Reading whole boards and parts of them in a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from punt.database import db
from punt.heavy.slices import breathing, slices
from punt.models import wire
from punt.models.column import Column
from punt.models.label import Label
from punt.models.seeking import containing
from punt.models.ticket import Ticket, ticket_label
from punt.models.together import LEAN, ROWS, all_of, as_json, orders_in, rows_of

MANY = 1000
"""Tickets of a project beyond which reading all of them is heavy work."""


@dataclass(frozen=True)
class Page:
    """Some tickets, and where the next ones begin if there are any."""

    ids: Sequence[str]
    columns: frozenset[str]
    next: str | None
    _query: sa.Select[Ticket]

    @property
    def tickets(self) -> list[Ticket]:
        """Load all of them."""
        return [ticket for some in self._some_by_some() for ticket in some]

    def as_json(self) -> Iterator[wire.Json]:
        """Yield them as :func:`wire.ticket` does, only some of them loaded at a time."""
        orders = orders_in(self.columns) if len(self.ids) > ROWS else None
        for some in self._some_by_some():
            yield from as_json(some, orders)

    def _some_by_some(self) -> Iterator[list[Ticket]]:
        for ids in slices(self.ids, ROWS):
            yield all_of(self._query.where(Ticket.id.in_(ids)))


def matching(project_id: str, criteria: dict[str, Any]) -> sa.Select[Ticket]:
    """Select a project's tickets in board order that match ``label_id`` and attributes."""
    query = Ticket.on_board(project_id)
    for name, value in criteria.items():
        query = query.where(_condition(name, value))
    return query


def pages_of(query: sa.Select[Ticket], limit: int | None, after: str | None, text: str | None = None) -> Page:
    """Read everything that is selected, or a page of it from a position that an earlier page returned.

    Their order is looked up first, then each without its description: the database need not sort long values.

    :param text: what title or description must contain.
    """
    if after:
        position, rank = after.split(".", 1)
        query = query.where(sa.tuple_(Column.position, Ticket.rank) > sa.tuple_(int(position), rank))
    spots = query.with_only_columns(Ticket.id, Ticket.column_id, Column.position, Ticket.rank)
    if text is None:
        rows = list(breathing(rows_of(spots.limit(limit and limit + 1))))
    else:
        found = containing(query, text)
        rows = [row for row in breathing(rows_of(spots)) if row.id in found]
    kept = rows[:limit]
    more = f"{kept[-1].position}.{kept[-1].rank}" if len(rows) > len(kept) else None
    return Page([row.id for row in kept], frozenset(row.column_id for row in kept), more, query.options(LEAN))


def is_large(project_id: str) -> bool:
    """Tell whether a project has more than ``MANY`` tickets."""
    return (
        db.session.scalar(sa.select(Ticket.id).where(Ticket.project_id == project_id).offset(MANY).limit(1)) is not None
    )


def cards(project_id: str) -> list[wire.Json]:
    """Read what the cards of a board show, in board order: rows, not objects, because a board may have thousands."""
    query = sa.select(*(getattr(Ticket, name) for name in wire.CARD)).join(Column, Column.id == Ticket.column_id)
    query = query.where(Ticket.project_id == project_id).order_by(Column.position, Ticket.rank)
    labels = _labels_of_tickets(project_id)
    return [wire.card(row, labels.get(row.id, [])) for row in breathing(rows_of(query))]


def _labels_of_tickets(project_id: str) -> dict[str, list[wire.Json]]:
    labels = {label.id: wire.label(label) for label in Label.of(project_id)}
    pairs = sa.select(ticket_label).join(Label).where(Label.project_id == project_id).order_by(Label.name_key)
    found: dict[str, list[wire.Json]] = defaultdict(list)
    for pair in breathing(rows_of(pairs)):
        found[pair.ticket_id].append(labels[pair.label_id])
    return found


def _condition(name: str, value: Any) -> sa.ColumnElement[bool]:
    if name == "label_id":
        return Ticket.labels.any(Label.id == value)
    equal: sa.ColumnElement[bool] = getattr(Ticket, name) == value
    return equal

"""Who is whose parent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from punt.checks.finding import Finding
from punt.database import db
from punt.models import Ticket, TicketType


def parents_elsewhere() -> Iterator[Finding]:
    """Find tickets whose parent belongs to another project."""
    for child, parent in _pairs(lambda child, parent: child.project_id != parent.project_id):
        yield Finding(f"{child.key}: its parent {parent.key} is another project's.", partial(_leave, child))


def circles() -> Iterator[Finding]:
    """Find tickets that are their own ancestors, once for each cycle."""
    children: Any = db.session.execute(sa.select(Ticket.id, Ticket.parent_id).where(Ticket.parent_id.is_not(None)))
    for circle in circles_of(dict(children.all())):
        around = db.session.scalars(sa.select(Ticket).where(Ticket.id.in_(circle)).order_by(Ticket.number)).all()
        last = max(around, key=lambda ticket: (ticket.updated_at, ticket.number))  # whose change closed it
        sentence = f"{', '.join(ticket.key for ticket in around)}: each is its own ancestor, a circle of parents."
        yield Finding(sentence, partial(_leave, last))


def subtasks() -> Iterator[Finding]:
    """Find subtasks that have children."""
    met = set[str]()
    for child, parent in _pairs(lambda _, parent: parent.type == TicketType.SUBTASK.value):
        if parent.id not in met:
            met.add(parent.id)
            sentence = f"{parent.key}: it is a subtask, and yet the parent of {child.key}."
            yield Finding(sentence, partial(_promote, parent))


def circles_of(parents: Mapping[str, str]) -> Iterator[list[str]]:
    """Yield the cycles among parents by child; each step is taken once, whatever the data."""
    met = set[str]()
    for start in parents:
        path = dict[str, None]()
        at: str | None = start
        while at is not None and at not in met:
            met.add(at)
            path[at] = None
            at = parents.get(at)
        if at in path:
            way = list(path)
            yield way[way.index(at) :]


def _pairs(condition: Any) -> Iterator[tuple[Ticket, Ticket]]:
    parent = aliased(Ticket)
    pairs = sa.select(Ticket, parent).join(parent, parent.id == Ticket.parent_id).where(condition(Ticket, parent))
    for child, above in db.session.execute(pairs.order_by(Ticket.number, Ticket.id)):  # noqa: UP028 pairs, not rows
        yield child, above


def _leave(child: Ticket) -> str:
    child.edit({"parent_id": None})
    return f"{child.key} has no parent now."


def _promote(parent: Ticket) -> str:
    parent.edit({"type": TicketType.TASK.value})
    return f"{parent.key} is a task now."

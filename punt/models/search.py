"""Finding projects and tickets by name or key, across the projects that somebody may see."""

from __future__ import annotations

import heapq
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from punt.database import db
from punt.heavy.slices import breathing
from punt.models import wire
from punt.models.project import Project
from punt.models.seeking import holds
from punt.models.texts import sought
from punt.models.ticket import Ticket
from punt.models.together import rows_of

LIMIT = 20
PROJECTS = 5
WORDS = 8
"""Further words of a query are ignored."""


class Found(NamedTuple):
    """What matches a query, and whether there is more than that."""

    hits: list[wire.Json]
    more: bool


def find(projects: Sequence[Project], asked: str) -> Found:
    """Find what matches a query: first the ticket with that key, then projects, then tickets, last changed first.

    Without a query it is everything, so what changed last.

    :param projects: all that the person asking may see; nothing else is searched.
    """
    words = asked.split()[:WORDS]
    named = [project for project in projects if all(_names(project, sought(word)) for word in words)]
    keyed = _of_key(projects, asked)
    hits = [*map(wire.ticket_hit, keyed[:PROJECTS]), *map(wire.project_hit, named[:PROJECTS])]
    seen = {hit["id"] for hit in hits}
    hits += [wire.ticket_hit(ticket) for ticket in _of_title(projects, words) if ticket.id not in seen]
    return Found(hits[:LIMIT], max(len(keyed), len(named)) > PROJECTS or len(hits) > LIMIT)


def _names(project: Project, word: str) -> bool:
    return word in sought(project.name) or project.key.lower().startswith(word)


def _of_key(projects: Sequence[Project], asked: str) -> Sequence[Ticket]:
    """Find by ``HARB-42``, or by ``42`` in every project."""
    key = re.fullmatch(r"(?:([A-Z][A-Z0-9]{1,9})-)?([1-9]\d{0,8})", asked.strip().upper())
    if key is None:
        return []
    ids = [project.id for project in projects if key[1] in (None, project.key)]
    query = sa.select(Ticket).where(Ticket.project_id.in_(ids), Ticket.number == int(key[2]))
    return db.session.scalars(query.order_by(Ticket.updated_at.desc()).limit(PROJECTS + 1)).all()


def _of_title(projects: Sequence[Project], words: Sequence[str]) -> list[Any]:
    """Find by words of the title, last changed first: selected in batches, where sorting would take long."""
    shown = Ticket.id, Ticket.project_key, Ticket.number, Ticket.title, Ticket.type, Ticket.updated_at
    query = sa.select(*shown).where(Ticket.project_id.in_([project.id for project in projects]))
    for word in words:
        query = query.where(sa.or_(holds(Ticket.title, word), Ticket.project_key == word.upper()))
    rows = breathing(rows_of(query))
    return heapq.nsmallest(LIMIT + 1, rows, key=lambda row: (-row.updated_at.timestamp(), row.id))

"""Searching texts: in time proportional to what is searched, and to nothing else.

``LIKE`` compares from each position again, so it may take as long as both lengths multiplied, if letters repeat.
"""

from __future__ import annotations

import time
from typing import Any

import sqlalchemy as sa

from punt.database import db
from punt.errors import TookTooLong
from punt.heavy.slices import breathing
from punt.models.column import Column
from punt.models.texts import UNSEEN, sought
from punt.models.ticket import Ticket

AT_ONCE = 50
"""Tickets that are loaded at once: with 50,000 letters each, a matter of milliseconds."""
LONGEST = 30.0
"""Seconds that one search may take."""


def holds(
    column: sa.SQLColumnExpression[str] | sa.SQLColumnExpression[str | None], part: str
) -> sa.ColumnElement[bool]:
    """Build the condition that a short text contains another, both as ``sought`` writes them, without wildcards."""
    return sa.func.strpos(_sought(column), _sought(part)) > 0


def containing(among: sa.Select[Ticket], text: str) -> set[str]:
    """Return the ids of the tickets whose title or description contains a text, whatever case and composition.

    Python searches some tickets at a time: so it takes as long on both databases, finds the same, and others
    have their turn in between.

    :param among: selects the tickets to search, of one project and with their columns.
    :raises TookTooLong: after ``LONGEST`` seconds.
    """
    wanted, number, ends, found = sought(text), 0, time.monotonic() + LONGEST, set[str]()
    query = among.with_only_columns(Ticket.id, Ticket.number, Ticket.title, Ticket.description)
    query = query.where(Ticket.project_id == Column.project_id).order_by(None).order_by(Ticket.number).limit(AT_ONCE)
    while rows := db.session.execute(query.where(Ticket.number > number)).all():
        some = breathing(rows)
        found |= {row.id for row in some if wanted in sought(row.title) or wanted in sought(row.description)}
        number = rows[-1].number
        if time.monotonic() > ends:
            raise TookTooLong
    return found


def _sought(text: Any) -> sa.ColumnElement[str]:
    """Let the database do what ``punt.models.texts.sought`` does."""
    seen = sa.func.regexp_replace(text, f"[{UNSEEN}]", "", "g")  # translate() would look up each letter in turn
    return sa.func.normalize(sa.func.lower(seen))

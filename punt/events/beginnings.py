"""From which position in the log somebody may see events: earlier ones are not theirs, whatever cursor they show.

Whatever lets somebody see more leaves a mark in the log, an internal event of the same transaction. So its position is
always right; and once a mark is pruned, everything before it has been pruned, too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from enum import StrEnum

import sqlalchemy as sa

from punt.events.log import LoggedEvent
from punt.events.publication import Draft


class Begins(StrEnum):
    """What begins, as the type of its mark."""

    ACCOUNT = "_account_begins"
    MEMBERSHIP = "_membership_begins"
    ADMINISTRATION = "_administration_begins"


Marks = dict[tuple[Begins, str | None], int]
"""The position of the newest mark of each kind, and of memberships in each project."""


def mark(what: Begins, topic: str, project_id: str | None = None) -> Draft:
    """Make a mark.

    :param topic: the one of this person, on which nobody else has events.
    """
    return Draft(what.value, topic, {}, project_id=project_id)


_MARKS = (
    sa.select(LoggedEvent.topic, LoggedEvent.type, LoggedEvent.project_id, sa.func.max(LoggedEvent.position))
    .where(LoggedEvent.topic.in_(sa.bindparam("topics", expanding=True)), LoggedEvent.type.in_(list(Begins)))
    .group_by(LoggedEvent.topic, LoggedEvent.type, LoggedEvent.project_id)
)


def marks_on(connection: sa.Connection, topics: Iterable[str]) -> Mapping[str, Marks]:
    """Look up people's marks by their topics."""
    found = defaultdict[str, Marks](dict)
    for topic, kind, project_id, position in connection.execute(_MARKS, {"topics": list(topics)}):
        found[topic][Begins(kind), project_id] = position
    return found


def lies_between(connection: sa.Connection, topics: Iterable[str], after: int, upto: int) -> bool:
    """Return whether the log holds any event of some topics after a position and up to another."""
    found = sa.select(LoggedEvent.position).where(
        LoggedEvent.topic.in_(list(topics)), LoggedEvent.position > after, LoggedEvent.position <= upto
    )
    return connection.scalar(found.limit(1)) is not None

"""Timestamps from the future: a clock that was once ahead wrote them, and nobody should have to wait until they come.

What is counted from such a moment begins at the current one instead. Where that cannot wait for the keeper, readers of
a timestamp do not trust it either: see :mod:`punt.models.rate` and :mod:`punt.models.presence`.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from punt.database import SKEW, now
from punt.models.api_token import ApiToken
from punt.models.audit.entry import AuditEntry
from punt.models.bin import BinnedTicket
from punt.models.idempotency import IdempotencyKey
from punt.models.submission import Submission
from punt.models.user_session import UserSession

BEGINNINGS = (
    AuditEntry.at,
    BinnedTicket.deleted_at,
    IdempotencyKey.created_at,
    Submission.created_at,
    UserSession.used_at,
    ApiToken.used_at,
)
"""Moments from which something is kept for a while, or counted."""
TERMS = (UserSession, ApiToken)
"""What lasts from ``created_at`` to ``expires_at``."""
BATCH = 1000
ELSEWHERE = {
    "presence_lease.expires_at": "is believed for one term only, and ends with any change of who is there",
    "event_log.created_at": "is put right where the log is pruned",
    **dict.fromkeys(
        ("user", "project", "membership", "ticket"),
        "are shown only: nothing is counted from when these were made and changed",
    ),
}
"""Moments, or whole tables, that need no correction here, each with its reason."""


def correct(connection: sa.Connection, most: int) -> int:
    """Let what began in the future begin now: up to so many of each kind; return how many those were."""
    return max(*(_begin_now(connection, moment, most) for moment in BEGINNINGS), _renew(connection, most))


def correct_all(connection: sa.Connection) -> None:
    """Let everything that began in the future begin now."""
    while correct(connection, BATCH) == BATCH:
        pass


def _begin_now(connection: sa.Connection, moment: Any, most: int) -> int:
    table, present = moment.class_.__table__, now()
    keys = tuple(table.primary_key.columns)
    ahead = sa.select(*keys).where(moment > present + SKEW).limit(most)
    begun = sa.update(table).where(sa.tuple_(*keys).in_(ahead)).values({moment.key: present})
    return connection.execute(begun).rowcount


def _renew(connection: sa.Connection, most: int) -> int:
    """Let what began in the future last as long from now as it was to last from then."""
    present, most_renewed = now(), 0
    for kind in TERMS:
        ahead = sa.select(kind.id, kind.created_at, kind.expires_at).where(kind.created_at > present + SKEW)
        rows = connection.execute(ahead.limit(most)).all()
        for row in rows:
            ends = row.expires_at and present + (row.expires_at - row.created_at)
            renewed = sa.update(kind).where(kind.id == row.id).values(created_at=present, expires_at=ends)
            connection.execute(renewed)
        most_renewed = max(most_renewed, len(rows))
    return most_renewed

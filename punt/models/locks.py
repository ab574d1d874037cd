"""Holding what is no row of its own, so that a rule may look at it; the order of locks is in docs/architecture.md.

On SQLite one person writes at a time, and all is held from the beginning.
"""

from __future__ import annotations

import sqlalchemy as sa

from punt.database import db

FAMILY = 0x50554E54
"""Tells these advisory locks from those of other programs in the same database."""


def hold_family(project_id: str) -> None:
    """Keep others from changing who is whose parent in a project, and which parent is a subtask, until the commit.

    It comes before all other locks of a transaction; holding it again costs little.
    """
    if _is_postgresql():
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(FAMILY, sa.func.hashtext(project_id))))


def hold_people() -> None:
    """Keep others from adding and changing people until the commit: where there is nobody, no row can be held."""
    if _is_postgresql():
        db.session.execute(sa.text('LOCK TABLE "user" IN SHARE ROW EXCLUSIVE MODE'))


def _is_postgresql() -> bool:
    return db.session.get_bind().dialect.name == "postgresql"

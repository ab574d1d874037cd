"""Locking what has no row of its own, so that a rule may look at it; the order of locks is in docs/architecture.md.

SQLite has one writer at a time, and everything is locked from the beginning.
"""

from __future__ import annotations

import sqlalchemy as sa

from punt.database import db

FAMILY = 0x50554E54
"""Distinguishes these advisory locks from those of other programs in the same database."""


def hold_family(project_id: str) -> None:
    """Prevent others from changing who is whose parent in a project, and which parent is a subtask, until the commit.

    It comes before all other locks of a transaction; taking it again costs little.
    """
    if _is_postgresql():
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(FAMILY, sa.func.hashtext(project_id))))


def hold_people() -> None:
    """Prevent others from adding and changing people until the commit: where there is nobody, no row can be locked."""
    if _is_postgresql():
        db.session.execute(sa.text('LOCK TABLE "user" IN SHARE ROW EXCLUSIVE MODE'))


def _is_postgresql() -> bool:
    return db.session.get_bind().dialect.name == "postgresql"

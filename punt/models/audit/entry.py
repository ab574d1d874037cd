"""The audit trail: who did what to which thing, when, and from where.

An entry has no foreign keys: it outlives what it describes, and deleting a person rewrites none of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from punt.database import Base, Timestamp, db, now
from punt.events import capture
from punt.events.log import Origin
from punt.heavy.slices import slices

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BATCH = 200
"""Entries that are written by one statement."""
KINDS = ("ticket", "column", "label", "project", "member", "user", "session", "token", "setting", "import", "database")


class AuditEntry(Base):
    """One change of one thing by one transaction.

    ``changes`` has, by field, the old and the new value: of long texts the lengths, of secrets nothing.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        sa.Index("ix_audit_entry_subject_id_id", "subject_id", "id"),
        sa.Index("ix_audit_entry_actor_id_id", "actor_id", "id"),
        sa.Index("ix_audit_entry_project_id_id", "project_id", "id"),
    )

    id: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    at: Mapped[datetime] = mapped_column(Timestamp, index=True)
    actor_id: Mapped[str | None] = mapped_column(sa.String(26))
    tab_id: Mapped[str | None] = mapped_column(sa.String(64))
    token_id: Mapped[str | None] = mapped_column(sa.String(26))
    kind: Mapped[str] = mapped_column(sa.String(20))
    verb: Mapped[str] = mapped_column(sa.String(20))
    subject_id: Mapped[str | None] = mapped_column(sa.String(40))
    subject: Mapped[str] = mapped_column(sa.String(250))
    project_id: Mapped[str | None] = mapped_column(sa.String(26))
    changes: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))

    @classmethod
    def write(cls, session: Session, origin: Origin, rows: Sequence[dict[str, Any]]) -> None:
        """Write entries at once, in the session's transaction.

        :param rows: values of ``kind``, ``verb``, ``subject_id``, ``subject``, ``project_id`` and ``changes``, and of
            ``actor_id`` where that is not the origin's.
        """
        from_where = {"at": now(), "actor_id": origin.actor_id, "tab_id": origin.tab_id, "token_id": origin.token_id}
        for some in slices(rows, BATCH):
            session.connection().execute(_WRITE, [from_where | row for row in some])

    @classmethod
    def note(cls, kind: str, verb: str, subject: str = "", **more: Any) -> None:
        """Write an entry by hand, for what is not a change of one object; ``more`` are further values of it."""
        session = db.session()
        row = {"kind": kind, "verb": verb, "subject": subject, "subject_id": None, "project_id": None, "changes": None}
        cls.write(session, capture.origin(session), [row | more])

    @classmethod
    def forgetting(cls, days: int) -> Callable[[sa.Connection, int], int]:
        """Make the keeper's chore that deletes what is older than so many days."""

        def forget(connection: sa.Connection, most: int) -> int:
            old = sa.select(cls.id).where(cls.at < now() - timedelta(days=days)).order_by(cls.id).limit(most)
            return connection.execute(sa.delete(cls).where(cls.id.in_(old))).rowcount

        return forget

    @classmethod
    def about(
        cls,
        *,
        subject_id: str | None = None,
        person_id: str | None = None,
        project_id: str | None = None,
        kind: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> sa.Select[AuditEntry]:
        """Select entries, newest first.

        :param person_id: who did it, or to whom it was done.
        :param until: the moment before which it was.
        """
        query = sa.select(cls).order_by(cls.id.desc())
        for column, value in ((cls.subject_id, subject_id), (cls.project_id, project_id), (cls.kind, kind)):
            query = query.where(column == value) if value else query
        if person_id:
            query = query.where(sa.or_(cls.actor_id == person_id, cls.subject_id == person_id))
        query = query.where(cls.at >= since) if since else query
        return query.where(cls.at < until) if until else query

    @classmethod
    def page(
        cls, query: sa.Select[AuditEntry], limit: int, before: int | None
    ) -> tuple[Sequence[AuditEntry], int | None]:
        """Read the newest entries older than one, and from where to read on, if there are more.

        :param before: the id of the last entry of the page before.
        """
        if before is not None:
            query = query.where(cls.id < before)
        found = db.session.scalars(query.limit(limit + 1)).all()
        return found[:limit], found[limit - 1].id if len(found) > limit else None


_WRITE = sa.insert(Base.metadata.tables["audit_entry"])

"""The bin of a project: deleted tickets, kept for a while."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from punt.database import Base, Timestamp, db, now
from punt.models import wire
from punt.models.label import Label
from punt.models.membership import Membership
from punt.models.project import Project
from punt.models.ticket import Ticket, TicketType

KEPT = timedelta(days=30)
EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
PAGE = 500
"""Tickets listed at once."""


class BinnedTicket(Base):
    """A deleted ticket, as it was.

    It lies in a table of its own, so that nothing that reads tickets has to know of it, and what it names may go.
    """

    __tablename__ = "binned_ticket"
    __table_args__ = (sa.UniqueConstraint("project_id", "number"),)

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True)
    project_id: Mapped[str] = mapped_column(sa.ForeignKey("project.id", ondelete="CASCADE"))
    number: Mapped[int]
    creator_id: Mapped[str | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"), index=True)
    deleted_by_id: Mapped[str | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"), index=True)
    deleted_at: Mapped[datetime] = mapped_column(Timestamp, default=now, index=True)
    content: Mapped[dict[str, Any]] = mapped_column(sa.JSON)

    @classmethod
    def take(cls, ticket: Ticket, deleted_by_id: str | None) -> None:
        """Delete a ticket, keeping what it was; its children stay, without a parent."""
        content = wire.ticket(ticket, order=0)
        kept = {"id": ticket.id, "project_id": ticket.project_id, "number": ticket.number, "content": content}
        db.session.add(cls(creator_id=ticket.creator_id, deleted_by_id=deleted_by_id, **kept))
        ticket.delete()

    @classmethod
    def page(
        cls, project_id: str, limit: int = PAGE, before: str | None = None
    ) -> tuple[Sequence[BinnedTicket], str | None]:
        """List what a project's bin holds, newest first, and from where to read on, if there is more.

        :param before: a place that an earlier page named.
        """
        query = cls._of(project_id).order_by(cls.deleted_at.desc(), cls.id)
        if before:
            at, last = _moment(before), before.partition(".")[2]
            query = query.where(sa.or_(cls.deleted_at < at, sa.and_(cls.deleted_at == at, cls.id > last)))
        found = db.session.scalars(query.limit(limit + 1)).all()
        return found[:limit], found[limit - 1].place if len(found) > limit else None

    @classmethod
    def count(cls, project_id: str) -> int:
        """Count what a project's bin holds."""
        return db.session.scalar(sa.select(sa.func.count()).select_from(cls._of(project_id).subquery())) or 0

    @classmethod
    def _of(cls, project_id: str) -> sa.Select[BinnedTicket]:
        return sa.select(cls).where(cls.project_id == project_id, cls.is_kept())

    @property
    def place(self) -> str:
        """Its place in the list: when it was deleted, in microseconds since 1970, and its id."""
        return f"{(self.deleted_at - EPOCH) // MICROSECOND}.{self.id}"

    @classmethod
    def is_kept(cls) -> sa.ColumnElement[bool]:
        """Tell what is still in the bin: what is too old counts as gone, whether it was taken out yet or not."""
        return cls.deleted_at > now() - KEPT

    @classmethod
    def forget_old(cls, connection: sa.Connection, most: int) -> int:
        """Take up to so many that are too old out for good, and return how many those were."""
        old = sa.select(cls.id).where(cls.deleted_at <= now() - KEPT).limit(most)
        return connection.execute(sa.delete(cls).where(cls.id.in_(old))).rowcount

    def restore(self, project: Project) -> Ticket:
        """Make it a ticket again: at its old place as far as there is one, of a version that was never seen."""
        was, columns = self.content, project.columns()
        column = next((each for each in columns if each.id == was["columnId"]), columns[0])
        rank = was["rank"] if column.id == was["columnId"] else None
        ticket = Ticket.bring_back(project, column, rank, was["version"] + 1, self._attributes())
        db.session.delete(self)
        db.session.flush()
        return ticket

    def _attributes(self) -> dict[str, Any]:
        was = self.content
        same = {"title", "description", "type", "priority", "estimate"}
        return {name: was[name] for name in same} | {
            "id": self.id,
            "number": self.number,
            "creator_id": self.creator_id,
            "created_at": datetime.fromisoformat(was["createdAt"]),
            "story_points": was["storyPoints"],
            "start_date": _day(was["startDate"]),
            "due_date": _day(was["dueDate"]),
            **self._references(),
        }

    def _references(self) -> dict[str, Any]:
        """What it refers to, as far as that is still there."""
        was = self.content
        labels = sa.select(Label).where(
            Label.project_id == self.project_id, Label.id.in_([label["id"] for label in was["labels"]])
        )
        parent = db.session.get(Ticket, was["parentId"]) if was["parentId"] else None
        assigned = was["assigneeId"] and Membership.of(self.project_id, was["assigneeId"])
        return {
            "labels": list(db.session.scalars(labels)),
            "parent_id": parent.id if parent and parent.type != TicketType.SUBTASK else None,
            "assignee_id": was["assigneeId"] if assigned else None,
        }


def _moment(place: str) -> datetime:
    return EPOCH + int(place.partition(".")[0]) * MICROSECOND


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None

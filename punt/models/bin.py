"""The bin of a project: deleted tickets, kept for a while."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from punt.database import Base, Timestamp, db, now
from punt.models import wire
from punt.models.column import hold_columns
from punt.models.label import Label
from punt.models.locks import hold_family
from punt.models.project import Project
from punt.models.restoring import Restoration, batches, families_of
from punt.models.ticket import Ticket

KEPT = timedelta(days=30)
EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
PAGE = 500
"""Tickets listed at once."""


class BinnedTicket(Base):
    """A deleted ticket, as it was.

    It is in a table of its own, so that code that reads tickets can ignore it, and what it refers to may be deleted.
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
        """Delete a ticket, storing it here; its children stay, without a parent."""
        cls.take_all([ticket], deleted_by_id)

    @classmethod
    def take_all(cls, tickets: Sequence[Ticket], deleted_by_id: str | None) -> None:
        """Delete several tickets, storing each as it was before any of them was deleted."""
        for project_id in sorted({ticket.project_id for ticket in tickets}):
            hold_family(project_id)
        families = families_of(tickets)
        hold_columns(ticket.column_id for ticket in tickets)
        for ticket in tickets:
            kept = {"id": ticket.id, "project_id": ticket.project_id, "number": ticket.number}
            content = wire.ticket(ticket, order=0) | families[ticket.id]
            db.session.add(cls(**kept, creator_id=ticket.creator_id, deleted_by_id=deleted_by_id, content=content))
        for ticket in tickets:
            ticket.delete()

    @classmethod
    def page(
        cls, project_id: str, limit: int = PAGE, before: str | None = None
    ) -> tuple[Sequence[BinnedTicket], str | None]:
        """List what a project's bin contains, newest first, and where to read on, if there is more.

        :param before: a position that an earlier page returned.
        """
        query = cls._of(project_id).order_by(cls.deleted_at.desc(), cls.id)
        if before:
            at, last = _moment(before), before.partition(".")[2]
            query = query.where(sa.or_(cls.deleted_at < at, sa.and_(cls.deleted_at == at, cls.id > last)))
        found = db.session.scalars(query.limit(limit + 1)).all()
        return found[:limit], found[limit - 1].list_key if len(found) > limit else None

    @classmethod
    def count(cls, project_id: str) -> int:
        """Count the tickets in a project's bin."""
        return db.session.scalar(sa.select(sa.func.count()).select_from(cls._of(project_id).subquery())) or 0

    @classmethod
    def _of(cls, project_id: str) -> sa.Select[BinnedTicket]:
        return sa.select(cls).where(cls.project_id == project_id, cls.is_kept())

    @property
    def list_key(self) -> str:
        """Its position in the list: when it was deleted, in microseconds since 1970, and its id."""
        return f"{(self.deleted_at - EPOCH) // MICROSECOND}.{self.id}"

    @classmethod
    def is_kept(cls) -> sa.ColumnElement[bool]:
        """Select what is still in the bin: what is too old counts as gone, whether or not it has been removed yet."""
        return cls.deleted_at > now() - KEPT

    @classmethod
    def forget_old(cls, connection: sa.Connection, most: int) -> int:
        """Remove up to so many that are too old, and return how many those were."""
        old = sa.select(cls.id).where(cls.deleted_at <= now() - KEPT).limit(most)
        return connection.execute(sa.delete(cls).where(cls.id.in_(old))).rowcount

    @classmethod
    def relabel(cls, label: Label, heir: Label) -> None:
        """Give deleted tickets the label that replaces one that is deleted."""
        named = sa.func.strpos(sa.cast(cls.content, sa.Text), label.id) > 0
        carrying = sa.select(cls).where(cls.project_id == label.project_id, named).order_by(cls.id)
        for binned in db.session.scalars(carrying.with_for_update().execution_options(populate_existing=True)):
            labels = {each["id"]: each for each in binned.content["labels"]}
            if labels.pop(label.id, None):
                binned._keep(labels=list((labels | {heir.id: wire.label(heir)}).values()))

    def restore(self, project: Project) -> Ticket:
        """Make it a ticket again; that ticket's ``losses`` are what could not be restored."""
        hold_family(self.project_id)
        return Restoration(self, project).carry_out()

    def others(self, ids: Iterable[str]) -> dict[str, BinnedTicket]:
        """Load those in the same bin with these ids, and prevent others from restoring them until the commit."""
        found = dict[str, BinnedTicket]()
        wanted = sa.select(BinnedTicket).where(BinnedTicket.project_id == self.project_id, BinnedTicket.is_kept())
        for some in batches(ids):
            named = wanted.where(BinnedTicket.id.in_(some)).order_by(BinnedTicket.id).with_for_update()
            fresh = db.session.scalars(named.execution_options(populate_existing=True))
            found |= {binned.id: binned for binned in fresh}
        return found

    def keep_child(self, child: BinnedTicket) -> None:
        """Remember a former child that is restored first."""
        children = {each["id"]: each for each in self.content.get("children", ())}
        known = {"id": child.id, "key": child.content["key"]}
        self._keep(children=list((children | {child.id: known}).values()))

    def keep_parent(self, parent: Ticket) -> None:
        """Remember a former parent that is restored first, unless there is another one."""
        if self.content["parentId"] is None:
            self._keep(parentId=parent.id, parentKey=parent.key)

    def _keep(self, **changed: Any) -> None:
        self.content = self.content | changed


def _moment(list_key: str) -> datetime:
    return EPOCH + int(list_key.partition(".")[0]) * MICROSECOND

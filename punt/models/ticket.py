"""A ticket: a card on a board."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.orm.attributes import flag_modified

from punt.database import Base, Timestamp, db, new_id, now
from punt.errors import Invalid
from punt.events.publication import Publication
from punt.language import _
from punt.models import orders, topics, wire
from punt.models.column import Column, is_held
from punt.models.label import Label
from punt.models.locks import hold_family
from punt.models.project import Project
from punt.models.rank import RANK, between, is_long

if TYPE_CHECKING:
    from punt.models.restoring import Loss


class TicketType(StrEnum):
    """What kind of work it is."""

    EPIC = "Epic"
    STORY = "Story"
    TASK = "Task"
    BUG = "Bug"
    SUBTASK = "Subtask"


class Priority(StrEnum):
    """How urgent it is, least first."""

    LOWEST = "Lowest"
    LOW = "Low"
    MEDIUM = "Medium"
    HIGH = "High"
    HIGHEST = "Highest"
    CRITICAL = "Critical"


ticket_label = sa.Table(
    "ticket_label",
    Base.metadata,
    sa.Column("ticket_id", sa.ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("label_id", sa.ForeignKey("label.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Ticket(Base):
    """A ticket. Its number is never reused; its version grows with every change."""

    __tablename__ = "ticket"
    __table_args__ = (sa.UniqueConstraint("project_id", "number"), sa.UniqueConstraint("column_id", "rank"))
    __publication__ = Publication(
        noun="ticket",
        topic=lambda ticket: topics.project(ticket.project_id),
        data=wire.ticket,
        several=lambda tickets: _json_of_many(tickets),
        project=lambda ticket: ticket.project_id,
        moving=frozenset({"column_id", "rank"}),
        silent=frozenset({"updated_at", "version", "quiet_versions"}),
    )

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(sa.ForeignKey("project.id", ondelete="CASCADE"))
    column_id: Mapped[str] = mapped_column(sa.ForeignKey("column.id"))
    parent_id: Mapped[str | None] = mapped_column(sa.ForeignKey("ticket.id", ondelete="SET NULL"), index=True)
    assignee_id: Mapped[str | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"), index=True)
    creator_id: Mapped[str | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"), index=True)
    number: Mapped[int]
    project_key: Mapped[str] = mapped_column(sa.String(10))
    title: Mapped[str] = mapped_column(sa.String(200))
    description: Mapped[str] = mapped_column(sa.Text, default="")
    type: Mapped[str] = mapped_column(sa.String(10), default=TicketType.TASK.value)
    priority: Mapped[str] = mapped_column(sa.String(10), default=Priority.MEDIUM.value)
    rank: Mapped[str] = mapped_column(RANK)
    story_points: Mapped[int | None]
    estimate: Mapped[str | None] = mapped_column(sa.String(20))
    start_date: Mapped[date | None]
    due_date: Mapped[date | None]
    version: Mapped[int] = mapped_column()
    quiet_versions: Mapped[int] = mapped_column(default=0, server_default="0")  # the newest ones, by spreading alone
    created_at: Mapped[datetime] = mapped_column(Timestamp, default=now)
    updated_at: Mapped[datetime] = mapped_column(Timestamp, default=now, onupdate=now)
    labels: Mapped[list[Label]] = relationship(secondary=ticket_label)

    __mapper_args__ = {"version_id_col": version}

    restored = False
    """Whether it was restored from the bin, instead of created."""
    losses = cast("Sequence[Loss]", ())
    """What of it could not be restored."""

    @property
    def key(self) -> str:
        """What people call it, such as ``HARB-12``."""
        return f"{self.project_key}-{self.number}"

    @classmethod
    def create(cls, project: Project, column: Column, creator_id: str | None, fields: dict[str, Any]) -> Ticket:
        """Add a ticket at the bottom of a column.

        :param fields: initial attributes; at least ``title``.
        """
        if _changes_family(fields):
            hold_family(project.id)
        column.hold()
        with db.session.no_autoflush:
            ticket = cls(
                id=new_id(),  # its family is looked up before it is written
                project_id=project.id,
                project_key=project.key,
                creator_id=creator_id,
                column_id=column.id,
                labels=[],
            )
            ticket.edit(fields)
            bottom = orders.take_bottom(project.id, column.id)
            ticket.number, ticket.rank = bottom.number, between(bottom.above, None)
        db.session.add(ticket)
        db.session.flush()
        orders.note(ticket.id, bottom.order)
        return ticket

    @classmethod
    def bring_back(
        cls, project: Project, column: Column, rank: str | None, version: int, fields: dict[str, Any]
    ) -> Ticket:
        """Restore a deleted ticket: at its rank, right below the ticket that has it now, or without one at the bottom.

        If it has a parent, the caller has locked the family.
        """
        with column.placing():
            new_rank = _free_rank(column, rank) if rank else between(_last_rank(column), None)
        ticket = cls(project_id=project.id, project_key=project.key, column_id=column.id, rank=new_rank, **fields)
        ticket.restored = True
        db.session.add(ticket)
        db.session.flush()
        # A new row would begin with version 1, which screens that knew the ticket would consider outdated.
        db.session.execute(sa.update(cls).where(cls.id == ticket.id).values(version=version))
        return ticket

    @classmethod
    def hold(cls, *which: sa.ColumnElement[bool]) -> Sequence[str]:
        """Prevent others from changing some tickets until the commit, and return their ids.

        They are locked in the order of their ids, so that there are no deadlocks. Others may still
        refer to them, which is why nothing here is ever locked "for update" outright.
        """
        held = sa.select(cls.id).where(*which).order_by(cls.id).with_for_update(key_share=True)
        return db.session.scalars(held).all()

    @classmethod
    def held(cls, *which: sa.ColumnElement[bool]) -> Sequence[Ticket]:
        """Lock some tickets as :meth:`hold` does, and load them as they are then."""
        from punt.models.together import all_of  # which imports tickets

        held = sa.select(cls).where(*which).order_by(cls.id).with_for_update(key_share=True)
        return all_of(held.execution_options(populate_existing=True))

    @classmethod
    def in_column(cls, column_id: str) -> Sequence[Ticket]:
        """List a column's tickets, top first."""
        from punt.models.together import LEAN, all_of  # which imports tickets

        return all_of(sa.select(cls).where(cls.column_id == column_id).order_by(cls.rank).options(LEAN))

    @classmethod
    def count_in(cls, column_id: str) -> int:
        """Return how many tickets a column has."""
        return db.session.scalar(sa.select(Column.ticket_count).where(Column.id == column_id)) or 0

    @classmethod
    def on_board(cls, project_id: str) -> sa.Select[Ticket]:
        """Select a project's tickets in board order."""
        return (
            sa.select(cls)
            .join(Column, Column.id == cls.column_id)
            .where(Column.project_id == project_id)  # so that the index of ranks leads to them
            .order_by(Column.position, cls.rank)
        )

    def is_as_in(self, version: str) -> bool:
        """Tell whether it is still as it was in a version; spreading its column since makes no difference."""
        named = re.fullmatch(r"[1-9]\d{0,9}", version, re.ASCII)
        return bool(named) and self.version - self.quiet_versions <= int(version) <= self.version

    def spread_to(self, rank: str) -> None:
        """Take another rank in the same order, which does not count as a change: nobody's version becomes stale."""
        self.rank, self.quiet_versions = rank, self.quiet_versions + 1
        flag_modified(self, "updated_at")  # otherwise it would become the current time

    def order(self) -> int:
        """Return how many tickets are above it in its column."""
        known = orders.noted(self.id)
        if known is None:
            known = orders.look_up(self.column_id, self.rank)
            if is_held(self.column_id):  # so it stays the same until this transaction places something
                orders.note(self.id, known)
        return known

    def edit(self, fields: dict[str, Any]) -> None:
        """Change anything but the place on the board; setting what it already is changes nothing.

        :raises Invalid: when the parent is not permitted, or the start would be after the due date.
        """
        news = {name: value for name, value in fields.items() if name == "labels" or getattr(self, name) != value}
        if _changes_family(news):
            hold_family(self.project_id)
        if news.get("parent_id"):
            self._refuse_parent(news["parent_id"])
        if news.get("type") == TicketType.SUBTASK:
            self._refuse_children()
        self._refuse_dates(fields)
        for name, value in news.items():
            if name == "labels":
                self._relabel(value)
            else:
                setattr(self, name, value)

    def move_to(
        self,
        column: Column,
        *,
        order: int | None = None,
        before: Ticket | None = None,
        after: Ticket | None = None,
    ) -> None:
        """Place the ticket in a column: at an order, before or after another ticket, or at the bottom.

        A ticket that is there already keeps its rank: that is not a change.
        """
        if self in (before, after):
            raise Invalid.field("before" if self is before else "after", _("A ticket cannot be its own neighbour."))
        with column.placing(self.column_id):
            before, after = _as_it_is_now("before", before), _as_it_is_now("after", after)
            others = sa.select(Ticket.rank).where(Ticket.column_id == column.id, Ticket.id != self.id)
            above, below = _gap(others, column, order, before, after)
            here = self.column_id == column.id and (above or "") < self.rank and (below is None or self.rank < below)
            if not here:
                self.column_id, self.rank = column.id, between(above, below)
                db.session.flush()

    def delete(self) -> None:
        """Delete the ticket; its children stay, without a parent."""
        from punt.models.together import flushed  # which imports tickets

        hold_family(self.project_id)
        for child in flushed(Ticket.held(Ticket.parent_id == self.id)):
            child.parent_id = None
        db.session.delete(self)
        db.session.flush()

    def _relabel(self, labels: Iterable[Label]) -> None:
        wanted = {label.id: label for label in labels}
        if wanted.keys() != {label.id for label in self.labels}:
            self.labels = list(wanted.values())
            self.updated_at = now()

    def _refuse_dates(self, fields: dict[str, Any]) -> None:
        """Refuse a start after the due date, at the field that was changed; for a new ticket at both."""
        start, due = (fields.get(name, getattr(self, name)) for name in ("start_date", "due_date"))
        if start and due and start > due:
            if start != self.start_date:
                raise Invalid.field("startDate", _("The start is after the due date."))
            if due != self.due_date:
                raise Invalid.field("dueDate", _("The due date is before the start."))

    def _refuse_parent(self, parent_id: str) -> None:
        """Refuse a parent that is a subtask, or a descendant of its child; the caller has locked the family."""
        parent = sa.select(Ticket.type).where(Ticket.id == parent_id, Ticket.project_id == self.project_id)
        if (kind := db.session.scalar(parent)) is None:
            raise Invalid.field("parentId", _("Ticket not found."))
        if kind == TicketType.SUBTASK:
            raise Invalid.field("parentId", _("A subtask cannot be a parent."))
        if db.session.scalar(sa.select(sa.literal(self.id).in_(lineage(parent_id)))):
            raise Invalid.field("parentId", _("A ticket cannot be its own ancestor."))

    def _refuse_children(self) -> None:
        if db.session.scalar(sa.select(Ticket.id).where(Ticket.parent_id == self.id).limit(1)):
            raise Invalid.field("type", _("A ticket with children cannot become a subtask."))


def _json_of_many(tickets: Sequence[Ticket]) -> Iterator[wire.Json]:
    from punt.models.together import as_json  # which imports tickets

    return as_json(tickets)


def _changes_family(fields: dict[str, Any]) -> bool:
    """Tell whether a rule about parents and children has to be checked."""
    return bool(fields.get("parent_id")) or fields.get("type") == TicketType.SUBTASK


def lineage(ticket_id: str) -> sa.Select[str]:
    """Select a ticket and its ancestors, each once: the walk ends even where a broken database has a cycle."""
    known = sa.select(Ticket.id, Ticket.parent_id).where(Ticket.id == ticket_id).cte("lineage", recursive=True)
    known = known.union(sa.select(Ticket.id, Ticket.parent_id).join(known, Ticket.id == known.c.parent_id))
    return sa.select(known.c.id)


def _last_rank(column: Column) -> str | None:
    return db.session.scalar(sa.select(sa.func.max(Ticket.rank)).where(Ticket.column_id == column.id))


def _free_rank(column: Column, rank: str) -> str:
    inside = sa.select(Ticket.rank).where(Ticket.column_id == column.id)
    above = db.session.scalar(inside.where(Ticket.rank <= rank).order_by(Ticket.rank.desc()).limit(1))
    below = db.session.scalar(inside.where(Ticket.rank > rank).order_by(Ticket.rank).limit(1))
    return between(above, below) if rank == above or is_long(rank) else rank


def _as_it_is_now(field: str, neighbour: Ticket | None) -> Ticket | None:
    """Reload a neighbour: before its column was locked, others may have moved or deleted it."""
    if neighbour is None:
        return None
    fresh = db.session.get(Ticket, neighbour.id, populate_existing=True)
    if fresh is None:
        raise Invalid.field(field, _("That ticket was deleted meanwhile."))
    return fresh


def _gap(
    others: sa.Select[str], column: Column, order: int | None, before: Ticket | None, after: Ticket | None
) -> tuple[str | None, str | None]:
    """Find the ranks right above and right below the requested place among the other tickets of a column."""
    first, last = others.order_by(Ticket.rank).limit(1), others.order_by(Ticket.rank.desc()).limit(1)
    for field, neighbour in (("before", before), ("after", after)):
        if neighbour is not None and neighbour.column_id != column.id:
            raise Invalid.field(field, _("That ticket is in another column."))
    if before is not None:
        return db.session.scalar(last.where(Ticket.rank < before.rank)), before.rank
    if after is not None:
        return after.rank, db.session.scalar(first.where(Ticket.rank > after.rank))
    if order is None:
        return db.session.scalar(last), None
    ranks = db.session.scalars(others.order_by(Ticket.rank).offset(max(order - 1, 0)).limit(2 if order else 1)).all()
    if order == 0:
        return None, ranks[0] if ranks else None
    if not ranks:
        return db.session.scalar(last), None
    return ranks[0], ranks[1] if len(ranks) > 1 else None


@sa.event.listens_for(Ticket, "before_update")
def _count_versions(_mapper: Any, _connection: Any, ticket: Ticket) -> None:
    """Restart the count with any change but spreading."""
    is_spread = sa.inspect(ticket).attrs.quiet_versions.history.has_changes()
    if not is_spread and db.session.is_modified(ticket, include_collections=False):
        ticket.quiet_versions = 0


@sa.event.listens_for(Ticket, "after_insert")
@sa.event.listens_for(Ticket, "after_update")
@sa.event.listens_for(Ticket, "after_delete")
def _forget_orders(*_: Any) -> None:
    orders.forget()

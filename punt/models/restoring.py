"""Restoring a deleted ticket with everything that belonged to it, and reporting what no longer exists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from punt.database import db
from punt.language import _, number, plural
from punt.models import wire
from punt.models.column import Column
from punt.models.label import Label
from punt.models.membership import Membership
from punt.models.project import Project
from punt.models.ticket import Ticket, TicketType, lineage
from punt.models.user import User

if TYPE_CHECKING:
    from punt.models.bin import BinnedTicket

AT_ONCE = 500
"""Ids that one statement looks up."""
LISTED = 5
"""Former children for whom it is reported one by one why they are not restored."""


@dataclass(frozen=True)
class Loss:
    """Something of a deleted ticket that could not be restored.

    :param field: its name on the wire; for former children, ``children``.
    :param before: what it was, as the audit trail keeps it.
    :param after: what it is instead.
    :param message: the same in words.
    """

    field: str
    before: Any
    after: Any
    message: str


def families_of(tickets: Sequence[Ticket]) -> dict[str, wire.Json]:
    """Return what the bin keeps of each ticket besides itself: the names of its column and parent, and its children.

    The children are locked until the commit: whoever joins or leaves the family meanwhile waits.
    """
    children = defaultdict[str | None, list[wire.Json]](list)
    for child in Ticket.held(Ticket.parent_id.in_([ticket.id for ticket in tickets])):
        children[child.parent_id].append({"id": child.id, "key": child.key})
    return {
        ticket.id: {
            "columnName": db.session.get_one(Column, ticket.column_id).name,
            "parentKey": db.session.get_one(Ticket, ticket.parent_id).key if ticket.parent_id else None,
            "children": children[ticket.id],
        }
        for ticket in tickets
    }


class Restoration:
    """One deleted ticket being restored.

    A link between a parent and a child is kept by whichever of the two is in the bin; when one is restored and the
    other is still there, that one keeps it. So it does not matter which is restored first.
    """

    def __init__(self, binned: BinnedTicket, project: Project) -> None:
        self._binned, self._project, self._was = binned, project, binned.content
        self._children = {child["id"]: child["key"] for child in self._was.get("children", ())}
        self._losses: list[Loss] = []
        self._ancestors: set[str] = set()
        family = {*self._children, self._was["parentId"]} - {None, binned.id}
        self._tickets = _hold(project, family)
        self._in_bin = binned.others(family - self._tickets.keys())
        self._tickets |= _hold(project, family - self._tickets.keys() - self._in_bin.keys())  # restored meanwhile

    def carry_out(self) -> Ticket:
        """Make it a ticket again: in its old place as far as that exists, with a version that was never seen."""
        column, rank = self._column_and_rank()
        fields = self._plain_fields() | {
            "labels": self._labels(),
            "parent_id": self._parent_id(),
            "assignee_id": self._assignee_id(),
        }
        self._ancestors = set(db.session.scalars(lineage(fields["parent_id"]))) if fields["parent_id"] else set()
        ticket = Ticket.bring_back(self._project, column, rank, self._was["version"] + 1, fields)
        db.session.delete(self._binned)
        db.session.flush()
        self._gather_children(ticket)
        ticket.losses = self._losses
        return ticket

    def _column_and_rank(self) -> tuple[Column, str | None]:
        columns = self._project.columns()
        if own := next((column for column in columns if column.id == self._was["columnId"]), None):
            return own, self._was["rank"]
        name, first = self._was.get("columnName"), self._project.first_column()
        if name:
            said = _("Its column “%(name)s” was deleted: it is in “%(now)s” now.", name=name, now=first.name)
        else:
            said = _("Its column was deleted: it is in “%(now)s” now.", now=first.name)
        self._lose("columnId", name, first.name, said)
        return first, None

    def _plain_fields(self) -> dict[str, Any]:
        was = self._was
        same = {"id", "number", "title", "description", "type", "priority", "estimate"}
        return {name: was[name] for name in same} | {
            "creator_id": self._binned.creator_id,
            "created_at": datetime.fromisoformat(was["createdAt"]),
            "story_points": was["storyPoints"],
            "start_date": _day(was["startDate"]),
            "due_date": _day(was["dueDate"]),
        }

    def _labels(self) -> list[Label]:
        had = {label["id"]: label.get("name", "") for label in self._was["labels"]}
        wanted = sa.select(Label).where(Label.project_id == self._project.id, Label.id.in_(had)).order_by(Label.id)
        found = list(db.session.scalars(wanted.with_for_update(read=True, key_share=True)))
        if gone := sorted(had[each] for each in had.keys() - {label.id for label in found}):
            names = ", ".join(_("“%(text)s”", text=name) for name in gone)
            said = plural(
                "Its label %(names)s was deleted.", "Its labels %(names)s were deleted.", len(gone), names=names
            )
            self._lose("labels", sorted(had.values()), sorted(label.name for label in found), said)
        return found

    def _assignee_id(self) -> str | None:
        assignee_id: str | None = self._was["assigneeId"]
        if assignee_id is None or Membership.of(self._project.id, assignee_id):
            return assignee_id
        person = db.session.get(User, assignee_id)
        if person:
            said = _("%(person)s is no longer a member: it is assigned to nobody.", person=person.name)
        else:
            said = _("The person it was assigned to has been deleted: it is assigned to nobody.")
        self._lose("assigneeId", assignee_id, None, said)
        return None

    def _parent_id(self) -> str | None:
        if (parent_id := self._was["parentId"]) is None:
            return None
        parent, binned = self._tickets.get(parent_id), self._in_bin.get(parent_id)
        if parent and parent.type != TicketType.SUBTASK:
            return parent.id
        if binned:
            binned.keep_child(self._binned)
        key = self._was.get("parentKey") or (binned.content["key"] if binned else _("another ticket"))
        if parent:
            said = _("It was part of %(key)s, which is a subtask now.", key=key)
        elif binned:
            said = _("It was part of %(key)s, which is in the bin.", key=key)
        else:
            said = _("It was part of %(key)s, which is gone.", key=key)
        self._lose("parentId", key, None, said)
        return None

    def _gather_children(self, ticket: Ticket) -> None:
        refused = {key: why for each, key in self._children.items() if (why := self._refuse_child(ticket, each, key))}
        db.session.flush()  # all at once
        if not refused:
            return
        keys = list(self._children.values())
        said, more = list(refused.values())[:LISTED], len(refused) - LISTED
        rest = [_("So it is with %(more)s more of its children.", more=number(more))] if more > 0 else []
        self._lose("children", keys, [key for key in keys if key not in refused], " ".join(said + rest))

    def _refuse_child(self, ticket: Ticket, child_id: str, key: str) -> str | None:
        """Make a former child its child again, or say why not."""
        if binned := self._in_bin.get(child_id):
            binned.keep_parent(ticket)
            return _("%(key)s, which was part of it, is in the bin.", key=key)
        child = self._tickets.get(child_id)
        if child is None:
            return _("%(key)s, which was part of it, is gone.", key=key)
        if child.parent_id:
            return _(
                "%(key)s is part of %(other)s now.", key=key, other=db.session.get_one(Ticket, child.parent_id).key
            )
        if ticket.type == TicketType.SUBTASK:
            return _("%(key)s cannot be part of it again, for it is a subtask.", key=key)
        if child.id in self._ancestors:
            return _("%(key)s cannot be part of it again, for it is itself part of %(key)s now.", key=key)
        child.parent_id = ticket.id
        return None

    def _lose(self, field: str, before: Any, after: Any, message: str) -> None:
        self._losses.append(Loss(field, before, after, message))


def _hold(project: Project, ids: Iterable[str]) -> dict[str, Ticket]:
    """Load the tickets with these ids that exist, and prevent others from changing them until the commit."""
    found = dict[str, Ticket]()
    for some in batches(ids):
        fresh = Ticket.held(Ticket.project_id == project.id, Ticket.id.in_(some))
        found |= {ticket.id: ticket for ticket in fresh}
    return found


def batches(ids: Iterable[str]) -> Iterator[list[str]]:
    """Split ids, in their order, into as many as one statement looks up."""
    wanted = sorted(ids)
    for start in range(0, len(wanted), AT_ONCE):
        yield wanted[start : start + AT_ONCE]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None

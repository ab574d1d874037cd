"""Who may do what: the one table of permissions, and the loaders that apply it.

Things are loaded only through here, so that to an outsider a forbidden one and a missing one look the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import TypeVar

import sqlalchemy as sa

from punt.access.identity import user
from punt.access.proofs import until_the_commit
from punt.database import db
from punt.errors import Forbidden, Invalid, Missing, existing
from punt.language import _, later
from punt.models import BinnedTicket, Column, Label, Membership, Project, Role, Ticket, User
from punt.models.locks import hold_family


class May(Enum):
    """Everything that can be allowed inside a project."""

    SEE = later("see the project")
    WORK = later("create, edit and move tickets")
    LABEL = later("edit labels")
    DELETE_OWN = later("delete own tickets")
    DELETE_ANY = later("delete any ticket")
    MANAGE = later("change columns and settings")
    MEMBERS = later("manage members")
    OWNERS = later("manage owners")
    OWN = later("delete the project")


_VIEWER = {May.SEE}
_MEMBER = _VIEWER | {May.WORK, May.LABEL, May.DELETE_OWN}
_ADMIN = _MEMBER | {May.DELETE_ANY, May.MANAGE, May.MEMBERS}
_OWNER = _ADMIN | {May.OWNERS, May.OWN}

PERMISSIONS: dict[Role, frozenset[May]] = {
    Role.VIEWER: frozenset(_VIEWER),
    Role.MEMBER: frozenset(_MEMBER),
    Role.ADMIN: frozenset(_ADMIN),
    Role.OWNER: frozenset(_OWNER),
}

WORKING = frozenset({May.WORK, May.LABEL, May.DELETE_OWN, May.DELETE_ANY, May.MANAGE})
"""What is done to a project's things; members are locked in another way, see :meth:`Grant.lock_members`."""

_TICKETS = sa.select(Ticket).where(Ticket.project_id == sa.bindparam("project_id"))
_TICKET = tuple(_TICKETS.where(column == sa.bindparam("reference")) for column in (Ticket.number, Ticket.id))
_HELD_TICKET = tuple(
    query.with_for_update(key_share=True).execution_options(populate_existing=True) for query in _TICKET
)
_OWN = sa.and_(Membership.project_id == Project.id, Membership.user_id == sa.bindparam("user_id"))
_PROJECT_AND_ROLE = (
    sa.select(Project, Membership.role)
    .outerjoin(Membership, _OWN)
    .where(sa.or_(Project.id == sa.bindparam("id"), Project.key == sa.bindparam("key")))
)

Thing = TypeVar("Thing", Column, Label, Membership)
Found = TypeVar("Found")


@dataclass(frozen=True)
class Grant:
    """A person inside a project: what is loaded through it belongs to that project."""

    user: User
    project: Project
    permissions: frozenset[May]

    def may(self, what: May) -> bool:
        """Tell whether something is allowed."""
        return what in self.permissions

    def require(self, what: May) -> Grant:
        """Continue only if something is allowed.

        :raises Forbidden: when it is not.
        """
        if not self.may(what):
            raise Forbidden(_("You may not %(what)s here.", what=_(what.value)))
        return self

    def may_delete(self, ticket: Ticket | BinnedTicket) -> bool:
        """Tell whether a ticket may be deleted, and restored: any ticket, or only one's own."""
        own = ticket.creator_id == self.user.id
        return self.may(May.DELETE_ANY) or (own and self.may(May.DELETE_OWN))

    def require_deletion(self, ticket: Ticket) -> None:
        """Continue only if this ticket may be deleted."""
        if not self.may_delete(ticket):
            raise Forbidden(_("You may delete only tickets that you created."))

    def require_restoring(self, binned: BinnedTicket) -> None:
        """Continue only if this ticket may be restored: by whoever could have deleted it."""
        if not self.may_delete(binned):
            raise Forbidden(_("You may restore only tickets that you created."))

    def lock_members(self) -> Grant:
        """Prevent others from changing the project's members until the commit; permissions are looked up again."""
        self.project.hold_members()
        return Grant(self.user, self.project, _permissions(self.user, self.project))

    def require_still(self, what: May) -> None:
        """Continue only if something is still allowed, and prevent others from revoking that until the commit."""
        Grant(self.user, self.project, _permissions(self.user, self.project, hold=True)).require(what)

    def may_manage(self, *roles: str) -> bool:
        """Tell whether members with these roles may be added, given another of them, and removed."""
        return self.may(May.OWNERS if Role.OWNER in roles else May.MEMBERS)

    def require_to_manage(self, *roles: str) -> None:
        """Continue only if members with these roles may be managed."""
        self.require(May.MEMBERS)
        if not self.may_manage(*roles):
            self.require(May.OWNERS)

    def require_removal(self, membership: Membership) -> None:
        """Continue only if this member may be removed: everybody may leave."""
        if membership.user_id != self.user.id:
            self.require_to_manage(membership.role)

    def membership(self, membership_id: str) -> Membership:
        """Load somebody's membership of this project."""
        return self._own(Membership, membership_id, "Member")

    def column(self, column_id: str) -> Column:
        """Load a column of this project."""
        return self._own(Column, column_id, "Column")

    def column_to_fill(self, column_id: str, *sources: str) -> Column:
        """Load a column as :meth:`column` does, and prevent others from placing tickets in it until the commit.

        :param sources: columns from which tickets will come.
        """
        return existing(Column.held(self.project.id, column_id, *sources), "Column")

    def label(self, label_id: str) -> Label:
        """Load a label of this project."""
        return self._own(Label, label_id, "Label")

    def ticket(self, reference: str) -> Ticket:
        """Load a ticket of this project by its id, its key or its number."""
        return self._ticket(reference, *_TICKET)

    def ticket_to_change(self, reference: str, *, family: bool = False) -> Ticket:
        """Load a ticket as :meth:`ticket` does, and prevent others from changing it until the commit.

        :param family: whether it may get another parent, or become a subtask.
        """
        if family:
            hold_family(self.project.id)
        return self._ticket(reference, *_HELD_TICKET)

    def tickets_to_change(self, ids: Sequence[str], *, family: bool = False) -> list[Ticket]:
        """Load several tickets of this project in the order given, to change them; all or none.

        :param family: whether they may get another parent, or become subtasks.
        """
        if family:
            hold_family(self.project.id)
        found = {ticket.id: ticket for ticket in Ticket.held(self._here(), Ticket.id.in_(ids))}
        return [existing(found.get(ticket_id), "Ticket") for ticket_id in dict.fromkeys(ids)]

    def ticket_to_delete(self, reference: str) -> Ticket:
        """Load a ticket as :meth:`ticket` does, and lock it with its children, who lose their parent."""
        return self.tickets_to_delete([self.ticket(reference).id])[0]

    def tickets_to_delete(self, ids: Sequence[str]) -> list[Ticket]:
        """Load several tickets to delete them, and lock them with their children, who lose their parents."""
        hold_family(self.project.id)
        Ticket.hold(self._here(), sa.or_(Ticket.id.in_(ids), Ticket.parent_id.in_(ids)))
        return self.tickets_to_change(ids)

    def require_all_here(self, ticket_ids: Iterable[str]) -> None:
        """Continue only if all are tickets of this project, including those in its bin."""
        known = (sa.select(model.id).where(model.project_id == self.project.id) for model in (Ticket, BinnedTicket))
        if set(ticket_ids) - set(db.session.scalars(sa.union_all(*known))):
            raise Missing("Ticket")

    def project_to_delete(self) -> Project:
        """Lock the project and everything in it, so that whoever is working there is finished first.

        :raises Forbidden: when it may not be deleted, or no longer.
        """
        self.require(May.OWN)
        Ticket.hold(self._here())
        self.project.columns_to_change()
        return self.lock_members().require(May.OWN).project

    def binned_to_change(self, reference: str) -> BinnedTicket:
        """Load a deleted ticket of this project from its bin, and prevent others from restoring it until the commit."""
        hold_family(self.project.id)  # which its restoration puts back together
        number = self._number_in(reference)
        named = BinnedTicket.number == number if number else BinnedTicket.id == reference
        kept = sa.select(BinnedTicket).where(BinnedTicket.project_id == self.project.id, named, BinnedTicket.is_kept())
        return existing(db.session.scalar(kept.with_for_update()), "Ticket")

    def member(self, user_id: str) -> User:
        """Load a person of this project."""
        membership = Membership.of(self.project.id, user_id)
        return existing(membership, "Person").user

    def require_still_member(self, user_id: str) -> None:
        """Continue only if a person still belongs to this project at the commit, and keep them in it until then."""
        if Membership.role_of(self.project.id, user_id, hold=True) is None:
            raise Missing("Person")

    def _here(self) -> sa.ColumnElement[bool]:
        return Ticket.project_id == self.project.id

    def _ticket(self, reference: str, by_number: sa.Select[Ticket], by_id: sa.Select[Ticket]) -> Ticket:
        number = self._number_in(reference)
        values = {"project_id": self.project.id, "reference": number or reference}
        return existing(db.session.scalar(by_number if number else by_id, values), "Ticket")

    def _number_in(self, reference: str) -> int | None:
        number = re.fullmatch(rf"(?:{self.project.key}-)?([1-9]\d{{0,8}})", reference, re.IGNORECASE)
        return int(number[1]) if number else None

    def _own(self, model: type[Thing], thing_id: str, what: str) -> Thing:
        thing = db.session.get(model, thing_id)
        return existing(thing if thing and thing.project_id == self.project.id else None, what)


SEEN_BY_ADMINS = sa.select(Project.id)
"""The ids of the projects that every system admin may see."""
SEEN_BY_MEMBERS = SEEN_BY_ADMINS.join(Membership)
"""The ids of the projects that somebody may see as a member, who is still to be named."""


def _seen() -> sa.Select[str]:
    return SEEN_BY_ADMINS if user().is_admin else SEEN_BY_MEMBERS.where(Membership.user_id == user().id)


def projects() -> Sequence[Project]:
    """List the projects that the person asking may see, by name."""
    seen = sa.select(Project).where(Project.id.in_(_seen()))
    return db.session.scalars(seen.order_by(sa.func.lower(Project.name), Project.id)).all()


def project_ids() -> set[str]:
    """List the ids of the projects that the person asking may see."""
    return set(db.session.scalars(_seen()))


def project(reference: str, what: May = May.SEE) -> Grant:
    """Load a project by its id or key, for whoever is asking.

    :raises SignInNeeded: when nobody is signed in.
    :raises Missing: when there is none, or none that this person may see.
    :raises Forbidden: when they may see it but not do this.
    """
    person = user()
    asked = {"id": reference, "key": reference.upper(), "user_id": person.id}
    found, role = db.session.execute(_PROJECT_AND_ROLE, asked).one_or_none() or (None, None)
    if found is None:
        raise Missing("Project")
    grant = Grant(person, found, _permissions_of(person, role)).require(what)
    if what in WORKING:
        until_the_commit(db.session(), partial(grant.require_still, what))
    return grant


def named(field: str, load: Callable[[str], Found], reference: str) -> Found:
    """Load what a field refers to; if it is missing, the error names the field."""
    try:
        return load(reference)
    except Missing as missing:
        raise Invalid.field(field, missing.message) from None


def _permissions(person: User, found: Project, *, hold: bool = False) -> frozenset[May]:
    role = None if person.is_admin else Membership.role_of(found.id, person.id, hold=hold)
    return _permissions_of(person, role)


def _permissions_of(person: User, role: str | None) -> frozenset[May]:
    """Return what a person may do who has a role in a project, or none.

    :raises Missing: when they may not even know that there is one.
    """
    if person.is_admin:
        return PERMISSIONS[Role.OWNER]
    if role is None:
        raise Missing("Project")
    return PERMISSIONS[Role(role)]

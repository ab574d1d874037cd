"""Everybody who has an account, and what admins do to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from punt.database import db
from punt.errors import Conflict, Detail
from punt.heavy.deadlines import unhurried
from punt.language import _
from punt.models.membership import Membership, Role
from punt.models.project import Project
from punt.models.seeking import holds
from punt.models.ticket import Ticket
from punt.models.together import LEAN, all_of, flushed
from punt.models.user import User
from punt.models.user_session import UserSession

WORDS = 8
"""Further words of a query are ignored."""


@dataclass(frozen=True)
class Footprint:
    """What would change if a person were deleted.

    :param assigned: how many tickets they are assigned to.
    :param created: how many tickets they have created.
    :param member_of: how many projects they belong to.
    :param alone_in: the projects that nobody else owns.
    """

    assigned: int
    created: int
    member_of: int
    alone_in: Sequence[Project]


def page_of(asked: str, limit: int, after: str | None) -> tuple[Sequence[User], str | None]:
    """List people by user name, and where to read on, if there are more.

    :param asked: a part of their user name, name or email; empty for everybody.
    :param after: the last user name, in lower case, of the page before.
    """
    query = sa.select(User).order_by(User.username_key)
    for word in asked.split()[:WORDS]:
        spots = (User.username, User.name, User.email)
        query = query.where(sa.or_(*(holds(spot, word.removeprefix("@")) for spot in spots)))
    if after:
        query = query.where(User.username_key > after)
    found = db.session.scalars(query.limit(limit + 1)).all()
    return found[:limit], found[limit - 1].username_key if len(found) > limit else None


def hold_admins() -> Sequence[str]:
    """Return the ids of the admins who can sign in, and prevent others from changing that until the commit."""
    query = sa.select(User.id).where(User.is_admin, User.is_active).order_by(User.id)
    return db.session.scalars(query.with_for_update(key_share=True)).all()


def change(person: User, fields: dict[str, Any]) -> None:
    """Change name, email and whether a person may sign in; absent fields stay as they are.

    :raises Conflict: when another person has the email, or nobody would be left to administer the server.
    """
    person.present_as(name=fields.get("name"))
    if "email" in fields:
        person.reach_at(fields["email"])
    if "is_active" in fields:
        set_active(person, fields["is_active"])


def set_active(person: User, active: bool) -> None:
    """Enable or disable a person; disabling signs them out everywhere.

    :raises Conflict: when they are the last admin.
    """
    if not active:
        _refuse_last_admin(person)
        UserSession.end_all(person)
    person.is_active = active


def make_admin(person: User, admin: bool) -> None:
    """Make a person a system admin, or end that.

    :raises Conflict: when they are the last admin.
    """
    if not admin:
        _refuse_last_admin(person)
    person.is_admin = admin


def give_password(person: User, password_hash: str) -> None:
    """Set a person's password; they are signed out everywhere."""
    person.password_hash = password_hash
    UserSession.end_all(person)


def footprint(person: User) -> Footprint:
    """Return what would change if a person were deleted."""

    def count(of: sa.ColumnElement[bool]) -> int:
        return db.session.scalar(sa.select(sa.func.count()).where(of)) or 0

    return Footprint(
        count(Ticket.assignee_id == person.id),
        count(Ticket.creator_id == person.id),
        count(Membership.user_id == person.id),
        _alone_in(person),
    )


def remove(person: User, heir: User | None) -> None:
    """Delete a person: their tickets are unassigned, and those they created have no creator.

    :param heir: who becomes an owner of the projects that only they own.
    :raises Conflict: when they are the last admin, or such a project has no heir.
    """
    unhurried(db.session())  # it changes all their tickets
    _refuse_last_admin(person)
    _hold_all_of(person)
    _hand_over(person, heir)
    for ticket in flushed(_held_that_name(person)):  # otherwise screens would not follow
        ticket.edit({name: None for name in ("assignee_id", "creator_id") if getattr(ticket, name) == person.id})
    for membership in db.session.scalars(sa.select(Membership).where(Membership.user_id == person.id)):
        db.session.delete(membership)
    UserSession.end_all(person)
    db.session.flush()
    db.session.delete(person)
    db.session.flush()


def _hand_over(person: User, heir: User | None) -> None:
    if not (projects := _alone_in(person)):
        return
    if heir is None or heir is person or not heir.is_active:
        names = ", ".join(project.key for project in projects)
        message = _(
            "%(names)s: say who owns what they alone own now. It must be another person who can sign in.", names=names
        )
        raise Conflict(message, Detail("heir", message))
    for project in projects:
        Membership.add(project, heir, Role.OWNER)


def _hold_all_of(person: User) -> None:
    """Lock everything that refers to a person, and then the person, to whom nothing can refer from then on.

    What came to refer to them in between is little, if anything, and is locked out of order.
    """
    _hold_what_names(person)
    db.session.execute(sa.select(User.id).where(User.id == person.id).with_for_update())
    _hold_what_names(person)


def _hold_what_names(person: User) -> None:
    """Lock a person's tickets, and the members of their projects, so that the last two owners cannot leave at once."""
    Ticket.hold(_names(person))
    own = sa.select(Membership.project_id).where(Membership.user_id == person.id)
    projects = sa.select(Project.id).where(Project.id.in_(own)).order_by(Project.id)
    db.session.execute(projects.with_for_update(key_share=True))


def _held_that_name(person: User) -> Sequence[Ticket]:
    theirs = sa.select(Ticket).where(_names(person)).order_by(Ticket.id).options(LEAN)
    return all_of(theirs.with_for_update(key_share=True).execution_options(populate_existing=True))


def _names(person: User) -> sa.ColumnElement[bool]:
    return sa.or_(Ticket.assignee_id == person.id, Ticket.creator_id == person.id)


def _alone_in(person: User) -> Sequence[Project]:
    other = aliased(Membership)
    beside = sa.exists().where(
        other.project_id == Project.id, other.user_id != person.id, other.role == Role.OWNER.value
    )
    own = sa.select(Project).join(Membership).where(Membership.user_id == person.id, ~beside)
    return db.session.scalars(own.where(Membership.role == Role.OWNER.value).order_by(Project.key)).all()


def _refuse_last_admin(person: User) -> None:
    if list(hold_admins()) == [person.id]:
        raise Conflict(_("This is the last administrator who can sign in. Make somebody else one first."))

"""Who belongs to a project, in which role."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from punt.database import Base, Timestamp, db, new_id, now
from punt.errors import Conflict, Detail, Invalid
from punt.events.beginnings import Begins, mark
from punt.events.publication import Change, Draft, Publication, recheck
from punt.language import _
from punt.models import topics, wire
from punt.models.user import User

if TYPE_CHECKING:
    from punt.models.project import Project


class Role(StrEnum):
    """A member's role; ``access.grants`` says what each may do."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    VIEWER = "viewer"


def _mark_the_beginning(membership: Membership, change: Change, _: frozenset[str]) -> Iterable[Draft]:
    """Earlier events of the project are not for the member, unless they founded it."""
    if change is Change.CREATED and not membership.founding:
        yield mark(Begins.MEMBERSHIP, topics.access(membership.user_id), membership.project_id)


def _tell_the_member(membership: Membership, change: Change, _: frozenset[str]) -> Iterable[Draft]:
    """For the member, the project appears in or disappears from the list of projects."""
    who = (membership.user_id,)
    if change is Change.CREATED and not membership.founding:
        project = wire.project(membership.project)
        yield Draft("project.created", topics.PROJECTS, project, project_id=membership.project_id, audience=who)
    if change is Change.DELETED and not membership.user.is_admin:
        gone = {"id": membership.project_id}
        yield Draft("project.deleted", topics.PROJECTS, gone, project_id=membership.project_id, audience=who)
    yield recheck(topics.access(membership.user_id))


class Membership(Base):
    """One person's membership of one project."""

    __tablename__ = "membership"
    __table_args__ = (sa.UniqueConstraint("project_id", "user_id"),)
    __publication__ = Publication(
        noun="member",
        topic=lambda membership: topics.project(membership.project_id),
        data=wire.membership,
        project=lambda membership: membership.project_id,
        first=_mark_the_beginning,
        also=_tell_the_member,
    )

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(sa.ForeignKey("project.id", ondelete="CASCADE"))
    user_id: Mapped[str] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(sa.String(10))
    created_at: Mapped[datetime] = mapped_column(Timestamp, default=now)
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)
    project: Mapped[Project] = relationship()

    founding = False
    """Whether it was created with the project itself, so that it is no news for the member."""

    @classmethod
    def of(cls, project_id: str, user_id: str) -> Membership | None:
        """Find a person's membership of a project."""
        return db.session.scalar(_ONE, {"project_id": project_id, "user_id": user_id})

    @classmethod
    def role_of(cls, project_id: str, user_id: str, *, hold: bool = False) -> Role | None:
        """Look up somebody's role in a project.

        :param hold: whether to prevent others from changing that until the commit.
        """
        role = db.session.scalar(_HELD_ROLE if hold else _ROLE, {"project_id": project_id, "user_id": user_id})
        return None if role is None else Role(role)

    @classmethod
    def invite(cls, project: Project, username: str, role: Role) -> Membership:
        """Add somebody to a project by user name.

        :raises Invalid: when nobody who can sign in has that name.
        :raises Conflict: when they are a member already.
        """
        person = User.named(username)
        if person is None or not person.is_active:
            raise Invalid.field("username", _("There is nobody called %(username)s.", username=username))
        if cls.of(project.id, person.id):
            sentence = _("%(person)s is in this project already.", person=person.name)
            raise Conflict(sentence, Detail("username", sentence))
        return cls.add(project, person, role)

    @classmethod
    def add(cls, project: Project, user: User, role: Role, *, founding: bool = False) -> Membership:
        """Add a person to a project, or change the role of a member."""
        membership = cls.of(project.id, user.id)
        if membership is None:
            membership = cls(project=project, user=user, role=role.value)
            membership.founding = founding
            db.session.add(membership)
        else:
            project.hold_members()
            membership.become(role)
        return membership

    def become(self, role: Role) -> None:
        """Give the member another role; the caller has locked the members.

        :raises Conflict: when they are the last owner.
        """
        if role is not Role.OWNER:
            self._refuse_if_last_owner()
        self.role = role.value

    def end(self) -> None:
        """Remove the member; the caller has locked the members. Tickets keep their name, presence does not.

        :raises Conflict: when they are the last owner.
        """
        from punt.models.presence import PresenceLease  # leases import projects

        self._refuse_if_last_owner()
        db.session.delete(self)
        PresenceLease.end_all(self.project, self.user)

    def _refuse_if_last_owner(self) -> None:
        others = sa.select(Membership.id).where(Membership.project_id == self.project_id, Membership.id != self.id)
        owns = self.role == Role.OWNER
        if owns and db.session.scalar(others.where(Membership.role == Role.OWNER.value).limit(1)) is None:
            raise Conflict(_("A project keeps at least one owner."))


_ONE = sa.select(Membership).where(
    Membership.project_id == sa.bindparam("project_id"), Membership.user_id == sa.bindparam("user_id")
)
_ROLE = _ONE.with_only_columns(Membership.role)
_HELD_ROLE = _ROLE.with_for_update(read=True)

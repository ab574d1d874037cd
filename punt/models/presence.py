"""Who has a project open, and which ticket for editing: leases that expire by themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from punt.database import SKEW, Base, Timestamp, db, now
from punt.events import capture
from punt.events.publication import Draft
from punt.models import topics, wire
from punt.models.project import Project
from punt.models.rate import RateCounter
from punt.models.user import User
from punt.models.user_session import UserSession

TERM = timedelta(seconds=45)
"""How long a lease lasts; pages renew theirs every 20 seconds."""
FRESH = timedelta(seconds=10)
"""A lease younger than this is not written again, however often its page asks."""
CHANGES, WINDOW = 120, 60
"""Changes that one person may make in so many seconds: each is an event for everybody there."""


class PresenceLease(Base):
    """One page of one person that has a project open."""

    __tablename__ = "presence_lease"

    project_id: Mapped[str] = mapped_column(sa.ForeignKey("project.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[str] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    tab_id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    ticket_id: Mapped[str | None] = mapped_column(sa.ForeignKey("ticket.id", ondelete="SET NULL"))
    session_id: Mapped[str | None] = mapped_column(sa.String(26))  # no foreign key: who comes never waits for who goes
    expires_at: Mapped[datetime] = mapped_column(Timestamp)
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    @classmethod
    def take(
        cls, project: Project, user: User, tab_id: str, *, ticket_id: str | None, session_id: str | None
    ) -> wire.Json:
        """Take or renew a lease and return who is there.

        :param tab_id: the page's name among those of its person.
        :param ticket_id: which ticket it is editing, if any.
        :param session_id: the session it ends with, unless its person used an API token.
        :raises TooMany: when its person has changed it too often.
        """
        leases, moment = cls._of(project), now()
        what = {"user_id": user.id, "tab_id": tab_id, "ticket_id": ticket_id, "session_id": session_id}
        own = next((lease for lease in leases if all(getattr(lease, name) == what[name] for name in what)), None)
        if own and all(moment < lease.expires_at <= moment + TERM + SKEW for lease in leases):
            if own.expires_at < moment + TERM - FRESH:
                own.expires_at = moment + TERM
            return wire.presence(leases)
        RateCounter.count(f"presence {user.id}", limit=CHANGES, seconds=WINDOW)
        lease = cls(**what, project_id=project.id, expires_at=moment + TERM)
        return cls._change(project, partial(db.session.merge, lease))

    @classmethod
    def give_back(cls, project: Project, user: User, tab_id: str) -> None:
        """End a lease before it expires."""
        cls._change(project, partial(cls._end, project, cls.user_id == user.id, cls.tab_id == tab_id))

    @classmethod
    def end_all(cls, project: Project, user: User) -> None:
        """End all leases of a person who may no longer be there."""
        cls._change(project, partial(cls._end, project, cls.user_id == user.id))

    @classmethod
    def end_with(cls, session: UserSession) -> None:
        """End all leases of a session that ends.

        This locks no project: whoever ends a session may hold locks that holders of a project's lock wait for. If
        somebody comes or goes at the same moment, presence may be wrong until pages renew their leases.
        """
        own = cls.session_id == session.id
        projects = sa.select(Project).where(Project.id.in_(sa.select(cls.project_id).where(own)))
        for project in db.session.scalars(projects.order_by(Project.id)):
            cls._tell(project, partial(cls._end, project, own))

    @classmethod
    def _change(cls, project: Project, change: Callable[[], object]) -> wire.Json:
        """Change the leases of a project, exclusively, and end those that have expired."""
        db.session.execute(sa.select(Project.id).where(Project.id == project.id).with_for_update(key_share=True))
        return cls._tell(project, change, partial(cls._end, project, cls._is_over()))

    @classmethod
    def _tell(cls, project: Project, *changes: Callable[[], object]) -> wire.Json:
        """Change the leases of a project, and announce who is there now if that has changed."""
        before = wire.presence(cls._of(project))
        for change in changes:
            change()
        after = wire.presence(cls._of(project))
        if after != before:
            draft = Draft("presence.changed", topics.project(project.id), after, project_id=project.id)
            capture.announce(db.session(), draft)
        return after

    @classmethod
    def _end(cls, project: Project, *which: sa.ColumnElement[bool]) -> None:
        over = sa.delete(cls).where(cls.project_id == project.id, *which)
        db.session.execute(over.execution_options(synchronize_session=False))

    @classmethod
    def _is_over(cls) -> sa.ColumnElement[bool]:
        """Select the leases that have expired, or were written by a clock that was ahead."""
        moment = now()
        return (cls.expires_at <= moment) | (cls.expires_at > moment + TERM + SKEW)

    @classmethod
    def _of(cls, project: Project) -> Sequence[PresenceLease]:
        query = sa.select(cls).where(cls.project_id == project.id)
        return db.session.scalars(query.execution_options(populate_existing=True)).all()

"""A person's signed-in browser, kept on the server so that it can be ended from anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from punt.database import Base, Timestamp, db, now, random_text
from punt.events.publication import Change, Draft, Publication, recheck
from punt.models import topics
from punt.models.api_token import ApiToken
from punt.models.user import User


def _ended(session: UserSession, change: Change, _: frozenset[str]) -> Iterable[Draft]:
    if change is Change.DELETED:
        yield recheck(topics.access(session.user_id))


def unguessable() -> str:
    """Make an id of 130 random bits: other ids begin with the time."""
    return random_text(26)


class UserSession(Base):
    """One sign-in; its id is in the signed cookie."""

    __tablename__ = "user_session"
    __publication__ = Publication(noun=None, also=_ended)

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=unguessable)
    user_id: Mapped[str] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(Timestamp, default=now)
    expires_at: Mapped[datetime] = mapped_column(Timestamp)
    used_at: Mapped[datetime | None] = mapped_column(Timestamp, default=now)
    agent: Mapped[str | None] = mapped_column(sa.String(60))
    address: Mapped[str | None] = mapped_column(sa.String(64))
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        """Whether it still authenticates its person."""
        return self.expires_at > now() and self.user.is_active

    def get_id(self) -> str:
        """Return what the cookie contains."""
        return self.id

    @classmethod
    def known_as(cls, session_id: str) -> UserSession | None:
        """Find a session by what the cookie contains, if it still authenticates its person."""
        found = db.session.scalar(_BY_ID, {"id": session_id})
        return found if found and found.is_active else None

    @classmethod
    def begin(cls, user: User, seconds: int, *, agent: str | None = None, address: str | None = None) -> UserSession:
        """Sign a person in; their expired sessions are removed.

        :param seconds: how long it lasts.
        :param agent: the browser's name, in a few words.
        :param address: its network address.
        """
        for over in cls._in_order(cls.user_id == user.id, cls.expires_at <= now()):
            over.end()
        session = cls(user=user, expires_at=now() + timedelta(seconds=seconds), agent=agent, address=address)
        db.session.add(session)
        return session

    def goes_on(self) -> bool:
        """Check again that nobody has ended it meanwhile."""
        return db.session.scalar(sa.select(UserSession.id).where(UserSession.id == self.id)) is not None

    def end(self) -> None:
        """Sign its person out of its browser, whose pages are no longer present anywhere."""
        from punt.models.presence import PresenceLease  # leases import sessions

        PresenceLease.end_with(self)
        db.session.delete(self)

    @classmethod
    def of(cls, user: User) -> Sequence[UserSession]:
        """List where a person is signed in, newest first."""
        query = sa.select(cls).where(cls.user_id == user.id, cls.expires_at > now())
        return db.session.scalars(query.order_by(cls.created_at.desc(), cls.id.desc())).all()

    @classmethod
    def end_all(cls, user: User, but: UserSession | None = None) -> None:
        """End all sessions and API tokens of a person, except perhaps one session: for when their password changes."""
        ApiToken.end_all(user)
        cls._end(user, but)

    @classmethod
    def end_others(cls, own: UserSession) -> None:
        """Sign a person out everywhere but here."""
        cls._end(own.user, own)

    @classmethod
    def _end(cls, user: User, but: UserSession | None) -> None:
        for session in cls._in_order(cls.user_id == user.id):
            if session is not but:
                session.end()

    @classmethod
    def _in_order(cls, *which: sa.ColumnElement[bool]) -> Sequence[UserSession]:
        return db.session.scalars(sa.select(cls).where(*which).order_by(cls.id)).all()


_BY_ID = sa.select(UserSession).where(UserSession.id == sa.bindparam("id"))

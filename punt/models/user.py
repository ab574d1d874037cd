"""A person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from punt.database import Base, Timestamp, db, new_id, now
from punt.errors import Conflict, Detail
from punt.events.beginnings import Begins, mark
from punt.events.publication import Change, Draft, Publication, recheck
from punt.language import _
from punt.models import topics, wire
from punt.models.palette import AVATARS, pick
from punt.models.texts import folded, key_of, visible

_GATES = frozenset({"is_active", "is_admin", "password_hash"})


def _mark_the_beginning(user: User, change: Change, attributes: frozenset[str]) -> Iterable[Draft]:
    """Events from before the account, while it was disabled, or before its person was an admin are not for them."""
    if change is Change.DELETED:
        return
    if user.is_active and (change is Change.CREATED or "is_active" in attributes):
        yield mark(Begins.ACCOUNT, topics.access(user.id))
    if user.is_admin and (change is Change.CREATED or "is_admin" in attributes):
        yield mark(Begins.ADMINISTRATION, topics.access(user.id))


def _gates_changed(user: User, change: Change, attributes: frozenset[str]) -> Iterable[Draft]:
    if change is not Change.CREATED and (change is Change.DELETED or attributes & _GATES):
        yield recheck(topics.access(user.id))


class User(Base):
    """A person who can sign in. The user name is unique regardless of case."""

    __tablename__ = "user"
    __publication__ = Publication(
        noun="user",
        topic=lambda _: topics.USERS,
        data=wire.user,
        told=frozenset({Change.UPDATED}),
        silent=_GATES | {"updated_at", "created_at", "email", "language", "username_key"},
        names={"picture_hash": "avatarUrl"},
        first=_mark_the_beginning,
        also=_gates_changed,
    )

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    username: Mapped[str] = mapped_column(sa.String(30))
    username_key: Mapped[str] = mapped_column(sa.String(30), unique=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    email: Mapped[str | None] = mapped_column(sa.String(254), unique=True)
    avatar_color: Mapped[str] = mapped_column(sa.String(7))
    picture_hash: Mapped[str | None] = mapped_column(sa.String(64))
    language: Mapped[str | None] = mapped_column(sa.String(8))
    password_hash: Mapped[str] = mapped_column(sa.String(255))
    is_admin: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Timestamp, default=now)
    updated_at: Mapped[datetime] = mapped_column(Timestamp, default=now, onupdate=now)

    @classmethod
    def enrol(cls, *, username: str, name: str, email: str | None, password_hash: str, is_admin: bool = False) -> User:
        """Add a person.

        :raises Conflict: when the user name or the email is taken.
        """
        if cls.named(username):
            raise Conflict(_("This username is taken."), Detail("username", _("This username is taken.")))
        _refuse_taken_email(email, None)
        user = cls(
            username=username,
            username_key=username.lower(),
            name=name,
            email=email,
            avatar_color=pick(AVATARS, username.lower()),
            password_hash=password_hash,
            is_admin=is_admin,
        )
        db.session.add(user)
        db.session.flush()
        return user

    @classmethod
    def named(cls, username: str) -> User | None:
        """Find a person by user name, regardless of case."""
        return db.session.scalar(sa.select(cls).where(cls.username_key == key_of(username)))

    @classmethod
    def known_as(cls, login: str) -> User | None:
        """Find a person by what they type to sign in: the user name or the email."""
        seen = visible(login)
        email = sa.select(cls).where(cls.email.in_({folded(seen), seen.lower()}))
        return cls.named(login) or (db.session.scalar(email) if "@" in login else None)

    @classmethod
    def any_exist(cls) -> bool:
        """Tell whether PUNT has been set up."""
        return db.session.scalar(sa.select(cls.id).limit(1)) is not None

    def present_as(self, *, name: str | None = None, avatar_color: str | None = None) -> None:
        """Change what others see of this person."""
        self.name = name or self.name
        self.avatar_color = avatar_color or self.avatar_color

    def reach_at(self, email: str | None) -> None:
        """Change the email.

        :raises Conflict: when another person has it.
        """
        _refuse_taken_email(email, self.id)
        self.email = email


def _refuse_taken_email(email: str | None, own_id: str | None) -> None:
    if email is None:
        return
    holder = db.session.scalar(sa.select(User.id).where(User.email == email))
    if holder and holder != own_id:
        raise Conflict(_("This email is taken."), Detail("email", _("This email is taken.")))

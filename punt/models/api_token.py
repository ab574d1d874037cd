"""What a person's programs present instead of signing in."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from punt.database import Base, Timestamp, db, new_id, now
from punt.errors import Conflict
from punt.events.publication import Change, Draft, Publication, recheck
from punt.language import _
from punt.models import topics
from punt.models.user import User

PREFIX = "punt_"
"""Lets secret scanners recognise a token in published code."""
MOST = 50
"""Tokens of one person."""
NEVER = datetime.max.replace(tzinfo=UTC)
"""The expiry of a token that never expires."""


class Scope(StrEnum):
    """What a token may do."""

    READ = "read"
    WRITE = "write"


def _ended(token: ApiToken, change: Change, _: frozenset[str]) -> Iterable[Draft]:
    if change is Change.DELETED:
        yield recheck(topics.access(token.user_id))


class ApiToken(Base):
    """One token. Only a plain hash of it is stored: 256 random bits cannot be guessed, however fast one tries."""

    __tablename__ = "api_token"
    __publication__ = Publication(noun=None, also=_ended)

    id: Mapped[str] = mapped_column(sa.String(26), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(sa.String(50))
    scope: Mapped[str] = mapped_column(sa.String(10))
    hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(Timestamp, default=now)
    expires_at: Mapped[datetime | None] = mapped_column(Timestamp)
    used_at: Mapped[datetime | None] = mapped_column(Timestamp)
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        """Whether it still authenticates its person."""
        return (self.expires_at or NEVER) > now() and self.user.is_active

    @property
    def may_write(self) -> bool:
        """Whether it allows changes, too."""
        return self.scope == Scope.WRITE

    @classmethod
    def issue(cls, user: User, *, name: str, scope: Scope, days: int | None) -> tuple[ApiToken, str]:
        """Create a token; its secret is returned beside it, and cannot be retrieved again.

        :param days: how long it is valid; None: until it is revoked.
        :raises Conflict: when the person has too many.
        """
        db.session.execute(sa.select(User.id).where(User.id == user.id).with_for_update(key_share=True))
        if len(cls.of(user)) >= MOST:
            raise Conflict(_("You have %(most)s API tokens. End one that you no longer need.", most=MOST))
        secret = PREFIX + secrets.token_hex(32)
        expires_at = now() + timedelta(days=days) if days else None
        token = cls(user=user, name=name, scope=scope.value, hash=_hash(secret), expires_at=expires_at)
        db.session.add(token)
        return token, secret

    @classmethod
    def of(cls, user: User) -> Sequence[ApiToken]:
        """List a person's tokens, newest first."""
        query = sa.select(cls).where(cls.user_id == user.id).order_by(cls.created_at.desc(), cls.id.desc())
        return db.session.scalars(query).all()

    @classmethod
    def known_as(cls, secret: str) -> ApiToken | None:
        """Find a valid token by its secret."""
        found = db.session.scalar(_BY_HASH, {"hash": _hash(secret)})
        return found if found and found.is_active else None

    @classmethod
    def end_all(cls, user: User) -> None:
        """Revoke all tokens of a person."""
        for token in cls.of(user):
            db.session.delete(token)


_BY_HASH = sa.select(ApiToken).where(ApiToken.hash == sa.bindparam("hash"))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()

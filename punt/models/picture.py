"""The picture that a person has instead of their initials."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from punt.database import Base, db
from punt.models.user import User


class Picture(Base):
    """One person's picture; it is in the database, so that a backup contains it."""

    __tablename__ = "picture"

    user_id: Mapped[str] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    hash: Mapped[str] = mapped_column(sa.String(64), index=True)
    content: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)

    @classmethod
    def set_for(cls, user: User, content: bytes) -> None:
        """Give a person a picture; its address is derived from its content.

        :param content: a WebP.
        """
        digest = hashlib.sha256(content).hexdigest()
        if user.picture_hash != digest:
            db.session.merge(cls(user_id=user.id, hash=digest, content=content))
            user.picture_hash = digest

    @classmethod
    def remove_from(cls, user: User) -> None:
        """Remove a person's picture."""
        db.session.execute(sa.delete(cls).where(cls.user_id == user.id))
        user.picture_hash = None

    @classmethod
    def content_of(cls, digest: str) -> bytes | None:
        """Find a picture by its hash."""
        return db.session.scalar(sa.select(cls.content).where(cls.hash == digest).limit(1))

"""Submitted forms, and how they were answered."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from punt.database import Base, Timestamp, now

KEPT = timedelta(hours=1)
"""How long a repeated form gets the same answer; after that it is a new submission."""


class Submission(Base):
    """A form whose work is done; written in the transaction that did it.

    :ivar key: a hash of who submitted what from which page.
    :ivar answer: encrypted, so that only a client with the form can read it; None until that request is answered.
    """

    __tablename__ = "submission"

    key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    answer: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Timestamp, default=now, index=True)

    @classmethod
    def forget_old(cls, connection: sa.Connection, most: int) -> int:
        """Delete up to so many forms that no longer get the same answer; return how many those were."""
        old = sa.select(cls.key).where(cls.created_at < now() - KEPT).limit(most)
        return connection.execute(sa.delete(cls).where(cls.key.in_(old))).rowcount

"""Creating once, however often the request arrives."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from punt.database import Base, Timestamp, db, now

KEPT = timedelta(days=1)


class IdempotencyKey(Base):
    """A key that a person sent with a creation, and what was created."""

    __tablename__ = "idempotency_key"

    user_id: Mapped[str] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    request_hash: Mapped[str] = mapped_column(sa.String(64))
    ticket_id: Mapped[str] = mapped_column(sa.String(26))
    created_at: Mapped[datetime] = mapped_column(Timestamp, default=now)

    @classmethod
    def of(cls, user_id: str, key: str) -> IdempotencyKey | None:
        """Find a key that a person used recently."""
        db.session.execute(sa.delete(cls).where(cls.user_id == user_id, cls.created_at < now() - KEPT))
        return db.session.get(cls, (user_id, key))

"""Forms that were sent, and what they were answered."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from punt.database import Base, Timestamp, now

KEPT = timedelta(hours=1)
"""How long a form that comes again is answered as before; afterwards somebody means it anew."""


class Submission(Base):
    """A form whose work is done; it stands in the transaction that did it.

    :ivar key: a hash of who sent what from which page.
    :ivar answer: sealed, so that only who has the form can read it; None until that request is answered.
    """

    __tablename__ = "submission"

    key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    answer: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Timestamp, default=now, index=True)

    @classmethod
    def forget_old(cls, connection: sa.Connection, most: int) -> int:
        """Forget up to so many forms that are not answered as before any more; return how many those were."""
        old = sa.select(cls.key).where(cls.created_at < now() - KEPT).limit(most)
        return connection.execute(sa.delete(cls).where(cls.key.in_(old))).rowcount

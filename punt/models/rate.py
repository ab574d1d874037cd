"""Counting attempts in fixed windows, exact across workers because the database counts."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable
from contextlib import suppress

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from punt.database import SKEW, Base, db
from punt.errors import Busy, TooMany
from punt.language import _

LONGEST = 86_400
"""Seconds of the longest window that anything is counted in."""

TIMES = 5
"""How often a bucket is looked up that others begin and forgive at the same moment."""


class RateCounter(Base):
    """The attempts of one bucket in the current window."""

    __tablename__ = "rate_counter"

    bucket: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    window_ends: Mapped[int] = mapped_column(sa.BigInteger)
    tries: Mapped[int]

    @classmethod
    def count(cls, name: str, *, limit: int, seconds: int) -> None:
        """Count one attempt.

        :param name: what is limited, for whom; stored only as a hash.
        :param limit: attempts allowed in one window.
        :param seconds: length of a window.
        :raises TooMany: with the seconds until the window ends.
        """
        bucket, present = _bucket(name), int(time.time())
        counter = cls._held(bucket)
        if not present < counter.window_ends <= _latest_end(present, seconds):
            counter.window_ends, counter.tries = present + seconds, 0
        counter.tries += 1
        if counter.tries > limit:
            raise _too_many(counter.window_ends - present, seconds)

    @classmethod
    def refuse_spent(cls, limits: Iterable[tuple[str, int]], *, seconds: int) -> None:
        """Check, without counting, whether buckets have attempts left.

        :param limits: what is limited, for whom, and the attempts allowed in one window.
        :param seconds: length of a window.
        :raises TooMany: with the seconds until the window of a bucket ends that has none.
        """
        most, present = {_bucket(name): limit for name, limit in limits}, int(time.time())
        is_running = (cls.window_ends > present) & (cls.window_ends <= _latest_end(present, seconds))
        running = sa.select(cls.bucket, cls.tries, cls.window_ends).where(cls.bucket.in_(most), is_running)
        for bucket, tries, ends in db.session.execute(running):
            if tries >= most[bucket]:
                raise _too_many(ends - present, seconds)

    @classmethod
    def _held(cls, bucket: str) -> RateCounter:
        """Load a bucket to count in it, or begin it; others may begin and forgive it at every step."""
        for _try in range(TIMES):
            if counter := db.session.get(cls, bucket, with_for_update=True):
                return counter
            with suppress(IntegrityError), db.session.begin_nested():
                db.session.add(cls(bucket=bucket, window_ends=0, tries=0))
        raise Busy

    @classmethod
    def forgive(cls, name: str) -> None:
        """Forget the attempts of a bucket."""
        db.session.execute(sa.delete(cls).where(cls.bucket == _bucket(name)))

    @classmethod
    def give_back(cls, name: str) -> None:
        """Uncount one attempt of a bucket."""
        db.session.execute(sa.update(cls).where(cls.bucket == _bucket(name), cls.tries > 0).values(tries=cls.tries - 1))

    @classmethod
    def forget_over(cls, connection: sa.Connection, most: int) -> int:
        """Remove up to so many counters whose window is over, and return how many those were."""
        present = int(time.time())
        is_over = (cls.window_ends <= present) | (cls.window_ends > _latest_end(present, LONGEST))
        over = sa.select(cls.bucket).where(is_over).limit(most)
        return connection.execute(sa.delete(cls).where(cls.bucket.in_(over))).rowcount


def _bucket(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def _latest_end(present: int, seconds: int) -> int:
    """Return when a window ends at the latest: if it ends later, a clock that was ahead began it, and it is over."""
    return present + seconds + int(SKEW.total_seconds())


def _too_many(left: int, seconds: int) -> TooMany:
    return TooMany(_("Too many tries. Please wait a little."), min(left, seconds))

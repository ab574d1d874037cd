"""One subscriber's life: opening, replay, live, keepalive, end."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from punt.database import now
from punt.events import sse
from punt.events.cursor import Cursor
from punt.events.hub import End, Frame, Hub, Subscriber
from punt.events.log import Entry, EventLog, iso

PAGE = 500
RETRY_MS = 1000


class AccessLost(Exception):
    """The person may not listen any more."""


@dataclass(frozen=True)
class Subscription:
    """What a stream listens to and on whose behalf, in plain values.

    :param topics: topics of the log.
    :param names: what an event's audience may call the listener.
    :param check: proves that the listener may still listen, on the connection it is given, and returns the test
        "may it have this event of the past?"; raises :class:`AccessLost`. Asked at every page of a replay and after
        every event that may have changed someone's access.
    :param expires_at: when the listener's session is over.
    """

    topics: frozenset[str]
    names: frozenset[str]
    check: Callable[[sa.Connection], Callable[[Entry], bool]]
    expires_at: datetime


@dataclass
class Stream:
    """The bytes of one stream, as an iterator; it holds no database connection while it waits.

    :param cursor: what the client sent as its place, or None to begin with what happens next.
    :param keepalive: seconds of silence after which a sign of life is sent.
    :param lifetime: seconds after which the stream ends by itself; coming back costs nothing.
    """

    engine: sa.Engine
    log: EventLog
    hub: Hub
    subscription: Subscription
    cursor: str | None
    keepalive: float
    lifetime: float
    _subscriber: Subscriber = field(init=False)
    _at: Cursor = field(init=False)

    def __post_init__(self) -> None:
        self._subscriber = Subscriber(self.subscription.topics, self.subscription.names)
        left = (self.subscription.expires_at - now()).total_seconds()
        self._ends = time.monotonic() + min(left, self.lifetime * random.uniform(0.8, 1.0))

    def open(self) -> None:
        """Take a place in the hub; from here on nothing is missed. Whoever opens also closes."""
        self.hub.join(self._subscriber)

    def close(self) -> None:
        """Give the place back; safe to call twice."""
        self.hub.leave(self._subscriber)

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield self._opening()
            yield from self._replay()
            while not self._subscriber.end:
                yield from self._live()
            yield sse.retry(retry_hint(self._subscriber.end))
        except AccessLost:
            self._subscriber.end = End.ACCESS
        finally:
            self.close()

    def _opening(self) -> bytes:
        with self.engine.connect() as connection:
            head, floor = self.log.head(connection), self.log.floor(connection)
        asked = Cursor.parse(self.cursor) if self.cursor else head
        reason = self._cannot_continue(asked, head, floor)
        self._at = asked if asked and not reason else head
        opening = sse.opening(self._at, RETRY_MS)
        return opening + self._reset(reason) if reason else opening

    def _cannot_continue(self, asked: Cursor | None, head: Cursor, floor: int) -> str | None:
        if asked is None:
            return "malformed"
        if asked.epoch != head.epoch:
            return "epoch"
        if asked.position > head.position:
            return "future"
        return "expired" if asked.position < floor else None

    def _reset(self, reason: str) -> bytes:
        text = {"type": "stream.reset", "data": {"reason": reason}, "tabId": None, "timestamp": iso(now())}
        return sse.message(self._at, json.dumps(text, separators=(",", ":")))

    def _replay(self) -> Iterator[bytes]:
        """Send what the log holds after the stream's place, page by page, up to the head of each moment."""
        self._subscriber.behind = False
        while not self._subscriber.end:
            with self.engine.connect() as connection:
                may_have = self.subscription.check(connection)
                head = self.log.head(connection)
                entries = self.log.since(
                    connection, self._at.position, upto=head.position, topics=self._subscriber.topics, limit=PAGE
                )
            frames = [Frame.of(entry) for entry in entries if self._subscriber.may_have(entry) and may_have(entry)]
            yield from self._send(frames, recheck=False)
            if len(entries) < PAGE:
                self._at = max(self._at, head, key=lambda cursor: cursor.position)
                return
            self._at = entries[-1].cursor

    def _live(self) -> Iterator[bytes]:
        """Wait for the next frames and send them as one chunk, or a sign of life when it stays quiet."""
        left = self._ends - time.monotonic()
        frames = self._subscriber.wait(min(self.keepalive, left))
        if self._subscriber.behind:
            yield from self._replay()
        elif frames:
            yield from self._send([frame for frame in frames if frame.entry.position > self._at.position])
        elif left <= 0:
            self._subscriber.close(End.LIFETIME)
        elif not self._subscriber.end:
            self._advance_quietly()
            yield sse.KEEPALIVE + sse.ping(self._at)

    def _send(self, frames: list[Frame], *, recheck: bool = True) -> Iterator[bytes]:
        waiting: list[bytes] = []
        for frame in frames:
            self._at = frame.entry.cursor
            waiting.append(frame.data)
            if recheck and frame.entry.rechecks:
                yield b"".join(waiting)
                waiting.clear()
                self._recheck()
        if any(waiting):
            yield b"".join(waiting)

    def _recheck(self) -> None:
        with self.engine.connect() as connection:
            self.subscription.check(connection)

    def _advance_quietly(self) -> None:
        """Take the cursor along over events of others, so that an idle stream never falls out of the log."""
        if self._subscriber.idle and self.hub.position > self._at.position:
            self._at = Cursor(self._at.epoch, self.hub.position)


def retry_hint(end: End) -> int:
    """Return the milliseconds after which a client should come back; a draining server spreads its clients."""
    return random.randint(200, 3000) if end is End.DRAINING else random.randint(50, 500)

"""The life of one stream: opening, replay, live, end."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

import gevent
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from punt.database import now
from punt.events import metrics, sse
from punt.events.cursor import Cursor
from punt.events.delivery import Delivery, Frame
from punt.events.end import End
from punt.events.hub import Hub
from punt.events.log import Entry, EventLog
from punt.events.peer import Peer
from punt.events.prover import Prover
from punt.events.publication import EVERYONE
from punt.events.subscriber import Subscriber
from punt.events.subscription import AccessLost, Proof, Subscription

PAGE = 500
"""Events that are read from the log at once: no request of this worker waits longer than that takes."""
PAGE_CHARACTERS = 1_000_000
"""Characters of messages after which a page ends earlier: many streams that replay long texts must fit into memory."""
BREATH = 0.001
"""Seconds between two pages. With 0 many greenlets would pass before the event loop looks at sockets again."""
RETRY_MS = 1000
AWAY = (OperationalError, PoolTimeout)
"""The errors of a database that is away: it does not answer, or no connection is returned to the pool."""
AWAY_PAUSE = 0.5
"""Seconds between two attempts to reach a database that is away."""

Answer = TypeVar("Answer")


class _CannotContinue(Exception):
    """The log does not continue from the stream's place; the message is the reason for the reset."""


@dataclass(frozen=True)
class _Page:
    """What the log holds next for one listener, and the place up to which that is everything."""

    frames: list[Frame]
    upto: Cursor
    is_last: bool


@dataclass(eq=False)
class Stream:
    """The bytes of one stream, as an iterator; it holds no database connection while it waits.

    :param peer: the client's socket.
    :param cursor: the cursor that the client sent, or None to begin with what happens next.
    :param keepalive: seconds of silence after which a keepalive is sent.
    :param lifetime: seconds after which the stream ends by itself; for a client, coming back costs nothing.
    :param on_close: called once, when the stream is over.
    """

    engine: sa.Engine
    log: EventLog
    hub: Hub
    prover: Prover
    subscription: Subscription
    peer: Peer
    cursor: str | None
    keepalive: float
    lifetime: float
    on_close: Callable[[], None] = lambda: None
    _subscriber: Subscriber = field(init=False)
    _delivery: Delivery = field(init=False)
    _closed: bool = field(init=False, default=False)
    _is_silent: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self._subscriber = Subscriber(self.subscription.topics, self.subscription.names)
        left = (self.subscription.expires_at - now()).total_seconds()
        self._subscriber.ends = time.monotonic() + min(left, self.lifetime * random.uniform(0.8, 1.0))
        self._subscriber.keepalive = self.keepalive

    def open(self) -> None:
        """Join the hub; nothing is missed from here on. The caller closes what it opens."""
        self.hub.join(self._subscriber)
        self.peer.begin(self._subscriber.close)
        metrics.streams_open.labels(self.subscription.kind).inc()

    def close(self) -> None:
        """Leave the hub; safe to call twice."""
        if self._closed:
            return
        self._closed = True
        self.peer.end()
        self.on_close()
        self.hub.leave(self._subscriber)
        metrics.streams_open.labels(self.subscription.kind).dec()
        end = self._subscriber.end or End.GONE
        metrics.ended.labels(end.value).inc()
        if end is End.SLOW:
            metrics.slow_cut.inc()

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._life()
        except AccessLost as lost:
            self._subscriber.end = End.ACCESS
            yield _without_ids(lost.announced) + sse.retry(retry_hint(End.ACCESS))
        except AWAY:  # the database was away until the end of the stream's lifetime
            self._subscriber.close(End.LIFETIME)
            yield sse.retry(retry_hint(self._subscriber.end or End.LIFETIME))
        except GeneratorExit:
            self._note_slowness()
            raise
        finally:
            self.close()

    def _life(self) -> Iterator[bytes]:
        yield from self._open()
        if not self._subscriber.behind or (yield from self._replay()):
            yield from self._delivery.ping()  # everything that was missed has been sent: a client may wait for this
        while not self._subscriber.end:
            yield from self._go_on()
        if self._finish() and self._subscriber.end not in {End.GONE, End.SLOW}:
            yield sse.retry(retry_hint(self._subscriber.end))

    def _open(self) -> Iterator[bytes]:
        head, reason = self._place_of_grant() or self._ask(self._find_place)
        if reason:
            yield from self._delivery.reset(head, reason, before=sse.opening(None, RETRY_MS))
        else:
            yield from self._delivery.open(RETRY_MS)

    def _place_of_grant(self) -> tuple[Cursor, None] | None:
        """Begin where access was granted, without another query, if the client asks for nothing older.

        If access was lost since, the event that says so comes after this place, and is handled in its turn.
        """
        since = self.subscription.since
        if self.cursor not in {None, "", str(since)} or self.hub.ring.epoch != since.epoch:
            return None
        self._delivery = self._subscriber.delivery = Delivery(since, self.peer)
        return since, None

    def _find_place(self, connection: sa.Connection) -> tuple[Cursor, str | None]:
        """Find the place to begin at. At the head nothing is missing: the hub has everything after it."""
        head = self.log.head(connection)
        asked = Cursor.parse(self.cursor) if self.cursor else head
        self._delivery = self._subscriber.delivery = Delivery(asked or head, self.peer)
        reason = self._cannot_continue(connection, asked, head, self._proof(connection))
        if not reason and asked != head:
            self._subscriber.behind = True
        return head, reason

    def _cannot_continue(
        self, connection: sa.Connection, asked: Cursor | None, head: Cursor, proof: Proof
    ) -> str | None:
        if asked == head:  # nothing was missed
            return None
        if asked is None:
            return "malformed"
        if asked.epoch != head.epoch:
            return "epoch"
        if asked.position > head.position:
            return "future"
        reaches = proof.reaches(connection, asked.position)
        if asked.position < self.log.floor(connection):  # read last: a mark may just have been pruned
            return "expired"
        return None if reaches else "access"

    def _replay(self) -> Generator[bytes, None, bool]:
        """Send what the log holds after the client's place, page by page, up to the head as it is by then.

        :returns: whether the client has everything; if the stream ended on the way, the rest stays in the log.
        """
        while not self._subscriber.end:
            self._subscriber.behind = self._subscriber.doubted = False
            try:
                page = self._ask_in_turn(self._page)
            except _CannotContinue as broken:
                yield from self._begin_anew(str(broken))
                continue
            if page and (yield from self._delivery.frames(page.frames, page.upto, self._may_go_on)):
                metrics.replayed.inc(len(page.frames))
                if page.is_last and not self._subscriber.behind:
                    return True
        return False

    def _begin_anew(self, reason: str) -> Iterator[bytes]:
        """Continue at the head, with a reset, and with what has been published to everyone."""
        head, announced = self._ask(self._head_and_announcements)
        yield from self._delivery.reset(head, reason, before=announced)

    def _head_and_announcements(self, connection: sa.Connection) -> tuple[Cursor, bytes]:
        """Read the head, and then what was published to everyone up to there; later events follow by themselves."""
        head = self.log.head(connection)
        at = self._delivery.at.position
        return head, _without_ids(self.log.since(connection, at, upto=head.position, topics={EVERYONE}))

    def _page(self, connection: sa.Connection) -> _Page:
        """Read a page, and then prove what of it the listener may have: no event in it is newer than the proof."""
        at, topics = self._delivery.at, self._subscriber.topics
        head, size = self.log.head(connection), {"limit": PAGE, "characters": PAGE_CHARACTERS}
        entries = self.log.since(connection, at.position, upto=head.position, topics=topics, **size)
        proof = self._proof(connection)
        if reason := self._cannot_continue(connection, at, head, proof):
            raise _CannotContinue(reason)
        wanted = [entry for entry in entries if self._subscriber.may_have(entry) and proof.may_have(entry)]
        full = _is_full(entries)
        return _Page([Frame.of(entry) for entry in wanted], entries[-1].cursor if full else head, is_last=not full)

    def _go_on(self) -> Iterator[bytes]:
        """Send what was published since, wait for more, or send a keepalive after a while of silence."""
        if not self._finish():
            return
        frames = None if self._subscriber.behind else self.hub.ring.after(self._delivery.at.position)
        if self._is_over():
            self._subscriber.close(End.LIFETIME)
        elif frames is None:
            yield from self._replay()
        elif frames:
            yield from self._send(frames)
        elif self._is_silent:
            self._is_silent = False
            yield from self._delivery.ping(before=sse.KEEPALIVE)
        else:  # nothing has been published meanwhile: from here on the lane sends
            left = self._subscriber.ends - time.monotonic()
            self._is_silent = not self._subscriber.wait(None if self._delivery.is_direct else min(self.keepalive, left))

    def _is_over(self) -> bool:
        """Return whether the stream's time is over; it may have run out during a proof."""
        return time.monotonic() >= self._subscriber.ends

    def _finish(self) -> bool:
        """Send the rest of a frame that the lane could not send whole; return whether more may follow."""
        try:
            self._delivery.finish()
        except OSError:
            self._subscriber.close(End.SLOW)
            self.peer.cut()  # nothing may follow half a frame, not even the end of the response
            return False
        return True

    def _send(self, frames: list[Frame]) -> Iterator[bytes]:
        """Write frames in order; after one that may have taken access away, nothing before a new proof."""
        self._subscriber.doubted = False
        wanted = [frame for frame in frames if self._subscriber.wants(frame)]
        for part in _up_to_each_recheck(wanted):
            if not (yield from self._delivery.frames(part, part[-1].cursor, self._may_go_on)):
                return
            metrics.delivered.inc(len(part))
            if part[-1].entry.rechecks and (not self._prove() or self._is_over()):
                return
        self._delivery.pass_over(frames[-1].entry.position)
        if wanted:
            metrics.commit_to_write.observe(max(time.time() - wanted[0].entry.created_at.timestamp(), 0))

    def _may_go_on(self) -> bool:
        """Return whether another chunk may be written: the stream may have ended while the client was slow.

        If access may have been lost meanwhile, it is proved again.
        """
        if self._subscriber.end:
            return False
        doubted = self._subscriber.doubted or self._subscriber.behind or self._is_over()
        return not doubted or self._prove()

    def _proof(self, connection: sa.Connection) -> Proof:
        return self.prover.prove_on(connection, self.subscription, self._delivery.at.position)

    def _prove(self) -> bool:
        """Prove that the listener may go on; one whose access was interrupted goes back to the log and is reset."""
        self._subscriber.doubted = False  # first: events that are published from here on may be newer than the proof
        if self._insist(lambda: self.prover.prove(self.subscription, self._delivery.at.position)):
            return True
        self._subscriber.send_back_to_log()
        return False

    def _ask_in_turn(self, question: Callable[[sa.Connection], Answer]) -> Answer | None:
        """Query the database while no other stream of this worker does, and let requests in before the next one does.

        A stream that ended while it waited makes no query: many of them must not delay a stop.
        """
        with self.hub.turn:
            if self._subscriber.end:
                return None
            answer = self._ask(question)
            gevent.sleep(BREATH)
        return answer

    def _ask(self, question: Callable[[sa.Connection], Answer]) -> Answer:
        """Query the database, again and again while it is away."""

        def ask() -> Answer:
            with self.engine.connect() as connection:
                return question(connection)

        return self._insist(ask)

    def _insist(self, ask: Callable[[], Answer]) -> Answer:
        """Try again and again while the database is away; the stream waits, as nothing may be sent without a proof."""
        while True:
            try:
                return ask()
            except AWAY:
                if self._is_over() or self._subscriber.end:
                    raise
                gevent.sleep(AWAY_PAUSE * random.uniform(0.5, 1.5))

    def _note_slowness(self) -> None:
        """Note that a client that was cut off in the middle of a write was too slow."""
        if self._delivery.writing and not self._subscriber.end:
            self._subscriber.end = End.SLOW


def _without_ids(announced: Iterable[Entry]) -> bytes:
    """Frame what is published to everyone, without ids: other events before it were not sent."""
    return b"".join(sse.message(None, entry.message) for entry in announced)


def _up_to_each_recheck(frames: list[Frame]) -> Iterator[list[Frame]]:
    start = 0
    for end, frame in enumerate(frames, 1):
        if frame.entry.rechecks or end == len(frames):
            yield frames[start:end]
            start = end


def _is_full(page: list[Entry]) -> bool:
    return len(page) == PAGE or sum(len(entry.message) for entry in page) >= PAGE_CHARACTERS


def retry_hint(end: End) -> int:
    """Return the milliseconds after which a client should come back; a draining server spreads its clients."""
    return random.randint(200, 3000) if end is End.DRAINING else random.randint(50, 500)

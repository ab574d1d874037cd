"""One subscriber's life: opening, replay, live, keepalive, end."""

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
"""Events read from the log at once: no request of this worker waits longer than that takes."""
PAGE_CHARACTERS = 1_000_000
"""Characters of their messages after which a page ends earlier: many that replay long texts must fit into memory."""
BREATH = 0.001
"""Seconds between two pages. With 0 many greenlets would pass before the event loop looks at sockets again."""
RETRY_MS = 1000
AWAY = (OperationalError, PoolTimeout)
"""How a database that is away shows: it does not answer, or nobody gives a connection back."""
AWAY_PAUSE = 0.5
"""Seconds between two tries to reach a database that is away."""

Answer = TypeVar("Answer")


class _CannotContinue(Exception):
    """The log does not go on from the stream's place: pruned since, or of another epoch; says which."""


@dataclass(frozen=True)
class _Page:
    """What the log holds next for one listener, and the place up to which that is all."""

    frames: list[Frame]
    upto: Cursor
    is_last: bool


@dataclass(eq=False)
class Stream:
    """The bytes of one stream, as an iterator; it holds no database connection while it waits.

    :param peer: the client's socket.
    :param cursor: what the client sent as its place, or None to begin with what happens next.
    :param keepalive: seconds of silence after which a sign of life is sent.
    :param lifetime: seconds after which the stream ends by itself; coming back costs nothing.
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
        """Take a place in the hub; from here on nothing is missed. Whoever opens also closes."""
        self.hub.join(self._subscriber)
        self.peer.begin(self._subscriber.close)
        metrics.streams_open.labels(self.subscription.kind).inc()

    def close(self) -> None:
        """Give the place back; safe to call twice."""
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
            yield _without_ids(lost.told) + sse.retry(retry_hint(End.ACCESS))
        except AWAY:  # the database was away for longer than this stream may live
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
            yield from self._delivery.ping()  # what was missed has come: whoever waits for that knows it now
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
        """Begin where access was granted, if the client asks for nothing older: that needs no further question.

        What took it away again, if anything, has been published since or will be, and is proved in its turn.
        """
        since = self.subscription.since
        if self.cursor not in {None, "", str(since)} or self.hub.ring.epoch != since.epoch:
            return None
        self._delivery = self._subscriber.delivery = Delivery(since, self.peer)
        return since, None

    def _find_place(self, connection: sa.Connection) -> tuple[Cursor, str | None]:
        """Find the place to begin at. At the head nothing is missing: the hub has what comes after it."""
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
        if asked == head:  # nothing lies between: most streams begin here
            return None
        if asked is None:
            return "malformed"
        if asked.epoch != head.epoch:
            return "epoch"
        if asked.position > head.position:
            return "future"
        reaches = proof.reaches(connection, asked.position)
        if asked.position < self.log.floor(connection):  # asked last: a mark may have been pruned just now
            return "expired"
        return None if reaches else "access"

    def _replay(self) -> Generator[bytes, None, bool]:
        """Send what the log holds after the client's place, page by page, up to the head of each moment.

        :returns: whether the client has it all; a stream that ended on the way has left the rest in the log.
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
        """Go to the head, with what everyone was told meanwhile and the news that the rest cannot be told."""
        head, told = self._ask(self._told_up_to_head)
        yield from self._delivery.reset(head, reason, before=told)

    def _told_up_to_head(self, connection: sa.Connection) -> tuple[Cursor, bytes]:
        """Read the head first: what everyone is told a moment later comes after it, and is not passed over."""
        head = self.log.head(connection)
        at = self._delivery.at.position
        return head, _without_ids(self.log.since(connection, at, upto=head.position, topics={EVERYONE}))

    def _page(self, connection: sa.Connection) -> _Page:
        """Read a page, and only then ask what of it the listener may have: nothing in it is newer than that proof."""
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
        """Send what was published since, wait for more, or give a sign of life when it stays quiet."""
        if not self._finish():
            return
        left = self._subscriber.ends - time.monotonic()
        frames = None if self._subscriber.behind else self.hub.ring.after(self._delivery.at.position)
        if left <= 0:
            self._subscriber.close(End.LIFETIME)
        elif frames is None:
            yield from self._replay()
        elif frames:
            yield from self._send(frames)
        elif self._is_silent:
            self._is_silent = False
            yield from self._delivery.ping(before=sse.KEEPALIVE)
        else:  # nothing has come between: from here on the lane sends
            self._is_silent = not self._subscriber.wait(None if self._delivery.is_direct else min(self.keepalive, left))

    def _finish(self) -> bool:
        """Send the rest of a frame that the lane could not send whole; tell whether more may follow."""
        try:
            self._delivery.finish()
        except OSError:
            self._subscriber.close(End.SLOW)
            self.peer.cut()  # not even the end of the answer may follow half a frame
            return False
        return True

    def _send(self, frames: list[Frame]) -> Iterator[bytes]:
        """Write frames in order; after one that may have changed somebody's access, nothing before a new proof."""
        self._subscriber.doubted = False
        wanted = [frame for frame in frames if self._subscriber.wants(frame)]
        for part in _up_to_each_recheck(wanted):
            if not (yield from self._delivery.frames(part, part[-1].entry.cursor, self._may_go_on)):
                return
            metrics.delivered.inc(len(part))
            if part[-1].entry.rechecks and not self._prove():
                return
        self._delivery.pass_over(frames[-1].entry.position)
        if wanted:
            metrics.commit_to_write.observe(max(time.time() - wanted[0].entry.created_at.timestamp(), 0))

    def _may_go_on(self) -> bool:
        """Tell whether a further chunk may be written, as the stream may have ended while the client was slow.

        Something that came meanwhile may have taken its access away, so that is proved again.
        """
        if self._subscriber.end:
            return False
        doubted = self._subscriber.doubted or self._subscriber.behind or time.monotonic() > self._subscriber.ends
        return not doubted or self._prove()

    def _proof(self, connection: sa.Connection) -> Proof:
        return self.prover.prove_on(connection, self.subscription, self._delivery.at.position)

    def _prove(self) -> bool:
        """Prove that the listener may go on. One who was away meanwhile goes back to the log, which says so."""
        self._subscriber.doubted = False  # what comes from here on may be newer than the proof
        if self._insist(lambda: self.prover.prove(self.subscription, self._delivery.at.position)):
            return True
        self._subscriber.send_back_to_log()
        return False

    def _ask_in_turn(self, question: Callable[[sa.Connection], Answer]) -> Answer | None:
        """Ask when no other stream of this worker does, and let requests in before the next: many replay at once.

        A stream that ended while it waited asks nothing any more: many such must not hold up a stop.
        """
        with self.hub.turn:
            if self._subscriber.end:
                return None
            answer = self._ask(question)
            gevent.sleep(BREATH)
        return answer

    def _ask(self, question: Callable[[sa.Connection], Answer]) -> Answer:
        """Ask the database, again and again while it is away."""

        def ask() -> Answer:
            with self.engine.connect() as connection:
                return question(connection)

        return self._insist(ask)

    def _insist(self, ask: Callable[[], Answer]) -> Answer:
        """Try again and again while the database is away; the stream waits, for nothing may go out unproved."""
        while True:
            try:
                return ask()
            except AWAY:
                if time.monotonic() > self._subscriber.ends or self._subscriber.end:
                    raise
                gevent.sleep(AWAY_PAUSE * random.uniform(0.5, 1.5))

    def _note_slowness(self) -> None:
        """A client that was cut off in the middle of a write did not read."""
        if self._delivery.writing and not self._subscriber.end:
            self._subscriber.end = End.SLOW


def _without_ids(told: Iterable[Entry]) -> bytes:
    """Frame what everyone is told, without ids: what else lies before it was not sent."""
    return b"".join(sse.message(None, entry.message) for entry in told)


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

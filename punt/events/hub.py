"""Who listens to what in this worker, and the bounded queue of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum

import gevent
from gevent.lock import BoundedSemaphore
from gevent.queue import Empty, Full, Queue

from punt.events import metrics, sse
from punt.events.log import Entry
from punt.events.publication import EVERYONE

QUEUE_SIZE = 256
"""Frames that may wait for one subscriber; what is more is read from the log again when it gets to it."""
BREATH = 256
"""Subscribers served before the other greenlets of the worker get a turn."""


class End(Enum):
    """Why a stream ended."""

    GONE = "client gone"
    SLOW = "client did not read"
    LIFETIME = "lifetime over"
    ACCESS = "access lost"
    DRAINING = "server draining"


@dataclass(frozen=True)
class Frame:
    """One event of the log with its bytes, made once and shared by all subscribers."""

    entry: Entry
    data: bytes

    @classmethod
    def of(cls, entry: Entry) -> Frame:
        """Frame an event of the log; an internal one has no bytes."""
        return cls(entry, b"" if entry.internal else sse.message(entry.cursor, entry.message))


class Subscriber:
    """One stream's place in the hub.

    :param topics: what it listens to, besides ``everyone``.
    :param names: what an event's audience may call it; an event with an audience needs one of them.
    """

    def __init__(self, topics: Iterable[str], names: Iterable[str]) -> None:
        self.topics = frozenset(topics) | {EVERYONE}
        self.names = frozenset(names)
        self.behind = False
        self.end: End | None = None
        self._queue: Queue[Frame | None] = Queue(QUEUE_SIZE)

    def may_have(self, entry: Entry) -> bool:
        """Tell whether an event of its topics is for it."""
        return entry.audience is None or not self.names.isdisjoint(entry.audience)

    def offer(self, frame: Frame) -> None:
        """Queue a frame. When the queue is full it is emptied, and the stream goes back to the log: nothing is lost."""
        if self.behind or self.end or not self.may_have(frame.entry):
            return
        try:
            self._queue.put_nowait(frame)
        except Full:
            metrics.overflows.inc()
            self.send_back_to_log()

    def send_back_to_log(self) -> None:
        """Let the stream go on from its own place in the log instead of from here."""
        self._drop_all()
        self.behind = True
        self._queue.put_nowait(None)

    def close(self, end: End) -> None:
        """Make the stream end after what it is sending now."""
        self.end = self.end or end
        self._drop_all()
        self._queue.put_nowait(None)

    def wait(self, seconds: float) -> list[Frame] | None:
        """Return the frames that are waiting, or None when none came in time."""
        frames = list[Frame | None]()
        with suppress(Empty):  # raised even where one came in the moment when the time was over
            frames.append(self._queue.get(timeout=max(seconds, 0.001)))
        while not self._queue.empty():
            frames.append(self._queue.get_nowait())
        return [frame for frame in frames if frame] if frames else None

    @property
    def idle(self) -> bool:
        """Whether nothing is waiting for it, neither here nor in the log."""
        return not self.behind and self._queue.empty()

    def _drop_all(self) -> None:
        while not self._queue.empty():
            self._queue.get_nowait()


class Hub:
    """Hands each event of the log to the subscribers of its topic."""

    def __init__(self) -> None:
        self.position = 0
        self.turn = BoundedSemaphore(1)
        """Held by the one stream of this worker that reads from the log."""
        self._listeners: dict[str, dict[Subscriber, None]] = defaultdict(dict)  # in the order of their coming
        self._closed: End | None = None

    def __len__(self) -> int:
        return len(self._listeners.get(EVERYONE, ()))

    def join(self, subscriber: Subscriber) -> None:
        """Let a subscriber have what is published from now on."""
        if self._closed:
            subscriber.close(self._closed)
        for topic in subscriber.topics:
            self._listeners[topic][subscriber] = None

    def leave(self, subscriber: Subscriber) -> None:
        """Forget a subscriber; safe to call twice."""
        for topic in subscriber.topics:
            listeners = self._listeners.get(topic, {})
            listeners.pop(subscriber, None)
            if not listeners:
                self._listeners.pop(topic, None)

    def publish(self, entry: Entry) -> None:
        """Queue one event for all who listen to its topic."""
        frame = Frame.of(entry)
        for count, subscriber in enumerate(tuple(self._listeners.get(entry.topic, ())), 1):
            subscriber.offer(frame)
            if count % BREATH == 0:
                gevent.sleep(0)
        self.position = entry.position

    def send_back_to_log(self) -> None:
        """Let every stream go on from its own place in the log: what is published next does not follow what was."""
        for subscriber in tuple(self._listeners.get(EVERYONE, ())):
            subscriber.send_back_to_log()

    def close(self, end: End) -> None:
        """End every stream, and whoever comes later at once."""
        self._closed = end
        for subscriber in tuple(self._listeners.get(EVERYONE, ())):
            subscriber.close(end)

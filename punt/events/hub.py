"""Who listens to what in this worker, what was published last, and the one sender to all who are up to date.

A stream that has everything waits in the *lane*: what is published is sent to its socket right away, without waiting
for it. Whoever cannot take it, or has to prove that they may go on, leaves the lane, and their own greenlet goes on
from their own place: from the last frames, which all share, or from the log.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import gevent
from gevent.event import Event
from gevent.lock import BoundedSemaphore

from punt.events import metrics
from punt.events.cursor import Cursor
from punt.events.delivery import Delivery, Frame, Wires
from punt.events.end import End
from punt.events.log import Entry
from punt.events.publication import EVERYONE
from punt.heavy.slices import breathing, pause

RING, RING_BYTES = 256, 8 * 1024 * 1024
"""Frames kept for those who are a little behind, and their bytes in memory; who is further behind reads the log."""
PART = 64 * 1024
"""Bytes that are sent to all before what comes after them: one client waits no longer for them than others do."""
TICK = 1.0
"""Seconds between two looks at those in the lane, at most: who has heard nothing for long, and whose time is over."""


class Subscriber:
    """One stream's place in the hub.

    :param topics: what it listens to, besides ``everyone``.
    :param names: what an event's audience may call it; an event with an audience needs one of them.
    :ivar delivery: what its client was sent; there before it waits.
    :ivar ends: the moment on the monotonic clock after which it gets nothing more.
    :ivar keepalive: seconds of silence after which it is sent a sign of life in the lane.
    :ivar waiting: whether it has all that was published, and waits in the lane for what comes next.
    :ivar behind: whether it has to go on from the log.
    :ivar doubted: whether its access may have been lost since it last took frames.
    """

    delivery: Delivery

    def __init__(self, topics: Iterable[str], names: Iterable[str]) -> None:
        self.topics = frozenset(topics) | {EVERYONE}
        self.names = frozenset(names)
        self.ends = self.keepalive = float("inf")
        self.waiting = self.behind = self.doubted = False
        self.end: End | None = None
        self._woken = Event()

    def may_have(self, entry: Entry) -> bool:
        """Tell whether an event of its topics is for it."""
        return entry.audience is None or not self.names.isdisjoint(entry.audience)

    def wants(self, frame: Frame) -> bool:
        """Tell whether a frame is for it."""
        return frame.entry.topic in self.topics and self.may_have(frame.entry)

    def wait(self, seconds: float | None) -> bool:
        """Wait in the lane until there is something that it has to do itself, or so long; tell whether there is.

        :param seconds: None to wait for ever, where the lane sends and the ticker looks after it.
        """
        self.waiting = not (self.end or self.behind)
        woken = not self.waiting or self._woken.wait(seconds)
        self.waiting = False
        self._woken.clear()
        return bool(woken)

    def leave_lane(self) -> None:
        """Go on by itself."""
        self.waiting = False
        self._woken.set()

    def send_back_to_log(self) -> None:
        """Let the stream go on from its own place in the log instead of from here."""
        self.behind = True
        self.leave_lane()

    def close(self, end: End) -> None:
        """Make the stream end after what it is sending now."""
        self.end = self.end or end
        self.leave_lane()


class Hub:
    """Hands each event of the log to the subscribers of its topic.

    :param keepalive: seconds of silence that subscribers bear; they are looked at several times in it.
    :ivar position: up to which the log was published.
    :ivar epoch: the epoch of what was published last, or None while the hub follows no log.
    """

    def __init__(self, keepalive: float = 10 * TICK) -> None:
        self.position = 0
        self.epoch: str | None = None
        self._every = min(TICK, keepalive / 10)
        self.turn = BoundedSemaphore(1)
        """Held by the one stream of this worker that reads from the log."""
        self._sending = BoundedSemaphore(1)
        self._listeners: dict[str, dict[Subscriber, None]] = defaultdict(dict)  # in the order of their coming
        self._ring: list[Frame] = []
        self._ring_bytes = 0
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
        subscriber.waiting = False
        for topic in subscriber.topics:
            listeners = self._listeners.get(topic, {})
            listeners.pop(subscriber, None)
            if not listeners:
                self._listeners.pop(topic, None)

    def after(self, position: int) -> list[Frame] | None:
        """Return the frames published after a position, or None when they are no longer here."""
        missing = self.position - position
        if missing <= 0:
            return []
        found = self._ring[-missing:]
        return found if len(found) == missing and found[0].entry.position == position + 1 else None

    def follow_from(self, head: Cursor) -> None:
        """Go on from another place in the log; every stream goes on from its own, or is told to reset."""
        self.epoch, self.position = head.epoch, head.position
        self.send_back_to_log()

    def publish(self, entries: Sequence[Entry]) -> None:
        """Send the next events of the log to all who wait for their topics.

        They are kept before anybody is served: who begins to wait meanwhile has taken them from there.
        """
        frames = [Frame.of(entry) for entry in breathing(entries)]
        with self._sending:
            try:
                self._keep(frames)
                for part in _parts(frames):
                    self._serve(part)
            except BaseException:
                self.send_back_to_log()  # some may have been served, and nobody knows who
                raise

    def tick(self) -> None:
        """Look after those in the lane: who has heard nothing for long gets a sign of life, whose time is over ends."""
        direct = 0
        for subscriber in tuple(self._listeners.get(EVERYONE, ())):
            with self._sending:  # or a sign of life would name a place up to which not all was sent
                direct += self._look_at(subscriber)
            pause()
        metrics.in_lane.set(direct)

    def run_ticker(self) -> None:
        """Look after those in the lane for ever."""
        while True:
            self.tick()
            gevent.sleep(self._every)

    def send_back_to_log(self) -> None:
        """Let every stream go on from its own place in the log: what is published next does not follow what was."""
        self._ring, self._ring_bytes = [], 0
        for subscriber in tuple(self._listeners.get(EVERYONE, ())):
            subscriber.send_back_to_log()

    def close(self, end: End) -> None:
        """End every stream, and whoever comes later at once."""
        self._closed = end
        for subscriber in tuple(self._listeners.get(EVERYONE, ())):
            subscriber.close(end)

    def _keep(self, frames: Sequence[Frame]) -> None:
        if not frames:
            return
        for frame in breathing(frames):  # before they are there: a proof that is given meanwhile is newer than they are
            if frame.entry.rechecks:
                self._doubt(frame)
        self._ring += frames
        self._ring_bytes += sum(frame.size for frame in frames)
        while len(self._ring) > RING or self._ring_bytes > RING_BYTES:
            self._ring_bytes -= self._ring[0].size
            del self._ring[0]
        self.epoch, self.position = frames[-1].entry.epoch, frames[-1].entry.position

    def _doubt(self, frame: Frame) -> None:
        """Let whoever is writing just now prove that they may go on; who waits in the lane comes to it in order."""
        for subscriber in tuple(self._listeners.get(frame.entry.topic, ())):
            if not subscriber.waiting and subscriber.may_have(frame.entry):
                subscriber.doubted = True

    def _serve(self, part: list[Frame]) -> None:
        """Send a part to all who wait for something of it."""
        wires, events, streams = Wires(), 0, 0
        for subscriber, frames in self._wanting(part):
            if subscriber.waiting:
                served = _hand_over(subscriber, frames, part[0].entry.position - 1, wires)
                events, streams = events + served, streams + bool(served)
            pause()
        if streams:
            metrics.sent(events, streams, time.time() - part[0].entry.created_at.timestamp())

    def _wanting(self, part: list[Frame]) -> Iterator[tuple[Subscriber, list[Frame]]]:
        """List who gets what of a part, in the order of the log."""
        topics = {frame.entry.topic for frame in part}
        if len(topics) == 1 and all(frame.entry.audience is None for frame in part):
            for subscriber in tuple(self._listeners.get(topics.pop(), ())):
                yield subscriber, part
            return
        wanted: dict[Subscriber, list[Frame]] = {}
        for frame in breathing(part):
            for subscriber in tuple(self._listeners.get(frame.entry.topic, ())):
                if subscriber.waiting and subscriber.may_have(frame.entry):
                    wanted.setdefault(subscriber, []).append(frame)
        shared: dict[tuple[int, ...], list[Frame]] = {}
        for subscriber, frames in wanted.items():
            yield subscriber, shared.setdefault(tuple(map(id, frames)), frames)

    def _look_at(self, subscriber: Subscriber) -> bool:
        """Look after one in the lane; tell whether it is sent to directly."""
        if not subscriber.waiting:
            return False
        subscriber.delivery.pass_over(self.position)
        if not subscriber.delivery.is_direct:
            return False
        moment, delivery = time.monotonic(), subscriber.delivery
        next_look = moment + self._every
        if subscriber.ends < next_look:  # at its own moment, or all that end before the next look came back at once
            gevent.spawn_later(max(subscriber.ends - moment, 0), subscriber.close, End.LIFETIME)
        elif next_look - delivery.spoke > subscriber.keepalive and not delivery.push_ping():
            subscriber.leave_lane()
        return subscriber.waiting


def _hand_over(subscriber: Subscriber, frames: list[Frame], before: int, wires: Wires) -> int:
    """Send frames to one in the lane, or let it take them itself; return how many it was sent.

    :param before: the place up to which it has everything.
    """
    delivery = subscriber.delivery
    if delivery.at.position > before:  # began to wait when these were kept already: it has them
        frames = [frame for frame in frames if frame.entry.position > delivery.at.position]
    if not frames:
        return 0
    if (moment := time.monotonic()) > subscriber.ends:
        subscriber.close(End.LIFETIME)
        return 0
    if delivery.is_direct and not frames[-1].entry.rechecks:
        if delivery.push(frames, wires, before):
            delivery.spoke = moment
            return len(frames)
        metrics.overflows.inc()
    else:
        delivery.pass_over(before)
    subscriber.leave_lane()
    return 0


def _parts(frames: Sequence[Frame]) -> Iterator[list[Frame]]:
    """Divide frames: no part of several is large, and whatever makes listeners prove their access is one by itself."""
    part, size = list[Frame](), 0
    for frame in frames:
        if part and (size + len(frame.data) > PART or frame.entry.rechecks or part[-1].entry.rechecks):
            yield part
            part, size = [], 0
        part.append(frame)
        size += len(frame.data)
    if part:
        yield part

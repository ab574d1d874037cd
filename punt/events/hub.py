"""Which streams of this worker listen to what, and the one sender to all of them that are up to date.

A stream that has received everything waits in the *lane*: new events are sent to its socket directly, without blocking.
A stream leaves the lane when its socket does not take everything, and when it has to prove its access. Its own greenlet
then continues from its own place: from the last frames, which all streams share, or from the log.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence

import gevent
from gevent.lock import BoundedSemaphore

from punt.events import metrics
from punt.events.cursor import Cursor
from punt.events.delivery import Frame, Wires
from punt.events.end import End
from punt.events.log import Entry
from punt.events.publication import EVERYONE
from punt.events.ring import Ring
from punt.events.subscriber import Subscriber
from punt.heavy.slices import breathing, pause

PART = 64 * 1024
"""Bytes that are sent to everybody before the bytes after them, so that nobody waits long while others are served."""
TICK = 1.0
"""Seconds, at most, between two checks of the lane for silent streams and for those whose time is over."""


class Hub:
    """Hands each event of the log to the subscribers of its topic.

    :param keepalive: seconds after which silent subscribers are sent a keepalive; the lane is checked more often.
    :ivar ring: the frames that were published last.
    """

    def __init__(self, keepalive: float = 10 * TICK) -> None:
        self.ring = Ring()
        self._every = min(TICK, keepalive / 10)
        self.turn = BoundedSemaphore(1)
        """Held by the one stream of this worker that reads from the log."""
        self._sending = BoundedSemaphore(1)
        self._listeners: dict[str, dict[Subscriber, None]] = defaultdict(dict)  # in the order of their coming
        self._closed: End | None = None

    def __len__(self) -> int:
        return len(self._listeners.get(EVERYONE, ()))

    def join(self, subscriber: Subscriber) -> None:
        """Add a subscriber to those who are sent what is published from now on."""
        if self._closed:
            subscriber.close(self._closed)
        for topic in subscriber.topics:
            self._listeners[topic][subscriber] = None

    def leave(self, subscriber: Subscriber) -> None:
        """Remove a subscriber; safe to call twice."""
        subscriber.waiting = False
        for topic in subscriber.topics:
            listeners = self._listeners.get(topic, {})
            listeners.pop(subscriber, None)
            if not listeners:
                self._listeners.pop(topic, None)

    def follow_from(self, head: Cursor) -> None:
        """Continue from another place in the log; each stream continues from its own, or is reset."""
        self.ring.restart_at(head)
        self.send_back_to_log()

    def publish(self, entries: Sequence[Entry]) -> None:
        """Send the next events of the log to all who wait for their topics.

        They are in the ring before anybody is served: a stream that enters the lane meanwhile has taken them there.
        """
        frames = [Frame.of(entry) for entry in breathing(entries)]
        with self._sending:
            try:
                self._keep(frames)
                for part in _parts(frames):
                    self._serve(part)
            except BaseException:
                self.send_back_to_log()  # some have been served already, and nobody knows which
                raise

    def tick(self) -> None:
        """Send keepalives to the silent streams in the lane, and end those whose time is over."""
        direct = 0
        for subscriber in tuple(self._listeners.get(EVERYONE, ())):
            with self._sending:  # or a ping could name a place up to which not everything was sent
                direct += self._look_at(subscriber)
            pause()
        metrics.in_lane.set(direct)

    def run_ticker(self) -> None:
        """Check the lane again and again."""
        while True:
            self.tick()
            gevent.sleep(self._every)

    def send_back_to_log(self) -> None:
        """Make every stream continue from its own place in the log: what is published next may not follow what was."""
        self.ring.clear()
        for subscriber in tuple(self._listeners.get(EVERYONE, ())):
            subscriber.send_back_to_log()

    def close(self, end: End) -> None:
        """End all streams, and every later one at once."""
        self._closed = end
        for subscriber in tuple(self._listeners.get(EVERYONE, ())):
            subscriber.close(end)

    def _keep(self, frames: Sequence[Frame]) -> None:
        if not frames:
            return
        for frame in breathing(frames):  # before they are in the ring: a proof made from then on is newer than they are
            if frame.entry.rechecks:
                self._doubt(frame)
        self.ring.add(frames)

    def _doubt(self, frame: Frame) -> None:
        """Make streams that are writing just now prove their access; those in the lane get to it in its turn."""
        for subscriber in tuple(self._listeners.get(frame.entry.topic, ())):
            if not subscriber.waiting and subscriber.may_have(frame.entry):
                subscriber.doubted = True

    def _serve(self, part: list[Frame]) -> None:
        """Send a part to all who wait for any of it."""
        wires, events, streams = Wires(), 0, 0
        for subscriber, frames in self._wanting(part):
            if subscriber.waiting:
                served = _hand_over(subscriber, frames, part[0].entry.position - 1, wires)
                events, streams = events + served, streams + bool(served)
            pause()
        if streams:
            metrics.sent(events, streams, time.time() - part[0].entry.created_at.timestamp())

    def _wanting(self, part: list[Frame]) -> Iterator[tuple[Subscriber, list[Frame]]]:
        """List which frames of a part each subscriber gets, in the order of the log."""
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
        """Check one subscriber; return whether it is in the lane and sent to directly."""
        if not subscriber.waiting:
            return False
        subscriber.delivery.pass_over(self.ring.position)
        if not subscriber.delivery.is_direct:
            return False
        moment, delivery = time.monotonic(), subscriber.delivery
        next_look = moment + self._every
        if subscriber.ends < next_look:  # at its own moment: clients that are ended together come back together
            gevent.spawn_later(max(subscriber.ends - moment, 0), subscriber.close, End.LIFETIME)
        elif next_look - delivery.spoke > subscriber.keepalive and not delivery.push_ping():
            subscriber.leave_lane()
        return subscriber.waiting


def _hand_over(subscriber: Subscriber, frames: list[Frame], before: int, wires: Wires) -> int:
    """Send frames to a subscriber in the lane, or make it take them itself; return how many were sent.

    :param before: the position up to which it has everything.
    """
    delivery = subscriber.delivery
    if delivery.at.position > before:  # it entered the lane after these were published, and has them
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
    """Divide frames into parts that are not large; an event after which access is proved again is a part by itself."""
    part, size = list[Frame](), 0
    for frame in frames:
        if part and (size + len(frame.data) > PART or frame.entry.rechecks or part[-1].entry.rechecks):
            yield part
            part, size = [], 0
        part.append(frame)
        size += len(frame.data)
    if part:
        yield part

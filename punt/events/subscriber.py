"""One stream as the hub sees it: what it listens to, and whether it waits in the lane."""

from __future__ import annotations

from collections.abc import Iterable

from gevent.event import Event

from punt.events.delivery import Delivery, Frame
from punt.events.end import End
from punt.events.log import Entry
from punt.events.publication import EVERYONE


class Subscriber:
    """One stream's place in the hub.

    :param topics: what it listens to, besides ``everyone``.
    :param names: the names that an event's audience may have for it; an event with an audience needs one of them.
    :ivar delivery: what its client was sent; set before it waits.
    :ivar ends: the moment on the monotonic clock after which it is sent nothing more.
    :ivar keepalive: seconds of silence in the lane after which it is sent a keepalive.
    :ivar waiting: whether it has received everything, and waits in the lane for what comes next.
    :ivar behind: whether it has to continue from the log.
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
        """Return whether an event of its topics is for it."""
        return entry.audience is None or not self.names.isdisjoint(entry.audience)

    def wants(self, frame: Frame) -> bool:
        """Return whether a frame is for it."""
        return frame.entry.topic in self.topics and self.may_have(frame.entry)

    def wait(self, seconds: float | None) -> bool:
        """Wait in the lane until there is something that it has to do itself; return False when the time is up.

        :param seconds: None to wait for as long as it takes, where the lane sends and the ticker sends keepalives.
        """
        self.waiting = not (self.end or self.behind)
        woken = not self.waiting or self._woken.wait(seconds)
        self.waiting = False
        self._woken.clear()
        return bool(woken)

    def leave_lane(self) -> None:
        """Continue in the stream's own greenlet."""
        self.waiting = False
        self._woken.set()

    def send_back_to_log(self) -> None:
        """Make the stream continue from its own place in the log."""
        self.behind = True
        self.leave_lane()

    def close(self, end: End) -> None:
        """Make the stream end after what it is writing now."""
        self.end = self.end or end
        self.leave_lane()

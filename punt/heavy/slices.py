"""Long work in a greenlet: done in slices, between which all others have their turn.

Python that goes on for long stops the event loop, and all streams and requests of a worker with it. So whatever may
come to thousands of things calls :func:`breathe` again and again; it costs nothing until a slice is over.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

SLICE = 0.002
"""Seconds that long work goes on before others have their turn."""
MOMENT = 0.000_001
"""Seconds to sleep so that gevent looks at sockets, too: after no time at all it may come back fifty times without."""

Thing = TypeVar("Thing")


class Pace:
    """When slices of one kind of long work end and begin in this process.

    :ivar ends: the moment to which the work that is running may go on.
    :ivar free: the moment from which no slice is promised to anybody.
    """

    def __init__(self) -> None:
        self.ends = self.free = 0.0

    def breathe(self) -> None:
        """Let others have their turn when the present slice is over.

        The next one begins when all are over that other work of this kind was promised meanwhile: however many work
        long at once, whoever wants only a moment waits for one slice and not for one of each.
        """
        moment = time.perf_counter()
        if moment < self.ends:
            return
        begins = max(moment, self.free)
        self.free = begins + SLICE
        time.sleep(max(begins - moment, MOMENT))
        self.ends = time.perf_counter() + SLICE

    def pause(self) -> None:
        """Let others have their turn as :meth:`breathe` does, but come right after them: for work that may be short."""
        if time.perf_counter() >= self.ends:
            time.sleep(MOMENT)
            self.ends = time.perf_counter() + SLICE


_work = Pace()
breathe, pause = _work.breathe, _work.pause


def breathing(things: Iterable[Thing]) -> Iterator[Thing]:
    """Give things one by one, breathing between them."""
    for thing in things:
        yield thing
        breathe()


def slices(things: Iterable[Thing], size: int) -> Iterator[list[Thing]]:
    """Give things in lists of a size, the last one shorter, breathing between them."""
    remaining = iter(things)
    while some := list(islice(remaining, size)):
        yield some
        breathe()

"""Long work in a greenlet: done in slices, between which all others get their turn.

Python code that runs for long stops the event loop, and with it all streams and requests of a worker. So whatever may
process thousands of things calls :func:`breathe` again and again; that costs nothing until a slice is over.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

SLICE = 0.002
"""Seconds that long work runs before others get their turn."""
MOMENT = 0.000_001
"""Seconds to sleep so that gevent checks sockets, too: after sleep(0) it may resume fifty times without doing so."""

Thing = TypeVar("Thing")


class Pace:
    """When slices of one kind of long work end and begin in this process.

    :ivar ends: the moment until which the running work may go on.
    :ivar free: the moment from which no slice is promised to anybody.
    """

    def __init__(self) -> None:
        self.ends = self.free = 0.0

    def breathe(self) -> None:
        """Let others have their turn when the current slice is over.

        The next one begins after all slices that were promised to other work of this kind meanwhile: however much long
        work there is, whoever needs only a moment waits for one slice and not for one of each.
        """
        moment = time.perf_counter()
        if moment < self.ends:
            return
        begins = max(moment, self.free)
        self.free = begins + SLICE
        time.sleep(max(begins - moment, MOMENT))
        self.ends = time.perf_counter() + SLICE

    def pause(self) -> None:
        """Let others have their turn like :meth:`breathe`, but resume right after them: for work that may be short."""
        if time.perf_counter() >= self.ends:
            time.sleep(MOMENT)
            self.ends = time.perf_counter() + SLICE


_work = Pace()
breathe, pause = _work.breathe, _work.pause


def breathing(things: Iterable[Thing]) -> Iterator[Thing]:
    """Yield things one by one, breathing in between."""
    for thing in things:
        yield thing
        breathe()


def slices(things: Iterable[Thing], size: int) -> Iterator[list[Thing]]:
    """Yield things in lists of a given size, the last one shorter, breathing in between."""
    remaining = iter(things)
    while some := list(islice(remaining, size)):
        yield some
        breathe()

"""Long work in a greenlet: done in slices, between which all others have their turn.

Python that goes on for long stops the event loop, and all streams and requests of a worker with it. So whatever may
come to thousands of things calls :func:`breathe` again and again; it costs nothing until a slice is over.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

SLICE = 0.005
"""Seconds that long work goes on before others have their turn."""
MOMENT = 0.000_001
"""Seconds to sleep so that gevent looks at sockets, too: after no time at all it may come back fifty times without."""

Thing = TypeVar("Thing")


class _Pace:
    """When slices end and begin in this process.

    :ivar ends: the moment to which the work that is running may go on.
    :ivar free: the moment from which no slice is promised to anybody.
    """

    ends = 0.0
    free = 0.0


def breathe() -> None:
    """Let others have their turn when the present slice is over.

    The next one begins when all are over that other long work was promised meanwhile: however many work long at once,
    whoever wants only a moment waits for one slice and not for one of each.
    """
    moment = time.perf_counter()
    if moment < _Pace.ends:
        return
    begins = max(moment, _Pace.free)
    _Pace.free = begins + SLICE
    time.sleep(max(begins - moment, MOMENT))
    _Pace.ends = time.perf_counter() + SLICE


def pause() -> None:
    """Let others have their turn as :func:`breathe` does, but come right after them: for work that may be short."""
    if time.perf_counter() >= _Pace.ends:
        time.sleep(MOMENT)
        _Pace.ends = time.perf_counter() + SLICE


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

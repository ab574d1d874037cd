"""What the workers of one server count, in shared memory: with mapped files, a full disk would kill whoever counts.

Each worker writes to a slot of its own, which the master assigns before the fork, and any worker reads all slots. The
slot of a worker that has gone goes to the next one: counters keep their values, gauges are cleared.
"""

from __future__ import annotations

import json
import math
import mmap
from collections.abc import Callable, Iterable, Iterator, Sequence
from threading import Lock
from typing import Any

SLOTS = 256
"""How many workers can count at once."""
CELLS = 128
WIDTH = 256
"""Bytes of a cell: a number, and the key that says what it counts. A slot's first cell holds how many there are."""
NUMBER = 8
MERGE: dict[str, Callable[[Iterable[float]], float]] = {"livemax": max, "livemin": min}
"""How the figures of several workers are combined, by the mode of a gauge; all others are summed."""


class Table:
    """Slots of cells in memory that is shared with all processes forked from now on.

    :ivar mine: the slot of this process.
    """

    def __init__(self, slots: int) -> None:
        self._memory = mmap.mmap(-1, slots * CELLS * WIDTH)
        self._numbers = memoryview(self._memory).cast("d")
        self._slots, self.mine = slots, 0
        self._keys: list[dict[bytes, int]] = [{} for _ in range(slots)]
        self._given: dict[Any, int] = {}

    def give(self, worker: Any) -> None:
        """Make the next forked process, a worker, count in a slot that no other has."""
        free = set(range(self._slots)) - set(self._given.values())
        self.mine = self._given[worker] = min(free, default=self._slots - 1)

    def take_back(self, worker: Any) -> None:
        """Clear what only holds while a worker lives."""
        slot = self._given.pop(worker, None)
        for key, cell in self.cells(slot).items() if slot is not None else ():
            if _mode(key):
                self._numbers[cell] = math.nan

    def cell(self, key: bytes) -> int:
        """Return the place of this process's number for a key, after creating it if necessary."""
        known = self.cells(self.mine)
        if key not in known:
            count = len(known) + 1
            start = (self.mine * CELLS + count) * WIDTH
            if count == CELLS or len(key) > WIDTH - NUMBER:
                raise ValueError(f"there is no room to count {key!r}")
            self._memory[start + NUMBER : start + NUMBER + len(key)] = key
            known[key] = start // NUMBER
            self._numbers[self.mine * CELLS * WIDTH // NUMBER] = count  # last, so that every key is complete when read
        return known[key]

    def cells(self, slot: int) -> dict[bytes, int]:
        """Return the places of all numbers of a slot."""
        known, first = self._keys[slot], slot * CELLS * WIDTH
        for count in range(len(known) + 1, int(self._numbers[first // NUMBER]) + 1):
            start = first + count * WIDTH
            key = self._memory[start + NUMBER : start + WIDTH].rstrip(b"\0")
            known[key] = start // NUMBER
        return known

    def __iter__(self) -> Iterator[bytes]:
        """List the keys that any worker counts."""
        for slot in range(self._slots):
            yield from self.cells(slot)

    def all(self, key: bytes) -> list[float]:
        """Return the workers' numbers for a key."""
        found = (self.cells(slot).get(key) for slot in range(self._slots))
        numbers = (self._numbers[cell] for cell in found if cell is not None)
        return [number for number in numbers if not math.isnan(number)]

    def add(self, cell: int, amount: float) -> None:
        """Add to a number of this process."""
        self._numbers[cell] += amount

    def put(self, cell: int, number: float) -> None:
        """Replace a number of this process."""
        self._numbers[cell] = number


table = Table(1)
"""Where this process counts: alone, unless a server shares a larger table."""


def share() -> Table:
    """Make the workers that are forked from now on count in one table."""
    global table
    table = Table(SLOTS)
    return table


def labels_seen() -> Iterator[tuple[str, list[str]]]:
    """List the figures that any worker counts, with their labels."""
    for key in table:
        _, metric, _, labels = json.loads(key)
        yield metric, labels


def _mode(key: bytes) -> str:
    return str(json.loads(key)[0])


class SharedValue:
    """A number as the Prometheus client expects it: written by this process, read as the figure of all workers."""

    _multiprocess = False

    def __init__(
        self,
        typ: str,
        metric: str,
        name: str,
        _labelnames: Sequence[str],
        labels: Sequence[str],
        _help: str,
        multiprocess_mode: str = "",
        **_: Any,
    ) -> None:
        self._mode = multiprocess_mode if typ == "gauge" else ""
        self._key = json.dumps([self._mode, metric, name, list(labels)]).encode()
        self._cell, self._lock = table.cell(self._key), Lock()
        if self._mode:  # an earlier worker may have left its own
            self.set(0)

    def inc(self, amount: float) -> None:
        """Add to it."""
        with self._lock:
            table.add(self._cell, amount)

    def set(self, value: float, timestamp: float | None = None) -> None:
        """Replace it."""
        with self._lock:
            table.put(self._cell, value)

    def get(self) -> float:
        """Return the combined figure of all workers."""
        return float(MERGE.get(self._mode, sum)(table.all(self._key) or [0.0]))

    def set_exemplar(self, exemplar: Any) -> None:
        """Keep no exemplar."""

    def get_exemplar(self) -> None:
        """Return none."""

"""Heavy work of a worker's requests, one at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from punt.errors import Busy


class Turns:
    """Lets one request of this worker at a time do something heavy.

    :param line: how many may wait; more are refused as busy at once.
    :param timeout: seconds that each waits before it is refused.
    :ivar waiting: how many wait.
    """

    def __init__(self, line: int, timeout: float) -> None:
        self.waiting = 0
        self._line, self._timeout = line, timeout
        self._turn = threading.Semaphore()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Wait for a turn, take it, and give it back; the caller holds no database connection.

        :raises Busy: when there is none in time.
        """
        if not (self._turn.acquire(blocking=False) or self._came()):
            raise Busy
        try:
            yield
        finally:
            self._turn.release()

    def _came(self) -> bool:
        if self.waiting >= self._line:
            return False
        self.waiting += 1
        try:
            return self._turn.acquire(timeout=self._timeout)
        finally:
            self.waiting -= 1

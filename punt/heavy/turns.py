"""Heavy work of a worker's requests, one at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from punt.errors import Busy


class Turns:
    """Lets one request of this worker at a time do something heavy.

    :param line: how many may wait; more are refused as busy at once.
    :param patience: seconds that each waits, and is refused then.
    :ivar waiting: how many wait.
    """

    def __init__(self, line: int, patience: float) -> None:
        self.waiting = 0
        self._line, self._patience = line, patience
        self._turn = threading.Semaphore()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Wait for a turn, have it, and give it back; whoever calls this holds no connection to the database.

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
            return self._turn.acquire(timeout=self._patience)
        finally:
            self.waiting -= 1

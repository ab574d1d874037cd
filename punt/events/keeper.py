"""Deletes old events, and whatever else is kept for a limited time."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import gevent
import sqlalchemy as sa

from punt.database import WRITES, is_full, now
from punt.events import disk
from punt.events.log import EventLog
from punt.settings import Retention

EVERY = 600.0
"""Seconds between two rounds, jittered, so that the workers take turns."""
LOOK = 5.0
"""Seconds between two checks of the log's size, jittered."""
LOG = "event log"
BATCH = 1000
BREATH = 0.05
"""Seconds between two batches, so that other writers get their turn."""

Chore = Callable[[sa.Connection, int], int]
"""Deletes up to a number of old things and returns how many it deleted."""

logger = logging.getLogger(__name__)


class Keeper:
    """Deletes events that are too old or too many, in small batches."""

    def __init__(self, engine: sa.Engine, log: EventLog, retention: Retention) -> None:
        self._engine, self._log, self._retention = engine, log, retention
        self._chores: dict[str, Chore] = {}
        self._greenlet: gevent.Greenlet | None = None

    def also(self, what: str, chore: Chore) -> None:
        """Delete other things, too, in every round.

        :param what: what they are called in the log file, such as ``bin``.
        """
        self._chores[what] = chore

    def start(self) -> None:
        """Start the rounds in a greenlet of their own; calling it again changes nothing."""
        if self._greenlet is None:
            self._greenlet = gevent.spawn(self._run)

    def stop(self) -> None:
        """Stop the rounds."""
        if self._greenlet:
            self._greenlet.kill()
            self._greenlet = None

    def prune(self) -> int:
        """Delete all events that are no longer kept, and return how many those were."""
        return self._whole(partial(self._in_transaction, self._forget_events))

    def tidy(self) -> None:
        """Delete whatever is no longer kept, in the log and elsewhere; a failure does not stop the rest."""
        for what, chore in {LOG: self._forget_events, **self._chores}.items():
            try:
                self._whole(partial(self._in_transaction, chore))
            except Exception as error:
                self._complain(what, error)

    def _whole(self, batch: Callable[[], int]) -> int:
        total = forgotten = batch()
        while forgotten == BATCH:  # what is written meanwhile waits for the next round, or this might never end
            gevent.sleep(BREATH)
            forgotten = batch()
            total += forgotten
        return total

    def _forget_events(self, connection: sa.Connection, most: int) -> int:
        oldest = now() - timedelta(seconds=self._retention.seconds)
        return self._log.prune(connection, oldest, self._retention.rows, most, self._retention.size)

    def _in_transaction(self, chore: Chore) -> int:
        with self._engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
            return chore(connection, BATCH)

    def _run(self) -> None:
        tidied = time.monotonic() + EVERY * random.uniform(-0.5, 0.5)
        while True:
            gevent.sleep(min(LOOK, EVERY) * random.uniform(0.5, 1.5))
            if time.monotonic() - tidied > EVERY:
                tidied = time.monotonic() + EVERY * random.uniform(-0.5, 0.5)
                self.tidy()
            else:
                self._shorten()

    def _shorten(self) -> None:
        try:
            if self._is_too_large():
                self.prune()
        except Exception as error:  # a database that is away is reported often enough elsewhere
            if is_full(error):
                disk.note_full()

    def _is_too_large(self) -> bool:
        with self._engine.connect() as connection:
            return self._log.is_larger_than(connection, self._retention.size)

    def _complain(self, what: str, error: Exception) -> None:
        if is_full(error):
            disk.note_full()
        else:
            logger.warning("the %s could not be tidied; trying again later", what, exc_info=error)

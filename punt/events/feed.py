"""One supervised greenlet per worker that carries the log to the hub, in order."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

import gevent
import sqlalchemy as sa
from gevent.event import Event
from sqlalchemy.exc import OperationalError

from punt.database import WRITES, now
from punt.events import metrics
from punt.events.cursor import Cursor
from punt.events.doorbell import Doorbell, ValkeyDoorbell
from punt.events.hub import Hub
from punt.events.log import Entry, EventLog
from punt.events.publication import EVERYONE
from punt.events.signals import events_committed

SLOW_POLL = 1.0
"""Seconds after which the log is read even without a ring: a lost ring only costs a moment."""
RESTART_PAUSES = (0.1, 0.2, 0.5, 1.0)
STEADY = 5.0
"""Seconds of work after which an earlier death no longer counts."""
PAGE = 200

logger = logging.getLogger(__name__)


class Feed:
    """Reads the log whenever the bell rings, and publishes what is new."""

    def __init__(self, engine: sa.Engine, log: EventLog, hub: Hub, doorbell: Doorbell) -> None:
        self._engine, self._log, self._hub, self._doorbell = engine, log, hub, doorbell
        self._rung, self._ours = Event(), Event()
        self._greenlets: list[gevent.Greenlet] = []
        self._epoch: str | None = None
        events_committed.connect(self._committed, sender=self._log)
        self._checked = time.monotonic()

    @property
    def age(self) -> float:
        """Seconds since the log was last read to its end."""
        return time.monotonic() - self._checked

    def start(self) -> None:
        """Start to follow the log, as soon as its database answers; calling it again changes nothing."""
        if self._greenlets:
            return
        self._spawn("feed", self._run)
        self._spawn("ticker", self._hub.run_ticker)
        self._spawn("doorbell", self._doorbell.listen, self._rung.set)
        if isinstance(self._doorbell, ValkeyDoorbell):
            self._spawn("announcer", self._announce, self._doorbell)

    def stop(self) -> None:
        """Stop following the log: this process goes on without the app."""
        gevent.killall(self._greenlets)
        self._greenlets, self._epoch = [], None

    def take_place(self) -> None:
        """Make sure that the feed knows from which head it follows the log; no stream may open before that."""
        if self._epoch:
            return
        with self._engine.connect() as connection:
            head = self._log.head(connection)
        if not self._epoch:
            self._follow_from(head)

    def catch_up(self) -> None:
        """Publish what is new in the log."""
        while True:
            with self._engine.connect() as connection:
                head = self._log.head(connection)
                # even where the head has not grown: a log that cannot be read must be noticed
                entries = self._log.since(connection, self._hub.ring.position, limit=PAGE)
            if not self._continues(head, entries):
                self._begin_anew(head)
                continue
            self._epoch = head.epoch
            metrics.log_lag.set(max((now() - entries[0].created_at).total_seconds(), 0) if entries else 0)
            self._hub.publish(entries)
            if len(entries) < PAGE:
                break
        self._checked = time.monotonic()
        metrics.feed_checked.set_to_current_time()

    def _committed(self, *_: Any, **__: Any) -> None:
        self._rung.set()
        self._ours.set()
        if not self._greenlets and isinstance(self._doorbell, ValkeyDoorbell):  # a shell command, which ends soon
            self._doorbell.announce()

    def _run(self) -> None:
        self.take_place()
        while True:
            self.catch_up()
            self._rung.wait(SLOW_POLL)
            self._rung.clear()

    def _announce(self, bell: ValkeyDoorbell) -> None:
        while True:
            self._ours.wait()
            self._ours.clear()
            bell.announce()

    def _continues(self, head: Cursor, entries: list[Entry]) -> bool:
        """Return whether what was read follows what was published: nothing pruned in between, and the same history.

        A wipe begins a new epoch too; what it tells everyone comes right after what was published before.
        """
        following = entries[0].position if entries else head.position + 1
        told = any(entry.topic == EVERYONE for entry in entries)
        return following == self._hub.ring.position + 1 and (head.epoch == self._epoch or told)

    def _begin_anew(self, head: Cursor) -> None:
        """Continue from the head; each stream continues from its own place in the log, or is reset."""
        logger.warning("the event log does not continue at %d: its head is %s", self._hub.ring.position, head)
        if head.position < self._hub.ring.position:  # an older copy was restored: newer cursors are wrong
            with self._engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
                self._log.begin_epoch(connection, head.epoch)
                head = self._log.head(connection)
        self._follow_from(head)

    def _follow_from(self, head: Cursor) -> None:
        self._epoch = head.epoch
        self._hub.follow_from(head)

    def _spawn(self, name: str, work: Callable[..., None], *given: Any) -> None:
        self._greenlets.append(gevent.spawn(self._supervise, name, work, *given))

    def _supervise(self, name: str, work: Callable[..., None], *given: Any) -> None:
        """Run for ever; the first failure in a row is logged as a warning, and the following ones are only counted."""
        deaths = 0
        while True:
            began = time.monotonic()
            try:
                work(*given)
            except Exception as error:
                deaths = 1 if time.monotonic() - began > STEADY else deaths + 1
                pause = RESTART_PAUSES[min(deaths, len(RESTART_PAUSES)) - 1]
                self._complain(name, error, deaths)
                gevent.sleep(pause)

    def _complain(self, name: str, error: Exception, deaths: int) -> None:
        expected = isinstance(error, OperationalError | OSError)
        if deaths == 1:
            logger.warning("the %s died and starts again: %s", name, error, exc_info=None if expected else error)
        else:
            logger.debug("the %s died again, %d times in a row: %s", name, deaths, error)

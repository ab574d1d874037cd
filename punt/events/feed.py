"""One supervised greenlet per worker that carries the log to the hub, in order."""

from __future__ import annotations

import logging
from typing import Any

import gevent
import sqlalchemy as sa
from gevent.event import Event

from punt.events.doorbell import Doorbell
from punt.events.hub import End, Hub
from punt.events.log import EventLog
from punt.events.signals import events_committed

SLOW_POLL = 1.0
"""Seconds after which the log is read even if nobody rang: a lost ring only costs a moment."""
RESTART_PAUSES = (0.1, 0.5, 1.0, 2.0, 5.0)
PAGE = 500

logger = logging.getLogger(__name__)


class Feed:
    """Reads the log whenever somebody rings and publishes what is new."""

    def __init__(self, engine: sa.Engine, log: EventLog, hub: Hub, doorbell: Doorbell) -> None:
        self._engine, self._log, self._hub, self._doorbell = engine, log, hub, doorbell
        self._rung = Event()
        self._started = False

    def start(self) -> None:
        """Begin at the log's present head; calling it again changes nothing."""
        if self._started:
            return
        self._started = True
        with self._engine.connect() as connection:
            self._hub.position = self._log.head(connection).position
        events_committed.connect(self.ring, sender=self._log, weak=False)
        gevent.spawn(self._supervise, "feed", self._run)
        gevent.spawn(self._supervise, "doorbell", lambda: self._doorbell.listen(self.ring))

    def ring(self, *_: Any, **__: Any) -> None:
        """Say that the log may have grown."""
        self._rung.set()

    def _run(self) -> None:
        while True:
            self._rung.wait(SLOW_POLL)
            self._rung.clear()
            self._catch_up()

    def _catch_up(self) -> None:
        while True:
            with self._engine.connect() as connection:
                entries = self._log.since(connection, self._hub.position, limit=PAGE)
                head = self._log.head(connection).position
            if head < self._hub.position:  # another database lies under us: nobody's place is right any more
                logger.warning("the event log went back from %d to %d", self._hub.position, head)
                self._hub.position = head
                self._hub.close(End.LOST_PLACE)
            for entry in entries:
                self._hub.publish(entry)
            if len(entries) < PAGE:
                return

    def _supervise(self, name: str, work: Any) -> None:
        deaths = 0
        while True:
            try:
                work()
            except Exception:
                pause = RESTART_PAUSES[min(deaths, len(RESTART_PAUSES) - 1)]
                deaths += 1
                logger.exception("the %s died and starts again in %.1f s", name, pause)
                gevent.sleep(pause)

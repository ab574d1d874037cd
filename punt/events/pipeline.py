"""The parts of the pipeline put together, as one extension of the app."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app

from punt.database import db
from punt.events import capture
from punt.events.doorbell import doorbell_for
from punt.events.feed import Feed
from punt.events.hub import End, Hub
from punt.events.log import log
from punt.events.stream import Stream, Subscription


class EventPipeline:
    """One process's log, hub and feed.

    :param keepalive: seconds of silence before a sign of life.
    :param lifetime: seconds that a stream lives.
    """

    def __init__(self, engine: sa.Engine, keepalive: float, lifetime: float) -> None:
        self.engine, self.keepalive, self.lifetime = engine, keepalive, lifetime
        self.log = log
        self.hub = Hub()
        self.feed = Feed(engine, self.log, self.hub, doorbell_for(engine))

    def init_app(self, app: Flask, session: Any) -> None:
        """Join an app, and capture what the sessions of a factory change."""
        app.extensions["punt_events"] = self
        capture.watch(session)

    def stream(self, subscription: Subscription, cursor: str | None) -> Stream:
        """Open a stream for a subscription; the caller closes it."""
        self.feed.start()
        stream = Stream(self.engine, self.log, self.hub, subscription, cursor, self.keepalive, self.lifetime)
        stream.open()
        return stream

    def drain(self) -> None:
        """End all streams and refuse new ones: this process is about to stop."""
        self.hub.close(End.DRAINING, for_good=True)


def pipeline() -> EventPipeline:
    """Return the current app's pipeline."""
    found: EventPipeline = current_app.extensions["punt_events"]
    return found


def cursor() -> str:
    """Return the place after the newest event that this session's transaction sees.

    Read it before the data of a page: then the page's stream, opened from it, misses nothing.
    """
    return str(log.head(db.session.connection()))

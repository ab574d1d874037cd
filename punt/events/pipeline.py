"""The parts of the pipeline put together, as one extension of the app."""

from __future__ import annotations

import threading
from socket import socket
from typing import Any
from weakref import WeakSet

import sqlalchemy as sa
from flask import Flask, current_app

from punt.database import db
from punt.events import capture, metrics
from punt.events.doorbell import doorbell_for
from punt.events.end import End
from punt.events.feed import Feed
from punt.events.hub import Hub
from punt.events.keeper import Keeper
from punt.events.log import log
from punt.events.peer import Peer
from punt.events.places import Places
from punt.events.prover import Prover
from punt.events.stream import Stream
from punt.events.subscription import Subscription
from punt.settings import Settings

AT_THE_DOOR = 3
"""Streams of one process that may be opening at once."""


class EventPipeline:
    """One process's log, hub and feed, and the places of its streams."""

    def __init__(self, engine: sa.Engine, settings: Settings) -> None:
        self.engine, self.settings = engine, settings
        self.log = log
        self.hub, self.prover = Hub(settings.stream_keepalive), Prover(engine, log)
        self.feed = Feed(engine, self.log, self.hub, doorbell_for(engine, settings.redis_url))
        self.keeper = Keeper(engine, self.log, settings.event_retention)
        folder = settings.instance_path / "streams"
        self.is_direct = settings.stream_lane == "auto"
        self._open: WeakSet[Stream] = WeakSet()
        self.door = threading.Semaphore(AT_THE_DOOR)
        self.places = Places(folder, settings.streams_per_person, settings.streams_per_worker)

    def init_app(self, app: Flask, session: Any) -> None:
        """Join an app, and capture what the sessions of a factory change."""
        app.extensions["punt_events"] = self
        capture.watch(session)

    def start(self) -> None:
        """Follow the log and keep it short; calling it again changes nothing."""
        self.feed.start()
        self.keeper.start()

    def stop(self) -> None:
        """End what :meth:`start` or a stream began: this process goes on without the app."""
        self.feed.stop()
        self.keeper.stop()

    def stream(
        self, subscription: Subscription, connection: socket | None, cursor: str | None, protocol: str | None = None
    ) -> Stream | None:
        """Open a stream for a subscription, or return None if there is no place for it; the caller closes it.

        :param connection: the client's socket, if the server lends it.
        :param protocol: the request's protocol.
        """
        self.feed.start()
        self.feed.take_place()
        place = self.places.take(subscription.person)
        if place is None:
            metrics.refused.inc()
            return None
        stream = Stream(
            engine=self.engine,
            log=self.log,
            hub=self.hub,
            prover=self.prover,
            subscription=subscription,
            peer=Peer(connection, self.settings.stream_write_timeout, protocol if self.is_direct else None),
            cursor=cursor,
            keepalive=self.settings.stream_keepalive,
            lifetime=self.settings.stream_lifetime,
            on_close=lambda: self.places.give_back(subscription.person, place),
        )
        stream.open()
        self._open.add(stream)
        return stream

    def drain(self) -> None:
        """End all streams and refuse new ones: this process is about to stop."""
        self.hub.close(End.DRAINING)

    def cut(self) -> None:
        """Hang up on clients that still have not read their streams' last bytes."""
        for stream in tuple(self._open):
            stream.peer.cut()


def pipeline() -> EventPipeline:
    """Return the current app's pipeline."""
    found: EventPipeline = current_app.extensions["punt_events"]
    return found


def cursor() -> str:
    """Return the place after the newest event that this session's transaction sees.

    Read it before the data of a page: then the page's stream, opened from it, misses nothing.
    """
    return str(log.head(db.session.connection()))

"""The pipeline from the log to a stream's bytes in one process, advanced step by step by a test."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
import sseclient

from punt.database import db, now, writing
from punt.events import capture, sse
from punt.events.cursor import Cursor
from punt.events.doorbell import Ring
from punt.events.feed import Feed
from punt.events.hub import Hub
from punt.events.log import Entry, log
from punt.events.peer import Peer
from punt.events.prover import Prover
from punt.events.publication import Draft
from punt.events.stream import Stream
from punt.events.subscription import AccessLost, Proof, Subscription

TOPIC = "weather"
PATIENCE = 500
"""Chunks after which a reader gives up."""


def everything(_: sa.Connection) -> Callable[[Entry], bool]:
    """The check of a listener who may see all of the past."""
    return lambda _: True


@dataclass(frozen=True)
class Listener:
    """Somebody who may listen as long as a test says so.

    :param check: as in a test: returns whether an event of the past may be had, or raises ``AccessLost``.
    :param reaches: whether all after a position is theirs to see.
    """

    check: Callable[[sa.Connection], Callable[[Entry], bool]] = everything
    reaches: Callable[[sa.Connection, int], bool] = lambda *_: True


def prove_each(connection: Any, listeners: Sequence[Listener]) -> list[Proof | None]:
    """Prove that listeners may listen as their tests say."""
    return [_prove(connection, each) for each in listeners]


def _prove(connection: Any, listener: Listener) -> Proof | None:
    try:
        return Proof(listener.check(connection), listener.reaches)
    except AccessLost:
        return None


class Reader:
    """A client at the end of a stream, reading it chunk by chunk.

    :ivar numbers: of the events that it has read.
    :ivar cursor: its cursor, as a browser remembers it.
    """

    def __init__(self, stream: Stream) -> None:
        self.stream, self.numbers, self.types, self.cursor = stream, list[int](), list[str](), stream.cursor
        stream.open()
        self._chunks = iter(stream)

    def read(self) -> bytes:
        """Read the next chunk, as a third-party SSE client understands it."""
        chunk = next(self._chunks)
        for event in sseclient.SSEClient(iter([chunk])).events():
            self.cursor = event.id or self.cursor
            if event.event == "message" and event.data:
                self._note(json.loads(event.data))
        return chunk

    def read_until(self, cursor: str) -> list[int]:
        """Read until the stream has reached a position, and return the numbers of the events so far."""
        for _ in range(PATIENCE):
            if self.cursor == cursor:
                return self.numbers
            self.read()
        raise AssertionError(f"the stream stays at {self.cursor} and does not reach {cursor}")

    def read_on(self) -> list[bytes]:
        """Read until the stream ends and return the chunks."""
        chunks = []
        for _ in range(PATIENCE):
            try:
                chunks.append(self.read())
            except StopIteration:
                return chunks
        raise AssertionError("the stream does not end")

    def leave(self) -> None:
        """Disconnect, as a client does whose connection breaks."""
        close: Any = self._chunks
        close.close()
        self.stream.close()

    def _note(self, message: dict[str, Any]) -> None:
        self.types.append(message["type"])
        if "number" in message["data"]:
            self.numbers.append(message["data"]["number"])


class Silence:
    """A doorbell that never rings."""

    def listen(self, ring: Ring) -> None:
        """Never ring."""


class Channel:
    """A log, a hub and the feed between them, which reads when the test says so. Needs an app context."""

    def __init__(self) -> None:
        self.hub, self.prover = Hub(), Prover(db.engine, log)
        self._feed = Feed(db.engine, log, self.hub, Silence())
        self._feed.take_place()

    @property
    def cursor(self) -> str:
        """The cursor after the newest event."""
        return str(self._head())

    def write(self, *numbers: int, topic: str = TOPIC, **more: Any) -> None:
        """Commit events in one transaction, one for each number."""
        with writing() as session:
            drafts = [Draft("weather.changed", topic, {"number": number}, **more) for number in numbers]
            capture.announce(session, *drafts)

    def carry(self) -> None:
        """Let the feed pass what is new in the log to the hub."""
        self._feed.catch_up()

    def listen(self, cursor: str | None = None, **options: Any) -> Reader:
        """Open a stream; nothing of it is read yet."""
        return Reader(self.stream(cursor, **options))

    def live(self, **options: Any) -> Reader:
        """Open a stream and read until it is live."""
        reader = self.listen(**options)
        while sse.KEEPALIVE not in reader.read():
            pass
        return reader

    def stream(
        self,
        cursor: str | None = None,
        *,
        check: Callable[[sa.Connection], Callable[[Entry], bool]] = everything,
        names: tuple[str, ...] = ("nora",),
        keepalive: float = 0.01,
        lifetime: float = math.inf,
        signed_in_for: float = 3600,
        since: Cursor | None = None,
        reaches: Callable[[sa.Connection, int], bool] = lambda *_: True,
    ) -> Stream:
        """Make a stream about the weather for Nora, or somebody else.

        :param since: where in the log that was granted; at its head by default.
        """
        expires_at = now() + timedelta(seconds=signed_in_for)
        topics, called = frozenset({TOPIC}), frozenset(names)
        listener = Listener(check, reaches)
        subscription = Subscription(
            "project", "nora", topics, called, since or self._head(), expires_at, prove_each, listener
        )
        return Stream(db.engine, log, self.hub, self.prover, subscription, Peer(None, 10), cursor, keepalive, lifetime)

    def _head(self) -> Any:
        with db.engine.connect() as connection:
            return log.head(connection)

"""A client of a stream, which checks every id that it gets against what the log ever held."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import greenlet

from punt.events.cursor import Cursor
from punt.events.delivery import chunked
from punt.events.log import Entry
from punt.events.publication import EVERYONE
from punt.events.stream import Stream
from punt.events.subscriber import Subscriber
from punt.events.subscription import AccessLost
from tests.simulation.log import MemoryLog

REASONS: dict[str, Callable[[Cursor | None, MemoryLog], bool]] = {
    "malformed": lambda at, _: at is None,
    "epoch": lambda at, log: at is not None and at.epoch != log.epoch,
    "expired": lambda at, log: at is None or at.position < log.floor(None),  # also one that began while all was pruned
}
"""When a stream may say that it cannot continue from a client's cursor."""


class Broken(AssertionError):
    """A promise that a stream did not keep."""


PAUSED = object()
"""What a stream's greenlet returns instead of a chunk when it waits."""


class Left(Exception):
    """The client of a stream has gone."""


class Socket:
    """A client's socket as a stream sees it; how many bytes it takes is random.

    :param in_chunks: how it may be written to past the server, as ``Peer`` says it.
    :param takes: chooses how many bytes of a size it takes at once.
    :param breaks: whether it breaks while the rest of a frame goes out.
    """

    def __init__(
        self, client: Client, in_chunks: bool | None, takes: Callable[[int], int], breaks: Callable[[], bool]
    ) -> None:
        self.in_chunks, self._client, self._takes, self._breaks = in_chunks, client, takes, breaks
        self._is_open = True

    def begin(self, _: Any) -> None:
        """Do nothing: the world decides when a client is noticed to have gone."""

    def end(self) -> None:
        """Write no more."""
        self._is_open = False

    cut = end

    def send(self, data: bytes) -> int:
        """Take some of the bytes."""
        taken = self._takes(len(data)) if self._is_open else 0
        self._client.take(data[:taken])
        return taken

    def send_all(self, data: bytes) -> None:
        """Take all of them, unless it breaks."""
        if self._breaks() or not self._is_open:
            raise BrokenPipeError
        self._client.take(data)


class Client:
    """Listens to some topics, remembers its last id, and fails on anything that it should not have received.

    :ivar cursor: the id of the last message that it read whole, as a browser remembers it.
    :ivar missing_from: the position up to which it has everything, or None until a stream has told it one.
    :ivar has_caught_up: whether its stream has said that all it missed has come.
    :ivar revoked_at: the position of the event that took its access away, or None while it may listen.
    :ivar left_at: where its access was lost last, until ``begins_at``, where it was let in again.
    """

    def __init__(self, name: str, topics: frozenset[str], log: MemoryLog) -> None:
        self.name, self.topics, self._log = name, topics | {EVERYONE}, log
        self.cursor: str | None = None
        self.missing_from: int | None = None
        self.revoked_at: int | None = None
        self.left_at = self.begins_at = 0
        self.stream: Stream | None = None
        self.running = False
        self._runner: Any = None
        self._caller: Any = None
        self._bytes = self._text = b""
        self._head = 0
        self.has_caught_up = False
        self._announced: list[int] = []

    def check(self, _: Any) -> Callable[[Entry], bool]:
        """Prove that it may listen."""
        if self.revoked_at is not None:
            raise AccessLost
        return lambda _: True

    def begin(self, stream: Stream) -> None:
        """Listen to a stream."""
        self.stream, self._runner = stream, greenlet.greenlet(self._run)
        self._bytes = self._text = b""
        self._head, self.has_caught_up, self._announced = stream.subscription.since.position, False, []
        stream.open()

    def leave(self) -> None:
        """Lose the connection."""
        if self.stream is not None:
            self._go_on(Left)
            self.stream.close()
        self.stream = None

    def read(self, broken_off: Callable[[int], int] | None = None) -> None:
        """Take the next chunk: all of it, or a number of bytes before the connection breaks."""
        chunk = self._go_on()
        if chunk is PAUSED:
            return None
        if chunk is None or self.stream is None:
            return self.leave()
        wire = chunked(chunk) if self._in_chunks else chunk
        taken = broken_off(len(wire)) if broken_off else len(wire)
        self.take(wire[:taken])
        return self.leave() if taken < len(wire) else None

    def take(self, data: bytes) -> None:
        """Receive bytes, and parse as much of them as is complete."""
        self._bytes += data
        while self._in_chunks and (found := _first_chunk(self._bytes)):
            text, self._bytes = found
            self._text += text
        if not self._in_chunks:
            self._text, self._bytes = self._text + self._bytes, b""
        *blocks, self._text = self._text.split(b"\n\n")
        for block in blocks:
            self._hear(block.decode())

    def waits_as(self, subscriber: Subscriber) -> bool:
        """Return whether a subscriber is its own."""
        return self.stream is not None and self.stream._subscriber is subscriber

    def pause(self, subscriber: Subscriber) -> None:
        """Wait in its stream's greenlet while others run."""
        while subscriber.waiting:
            self._caller.switch(PAUSED)

    def _run(self) -> None:
        chunks: Any = iter(self.stream)  # type: ignore[arg-type]
        try:
            for chunk in chunks:
                self._caller.switch(chunk)
        except Left:
            chunks.close()

    def _go_on(self, thrown: type[Exception] | None = None) -> Any:
        """Run its stream until it has a chunk, waits or ends; or make the stream end because its client has left."""
        self.running, self._caller = True, greenlet.getcurrent()
        self._runner.parent = self._caller
        try:
            if thrown is None:
                return self._runner.switch() if not self._runner.dead else None
            return self._runner.throw(thrown) if self._runner else None
        finally:
            self.running = False

    @property
    def _in_chunks(self) -> bool:
        return bool(self.stream and self.stream.peer.in_chunks)

    def reaches(self, _: Any, position: int) -> bool:
        """Return whether it had access before everything that comes after a position."""
        return position >= self.begins_at

    def grant(self, position: int) -> None:
        """Get access again, to what comes after a position."""
        self.left_at, self.begins_at, self.revoked_at = self.revoked_at or 0, position, None

    def wanted(self, after: int, upto: int) -> list[int]:
        """Return the positions of all events that the log ever held for it."""
        return [entry.position for entry in self._log.history[after:upto] if self._is_for_it(entry)]

    def _is_for_it(self, entry: Entry) -> bool:
        invited = entry.audience is None or self.name in entry.audience
        return entry.topic in self.topics and invited and not entry.internal

    def _hear(self, block: str) -> None:
        fields = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line and not line.startswith(":"))
        message = json.loads(fields["data"]) if "data" in fields and "event" not in fields else None
        if "id" not in fields:
            if message and message["type"] != EVERYONE:
                raise Broken(f"{self.name} got {message} without an id")
            self._announced += [message["number"]] if message else []
            return
        place = Cursor.parse(fields["id"])
        if place is None:
            raise Broken(f"{self.name} got the id {fields['id']}")
        if message and message["type"] == "stream.reset":
            self._start_over(message["data"]["reason"])
            self._expect_announced(place.position)
        else:
            self._go_to(place.position, message)
        if fields.get("event") == "ping":
            self._note_ping(place.position)
        self.cursor, self.missing_from = str(place), place.position

    def _start_over(self, reason: str) -> None:
        at = Cursor.parse(self.cursor or "")
        away = at is not None and at.position < self.begins_at
        if not (away if reason == "access" else REASONS[reason](at, self._log)):
            raise Broken(f"{self.name} was reset at {self.cursor} for being {reason}")

    def _expect_announced(self, upto: int) -> None:
        """Before a reset of a live stream, events for everyone must have come: they are not repeated later."""
        if self.has_caught_up and self.missing_from is not None:
            between = self._log.history[max(self.missing_from, self._log.floor(None)) : upto]
            due = [entry.position for entry in between if entry.topic == EVERYONE]
            if self._announced != due:
                raise Broken(f"{self.name} was told {self._announced} before its reset at {upto}, but {due} are due")
        self._announced = []

    def _go_to(self, position: int, message: Any) -> None:
        """Receive an id: everything up to it must have come, in order and once, and nothing that is for others."""
        if self.missing_from is None:
            return
        if self.missing_from < self.begins_at and position > self.left_at:
            raise Broken(f"{self.name}, away from {self.left_at} to {self.begins_at}, got {position} without a reset")
        due, got = self.wanted(self.missing_from, position), [position] if message else []
        if due != got or position < self.missing_from or (message and message["number"] != position):
            had = f"{self.name}, who had all up to {self.missing_from}"
            raise Broken(f"{had}, got {got or 'an id'} at {position}, but {due} are due")
        if self.revoked_at is not None and position > self.revoked_at and got:
            raise Broken(f"{self.name} got {position} after access was lost at {self.revoked_at}")

    def _note_ping(self, position: int) -> None:
        if not self.has_caught_up and position < self._head:
            raise Broken(f"{self.name} was told at {position} that all had come, but it began at {self._head}")
        self.has_caught_up = True


def _first_chunk(data: bytes) -> tuple[bytes, bytes] | None:
    """Split off the first chunk of what was received, if it is complete."""
    size, end, rest = data.partition(b"\r\n")
    if not end or len(rest) < (length := int(size, 16)) + 2:
        return None
    if rest[length : length + 2] != b"\r\n":
        raise Broken(f"a chunk of {length} bytes goes on with {rest[length:][:20]!r}")
    return rest[:length], rest[length + 2 :]

"""A client of a stream, which checks every id that it gets against what the log ever held."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from punt.events.cursor import Cursor
from punt.events.log import Entry
from punt.events.publication import EVERYONE
from punt.events.stream import AccessLost, Stream
from tests.simulation.log import MemoryLog

REASONS: dict[str, Callable[[Cursor | None, MemoryLog], bool]] = {
    "malformed": lambda at, _: at is None,
    "epoch": lambda at, log: at is not None and at.epoch != log.epoch,
    "expired": lambda at, log: at is None or at.position < log.floor(None),  # also one that began while all was pruned
}
"""When a stream may say that it cannot continue from a client's place."""


class Broken(AssertionError):
    """A promise that a stream did not keep."""


class Client:
    """Listens to some topics, remembers the id it holds, and complains of whatever it should not have got.

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
        self._chunks: Any = None
        self._head = 0
        self.has_caught_up = False
        self._told: list[int] = []

    def check(self, _: Any) -> Callable[[Entry], bool]:
        """Prove that it may listen."""
        if self.revoked_at is not None:
            raise AccessLost
        return lambda _: True

    def begin(self, stream: Stream) -> None:
        """Listen to a stream."""
        self.stream, self._chunks = stream, iter(stream)
        self._head, self.has_caught_up, self._told = self._log.position, False, []
        stream.open()

    def leave(self) -> None:
        """Lose the connection."""
        if self.stream is not None:
            self._chunks.close()
            self.stream.close()
        self.stream = None

    def read(self, broken_off: Callable[[int], int] | None = None) -> None:
        """Take the next chunk: all of it, or so many bytes of its size before the connection breaks."""
        self.running = True
        chunk = next(self._chunks, None)
        self.running = False
        if chunk is None:
            return self.leave()
        taken = broken_off(len(chunk)) if broken_off else len(chunk)
        for block in chunk[:taken].split(b"\n\n")[:-1]:
            self._hear(block.decode())
        return self.leave() if taken < len(chunk) else None

    def reaches(self, _: Any, position: int) -> bool:
        """Tell whether it was let in before all that comes after a position."""
        return position >= self.begins_at

    def grant(self, position: int) -> None:
        """May listen again, to what comes after a position."""
        self.left_at, self.begins_at, self.revoked_at = self.revoked_at or 0, position, None

    def wanted(self, after: int, upto: int) -> list[int]:
        """Return the positions of what the log ever held for it."""
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
            self._told += [message["number"]] if message else []
            return
        place = Cursor.parse(fields["id"])
        if place is None:
            raise Broken(f"{self.name} got the id {fields['id']}")
        if message and message["type"] == "stream.reset":
            self._start_over(message["data"]["reason"])
            self._expect_told(place.position)
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

    def _expect_told(self, upto: int) -> None:
        """Before a reset on the way, what everyone is told must have come: nothing that comes later says it."""
        if self.has_caught_up and self.missing_from is not None:
            between = self._log.history[max(self.missing_from, self._log.floor(None)) : upto]
            due = [entry.position for entry in between if entry.topic == EVERYONE]
            if self._told != due:
                raise Broken(f"{self.name} was told {self._told} before its reset at {upto}, but {due} are due")
        self._told = []

    def _go_to(self, position: int, message: Any) -> None:
        """Get an id: everything up to it must have come, in order, each once, and nothing that is not for it."""
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

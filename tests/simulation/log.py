"""A log in memory with the interface of the real one, and an engine whose database is sometimes away."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.exc import OperationalError

from punt.events.cursor import Cursor
from punt.events.log import Entry, EventLog

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


class MemoryLog(EventLog):
    """What the log still keeps, and everything that it ever held.

    :ivar history: every entry ever written, at its position less one.
    """

    def __init__(self) -> None:
        self.history: list[Entry] = []
        self.epoch, self._oldest = "e1", 1
        self.asked: Callable[[], None] = lambda: None

    @property
    def position(self) -> int:
        """The position of the newest entry."""
        return len(self.history)

    def write(self, kind: str, topic: str, audience: Collection[str] | None, message: str, rechecks: bool) -> Entry:
        """Append one entry."""
        names = None if audience is None else frozenset(audience)
        entry = Entry(self.position + 1, self.epoch, kind, topic, None, names, message, rechecks, MOMENT)
        self.history.append(entry)
        return entry

    def forget(self, upto: int) -> None:
        """Keep only what is after a position."""
        self._oldest = max(self._oldest, upto + 1)

    def turn_epoch(self) -> None:
        """Begin another epoch; positions continue."""
        self.epoch = f"e{int(self.epoch[1:]) + 1}"

    def head(self, connection: Any) -> Cursor:
        self._ask(connection)
        return Cursor(self.epoch, self.position)

    def _ask(self, connection: Any) -> None:
        """Let something happen before a statement on a connection; the world itself reads without one."""
        if connection is not None:
            self.asked()

    def floor(self, connection: Any) -> int:
        self._ask(connection)
        return min(self._oldest, self.position + 1) - 1

    def since(
        self,
        connection: Any,
        position: int,
        *,
        upto: int | None = None,
        topics: Collection[str] | None = None,
        limit: int = 500,
        characters: int | None = None,
    ) -> list[Entry]:
        self._ask(connection)
        found, size = list[Entry](), 0
        for entry in self.history[max(position, self._oldest - 1, 0) : upto]:
            if topics is not None and entry.topic not in topics:
                continue
            if len(found) == limit or (characters is not None and size >= characters):
                break
            found.append(entry)
            size += len(entry.message)
        return found


class Engine:
    """Connects to the log's database unless it is away.

    :ivar away: how many connections it refuses next.
    """

    def __init__(self) -> None:
        self.away = 0

    @contextmanager
    def connect(self) -> Iterator[Any]:
        """Return a connection, or fail as a driver does."""
        if self.away:
            self.away -= 1
            raise OperationalError("SELECT", {}, Exception("the database is away"))
        yield self

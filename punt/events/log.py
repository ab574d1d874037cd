"""The durable event log: events in the order of their commits, at positions without holes."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from punt.database import SKEW, Base, Timestamp, now
from punt.errors import TooLarge
from punt.events.cursor import Cursor
from punt.events.doorbell import CHANNEL
from punt.events.publication import EVERYONE, Draft
from punt.heavy.slices import breathing, slices

BATCH = 200
"""Events that are written by one statement of SQLite."""
FEW = 50
"""Topics that are looked up one by one; who listens to more listens to most of the log, and it is read through."""
ROW = 200
"""Bytes that an event costs beside its message, about."""
MOST_AT_ONCE = 64_000_000
"""Bytes that one transaction may log: an endless change would fill the memory of who makes it and the disk."""


class LoggedEvent(Base):
    """One event as it lies in the log, its message encoded once for all who will read it."""

    __tablename__ = "event_log"
    __table_args__ = (sa.Index("ix_event_log_topic_position", "topic", "position"),)

    position: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    epoch: Mapped[str] = mapped_column(sa.String(32))
    type: Mapped[str] = mapped_column(sa.String(60))
    topic: Mapped[str] = mapped_column(sa.String(80))
    project_id: Mapped[str | None] = mapped_column(sa.String(26))
    audience: Mapped[list[str] | None] = mapped_column(sa.JSON(none_as_null=True))
    message: Mapped[str] = mapped_column(sa.Text)
    rechecks: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(Timestamp)
    written: Mapped[int] = mapped_column(sa.BigInteger, server_default="0")
    """Bytes of all that was ever logged, up to and with this event: what two events have between them costs no sum."""


class EventHead(Base):
    """The counter row: the position given last. Taking positions from it makes log order commit order."""

    __tablename__ = "event_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    epoch: Mapped[str] = mapped_column(sa.String(32))
    position: Mapped[int] = mapped_column(sa.BigInteger)
    written: Mapped[int] = mapped_column(sa.BigInteger, server_default="0")


@dataclass(frozen=True)
class Origin:
    """Where changes come from: the browser tab that asked for them, its person, and the token they signed in by.

    :param is_upkeep: whether they are nobody's act, of which the audit tells nothing.
    """

    tab_id: str | None = None
    actor_id: str | None = None
    token_id: str | None = None
    is_upkeep: bool = False


@dataclass(frozen=True)
class Entry:
    """One event read from the log."""

    position: int
    epoch: str
    type: str
    topic: str
    project_id: str | None
    audience: frozenset[str] | None
    message: str
    rechecks: bool
    created_at: datetime

    @property
    def cursor(self) -> Cursor:
        """The place in the log right after this event."""
        return Cursor(self.epoch, self.position)

    @property
    def internal(self) -> bool:
        """Whether this is only for the server's own streams and never sent."""
        return self.type.startswith("_")


_ROWS = sa.select(
    LoggedEvent.position,
    LoggedEvent.epoch,
    LoggedEvent.type,
    LoggedEvent.topic,
    LoggedEvent.project_id,
    LoggedEvent.audience,
    LoggedEvent.message,
    LoggedEvent.rechecks,
    LoggedEvent.created_at,
).order_by(LoggedEvent.position)
_NEXT_ROWS = _ROWS.where(LoggedEvent.position > sa.bindparam("position")).limit(sa.bindparam("limit"))
_HEAD = sa.select(EventHead.epoch, EventHead.position)
_COUNTER = Base.metadata.tables["event_head"]
_TAKE = (
    sa.update(_COUNTER)
    .values(position=_COUNTER.c.position + sa.bindparam("count"), written=_COUNTER.c.written + sa.bindparam("more"))
    .returning(_COUNTER.c.epoch, _COUNTER.c.position, _COUNTER.c.written)
)
_WRITE = sa.insert(Base.metadata.tables["event_log"])


class EventLog:
    """Appends to the log and reads from it, on whatever connection it is given."""

    def append(self, connection: sa.Connection, drafts: Iterable[Draft], origin: Origin) -> int:
        """Write events, one at least, as the last act before the commit and return the last position.

        The counter row is the last lock a transaction takes: taken earlier, writers that hold other rows deadlock.

        :raises TooLarge: when they are more than ``MOST_AT_ONCE``.
        """
        moment = now()
        rows = _rows(drafts, origin, moment)
        write = _append_at_once if connection.dialect.name == "postgresql" else _append
        return write(connection, rows, moment)

    def head(self, connection: sa.Connection) -> Cursor:
        """Return the place after the newest event."""
        return Cursor(*connection.execute(_HEAD).one())

    def floor(self, connection: sa.Connection) -> int:
        """Return the lowest position from which everything later is still kept."""
        oldest = connection.execute(sa.select(sa.func.min(LoggedEvent.position))).scalar()
        return self.head(connection).position if oldest is None else int(oldest) - 1

    def since(
        self,
        connection: sa.Connection,
        position: int,
        *,
        upto: int | None = None,
        topics: Collection[str] | None = None,
        limit: int = 500,
        characters: int | None = None,
    ) -> list[Entry]:
        """Read the next events after a position, in order: at most ``limit``, of some topics or of all.

        :param characters: of their messages after which no further one is read; only where topics are named.
        """
        if upto is None and topics is None:
            found = connection.execute(_NEXT_ROWS, {"position": position, "limit": limit})
        else:
            wanted = [LoggedEvent.position > position]
            if upto is not None:
                wanted.append(LoggedEvent.position <= upto)
            if topics is not None:
                wanted.append(LoggedEvent.position.in_(_next_of(topics, wanted, limit, characters)))
            found = connection.execute(_ROWS.where(*wanted).limit(limit))
        return [_entry(row) for row in found]

    def is_larger_than(self, connection: sa.Connection, size: int) -> bool:
        """Tell whether what is kept has more bytes than that; this costs two looks."""
        oldest = sa.select(LoggedEvent.written).order_by(LoggedEvent.position).limit(1)
        first = connection.execute(oldest).scalar()
        return first is not None and _written(connection) - first > size

    def prune(
        self, connection: sa.Connection, older_than: datetime, keep: int, limit: int = 1000, size: int | None = None
    ) -> int:
        """Forget the oldest events: those before a moment, and those beyond the newest ``keep`` and ``size`` bytes.

        :param limit: how many to forget at the most; the lock is held no longer than that takes.
        :returns: how many were forgotten.
        """
        beyond, too_much = self.head(connection).position - keep, -1 if size is None else _written(connection) - size
        columns = LoggedEvent.position, LoggedEvent.created_at, LoggedEvent.written
        rows = connection.execute(sa.select(*columns).order_by(LoggedEvent.position).limit(limit)).all()
        _begin_now(connection, [row.position for row in rows if row.created_at > now() + SKEW])
        past = [
            row.position
            for row in rows
            if row.position <= beyond or row.created_at < older_than or row.written <= too_much
        ]
        if past:
            connection.execute(sa.delete(LoggedEvent).where(LoggedEvent.position <= past[-1]))
        return len(past)

    def clear(self, connection: sa.Connection) -> None:
        """Forget all events; the counter goes on, so that nobody mistakes new events for old ones."""
        connection.execute(sa.delete(LoggedEvent))

    def begin_epoch(self, connection: sa.Connection, after: str | None = None) -> None:
        """Make every cursor given out so far foreign: what follows does not continue what was.

        :param after: the epoch to end, where others may be about to end the same one.
        """
        ending = () if after is None else (EventHead.epoch == after,)
        connection.execute(sa.update(EventHead).where(*ending).values(epoch=new_epoch()))


def _begin_now(connection: sa.Connection, positions: Sequence[int]) -> None:
    """Let events be of this moment that a clock wrote which was ahead: they are not kept until theirs comes."""
    if positions:
        ahead = LoggedEvent.position.between(positions[0], positions[-1]), LoggedEvent.created_at > now() + SKEW
        connection.execute(sa.update(LoggedEvent).where(*ahead).values(created_at=now()))


def _written(connection: sa.Connection) -> int:
    return connection.execute(sa.select(EventHead.written)).scalar_one()


def _rows(drafts: Iterable[Draft], origin: Origin, moment: datetime) -> Iterator[dict[str, Any]]:
    """Encode events; ``written`` counts the bytes from the first of them."""
    written = 0
    for draft in breathing(drafts):
        message = encode(draft, origin, moment)
        written += len(message.encode()) + ROW
        if written > MOST_AT_ONCE:
            raise TooLarge("This would change too much at once, with texts that are too long. Please do it in parts.")
        yield {
            "type": draft.type,
            "topic": draft.topic,
            "project_id": draft.project_id,
            "audience": None if draft.audience is None else sorted(draft.audience),
            "message": message,
            "rechecks": draft.rechecks,
            "written": written,
        }


def _append(connection: sa.Connection, rows: Iterator[dict[str, Any]], moment: datetime) -> int:
    """Write some at a time: nobody else may write meanwhile anyway."""
    last = written = 0
    for some in slices(rows, BATCH):
        last = _append_some(connection, some, moment, written)
        written = some[-1]["written"]
    return last


def _append_some(connection: sa.Connection, rows: list[dict[str, Any]], moment: datetime, written: int) -> int:
    """Write events; ``written`` are the bytes that this transaction has logged before them."""
    count, total = len(rows), rows[-1]["written"]
    head = connection.execute(_TAKE, {"count": count, "more": total - written}).one()
    first, before = head.position - count + 1, head.written - total
    common = {"epoch": head.epoch, "created_at": moment}
    placed = [
        {**row, **common, "position": first + index, "written": before + row["written"]}
        for index, row in enumerate(rows)
    ]
    connection.execute(_WRITE, placed)
    return int(head.position)


_APPEND_AT_ONCE = sa.text("""
WITH head AS (
    UPDATE event_head SET position = position + :count, written = written + :more RETURNING epoch, position, written
), logged AS (
    INSERT INTO event_log (position, epoch, type, topic, project_id, audience, message, rechecks, created_at, written)
    SELECT head.position - :count + item.nth, head.epoch, item.value->>'type', item.value->>'topic',
           item.value->>'project_id', (item.value->>'audience')::json, item.value->>'message',
           (item.value->>'rechecks')::boolean, :moment, head.written - :more + (item.value->>'written')::bigint
    FROM head, json_array_elements(CAST(:rows AS json)) WITH ORDINALITY AS item(value, nth)
)
SELECT position, pg_notify(:channel, '') FROM head
""")


def _append_at_once(connection: sa.Connection, rows: Iterator[dict[str, Any]], moment: datetime) -> int:
    """Take positions, write and ring in one round trip: the counter row is held only that long."""
    texts, more = [], 0
    for row in rows:
        texts.append(json.dumps(row))
        more = row["written"]
    values = {"count": len(texts), "more": more, "rows": f"[{','.join(texts)}]", "moment": moment, "channel": CHANNEL}
    return int(connection.execute(_APPEND_AT_ONCE, values).one().position)


def _next_of(
    topics: Collection[str], wanted: Sequence[sa.ColumnElement[bool]], limit: int, characters: int | None
) -> sa.Select[int]:
    """Select the next positions of some topics, the last one where their messages reach so many characters."""
    lookup = _through_the_log if len(topics) > FEW else _each_by_itself
    found = lookup(topics, wanted, limit).subquery()
    if characters is None:
        return sa.select(found.c.position).order_by(found.c.position).limit(limit)
    before = sa.func.sum(found.c.size).over(order_by=found.c.position) - found.c.size
    weighed = sa.select(found.c.position, before.label("before")).subquery()
    light = sa.select(weighed.c.position).where(weighed.c.before < characters)
    return light.order_by(weighed.c.position).limit(limit)


_PLACED = sa.select(LoggedEvent.position, sa.func.length(LoggedEvent.message).label("size")).order_by(
    LoggedEvent.position
)


def _each_by_itself(
    topics: Collection[str], wanted: Sequence[sa.ColumnElement[bool]], limit: int
) -> sa.CompoundSelect[tuple[int, int]]:
    """Look topics up one by one: together, a database sorts all that is left."""
    each = (_PLACED.where(LoggedEvent.topic == topic, *wanted).limit(limit).subquery() for topic in sorted(topics))
    return sa.union_all(*map(sa.select, each))


def _through_the_log(
    topics: Collection[str], wanted: Sequence[sa.ColumnElement[bool]], limit: int
) -> sa.Select[tuple[int, int]]:
    """Read on from the place, topic by topic would be more: by the text, not the column, so that no index is taken."""
    return _PLACED.where(LoggedEvent.topic.concat("").in_(topics), *wanted).limit(limit)


def _entry(row: Sequence[Any]) -> Entry:
    position, epoch, type_, topic, project_id, audience, message, rechecks, created_at = row
    names = None if audience is None else frozenset(audience)
    return Entry(position, epoch, type_, topic, project_id, names, message, rechecks, created_at)


log = EventLog()
"""The log of the application; it has no state of its own."""


def new_epoch() -> str:
    """Make a name for a new epoch."""
    return secrets.token_hex(4)


def encode(draft: Draft, origin: Origin, moment: datetime) -> str:
    """Write the message as every stream will send it; an internal event has none."""
    if draft.type.startswith("_"):
        return ""
    message: dict[str, Any] = {
        "type": draft.type,
        "data": draft.data,
        "tabId": None if draft.topic == EVERYONE else origin.tab_id,  # no tab may skip it, not even the one that asked
        "timestamp": iso(moment),
    }
    if origin.actor_id:
        message["actorId"] = origin.actor_id
    if draft.project_id:
        message["projectId"] = draft.project_id
    if draft.changed:
        message["changed"] = draft.changed
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def iso(moment: datetime) -> str:
    """Write a moment as ISO 8601 in UTC with milliseconds and ``Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

"""What a stream listens to and on whose behalf, and what was proved about that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from punt.events.cursor import Cursor
from punt.events.log import Entry


class AccessLost(Exception):
    """The person may not listen any more.

    :ivar announced: what was published to everyone after the listener's position: they get it, because it may be why.
    """

    def __init__(self, announced: Sequence[Entry] = ()) -> None:
        super().__init__()
        self.announced = announced


@dataclass(frozen=True)
class Proof:
    """What a listener may have, according to one snapshot of the database.

    :param may_have: whether they may have an event of the past.
    :param reaches: whether all that lies after a position is theirs to see; what was before they were let in is not.
        Asked on the connection that the proof was made on.
    """

    may_have: Callable[[Entry], bool]
    reaches: Callable[[sa.Connection, int], bool]


@dataclass(frozen=True)
class Subscription:
    """What a stream listens to and on whose behalf, in plain values.

    :param kind: what the stream is for, as metrics name it.
    :param person: whose stream it is, an id.
    :param topics: topics of the log.
    :param names: what an event's audience may call the listener.
    :param since: the head of the log in the snapshot by which the listener was granted this; whatever takes it away
        again comes after it.
    :param expires_at: when the listener's session is over.
    :param prove_all: proves for many listeners together that they may still listen, on the connection it is given;
        returns a proof for each, or None for those who may not. Asked for every page of a replay, and after every event
        that may have changed someone's access.
    :param listener: what ``prove_all`` needs to know about this one.
    """

    kind: str
    person: str
    topics: frozenset[str]
    names: frozenset[str]
    since: Cursor
    expires_at: datetime
    prove_all: Callable[[sa.Connection, Sequence[Any]], Sequence[Proof | None]]
    listener: Any

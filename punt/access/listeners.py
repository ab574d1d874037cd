"""Whether the listeners of streams may still listen: any number of them, by the same few statements as one."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa

from punt.access.grants import SEEN_BY_ADMINS, SEEN_BY_MEMBERS
from punt.database import now
from punt.events.beginnings import Begins, Marks, lies_between, marks_on
from punt.events.log import Entry
from punt.events.subscription import Proof
from punt.models import ApiToken, Membership, User, UserSession, topics
from punt.models.api_token import NEVER

Credential = type[UserSession | ApiToken]


@dataclass(frozen=True)
class Listener:
    """Whose stream it is, as they were when it was opened, in plain values.

    :param credential: the kind of what they are signed in with; its id is next.
    :param topics: what they listen to.
    :param project_ids: the projects whose contents that covers.
    :param everywhere: whether those have to be all that they may see.
    """

    credential: Credential
    credential_id: str
    user_id: str
    is_admin: bool
    topics: frozenset[str]
    project_ids: frozenset[str]
    everywhere: bool


def prove_all(connection: sa.Connection, listeners: Sequence[Listener]) -> list[Proof | None]:
    """Prove for each of some listeners that they may still listen; those who may not get None instead."""
    known = _Known(connection, listeners)
    return [known.prove(listener) for listener in listeners]


def _credentials(kind: Credential) -> Any:
    found = sa.select(kind.id, kind.expires_at, User.is_active, User.is_admin).join(User)
    return found.where(kind.id.in_(sa.bindparam("ids", expanding=True)))


_CREDENTIALS = {kind: _credentials(kind) for kind in (UserSession, ApiToken)}
_JOINED = SEEN_BY_MEMBERS.add_columns(Membership.user_id).where(
    Membership.user_id.in_(sa.bindparam("people", expanding=True))
)


class _Known:
    """What one snapshot of the database says about some listeners.

    :ivar _joined: the projects that each person is a member of.
    """

    def __init__(self, connection: sa.Connection, listeners: Sequence[Listener]) -> None:
        self._credentials = {row.id: row for row in _rows_of_credentials(connection, listeners)}
        people = sorted({listener.user_id for listener in listeners})
        self._joined = defaultdict[str, set[str]](set)
        for project_id, user_id in connection.execute(_JOINED, {"people": people}):
            self._joined[user_id].add(project_id)
        is_asked = any(listener.is_admin for listener in listeners)
        self._everywhere = set(connection.scalars(SEEN_BY_ADMINS)) if is_asked else set()
        self._marks = marks_on(connection, map(topics.access, people))

    def prove(self, listener: Listener) -> Proof | None:
        """Prove that a listener may still listen, unless they may not."""
        visible = self._everywhere if listener.is_admin else self._joined[listener.user_id]
        covered = listener.project_ids == visible if listener.everywhere else listener.project_ids <= visible
        if not covered or not self._is_signed_in(listener):
            return None
        return Proof(partial(_may_have, visible), partial(self._reaches, listener))

    def _is_signed_in(self, listener: Listener) -> bool:
        row = self._credentials.get(listener.credential_id)
        if row is None or (row.expires_at or NEVER) <= now():
            return False
        return bool(row.is_active and row.is_admin == listener.is_admin)

    def _reaches(self, listener: Listener, connection: sa.Connection, position: int) -> bool:
        """Tell whether a listener may see everything that the log holds after a position."""
        marks = self._marks[topics.access(listener.user_id)]
        if max(marks.values(), default=0) <= position:  # nothing that lets somebody see more has come since
            return True
        by_start = defaultdict[int, list[str]](list)
        for topic, start in self._starts(listener, marks).items():
            if start > position and topic in listener.topics:
                by_start[start].append(topic)
        return not any(lies_between(connection, found, position, start) for start, found in by_start.items())

    def _starts(self, listener: Listener, marks: Marks) -> dict[str, int]:
        """List since when somebody who may listen may see each topic."""
        account = marks.get((Begins.ACCOUNT, None), 0)
        everywhere = max(account, marks.get((Begins.ADMINISTRATION, None), 0)) if listener.is_admin else sys.maxsize
        joined = {
            each: max(account, marks.get((Begins.MEMBERSHIP, each), 0)) for each in self._joined[listener.user_id]
        }
        inside = {topics.project(each): min(everywhere, joined.get(each, sys.maxsize)) for each in listener.project_ids}
        return inside | {topics.USERS: account, topics.PROJECTS: everywhere if listener.is_admin else account}


def _rows_of_credentials(connection: sa.Connection, listeners: Iterable[Listener]) -> Iterator[Any]:
    by_kind = defaultdict[Credential, set[str]](set)
    for listener in listeners:
        by_kind[listener.credential].add(listener.credential_id)
    for kind, ids in by_kind.items():
        yield from connection.execute(_CREDENTIALS[kind], {"ids": sorted(ids)})


def _may_have(visible: Collection[str], entry: Entry) -> bool:
    return entry.project_id is None or entry.project_id in visible or entry.type == "project.deleted"

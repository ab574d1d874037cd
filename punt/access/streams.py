"""Who may listen to what: stream subscriptions for the current user, rechecked as long as they last."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from punt import access
from punt.database import now
from punt.events.beginnings import Begins, lies_between, marks_on
from punt.events.log import Entry
from punt.events.stream import AccessLost, Subscription
from punt.models import ApiToken, Membership, User, UserSession, topics
from punt.models.api_token import NEVER


def subscription(
    kind: str, *granted: access.Grant, everywhere: bool = False, listed: bool = False, people: bool = False
) -> Subscription:
    """Describe a stream for the current user, in plain values that outlive the request.

    :param kind: what the stream is for, as metrics name it.
    :param granted: the projects whose contents it covers.
    :param everywhere: whether it covers the contents of all projects that they may see, and ends when those change.
    :param listed: whether it covers changes in the list of projects.
    :param people: whether it covers changes of people.
    """
    proof, person = access.credential(), access.user()
    inside = {each.id for each in access.projects()} if everywhere else {grant.project.id for grant in granted}
    wanted = {topics.access(person.id), *map(topics.project, inside)}
    wanted |= ({topics.PROJECTS} if listed else set()) | ({topics.USERS} if people else set())
    names = topics.names_of(person.id, person.is_admin)
    check = _StreamCheck(type(proof), proof.id, person.id, person.is_admin, frozenset(inside), everywhere)
    begins = _Beginnings(person.id, person.is_admin, frozenset(wanted), frozenset(inside))
    ends = proof.expires_at or NEVER
    return Subscription(kind, person.id, frozenset(wanted), names, check, ends, begins.reach_back_to)


@dataclass(frozen=True)
class _StreamCheck:
    """Checks, without a request, that a stream's listener may still listen."""

    proof: type[UserSession | ApiToken]
    proof_id: str
    user_id: str
    is_admin: bool
    project_ids: frozenset[str]
    everywhere: bool

    def __call__(self, connection: sa.Connection) -> Callable[[Entry], bool]:
        visible = set(connection.scalars(access.seen_by(self.user_id, self.is_admin)))
        covered = self.project_ids == visible if self.everywhere else self.project_ids <= visible
        if not self._signed_in(connection) or not covered:
            raise AccessLost
        return lambda entry: entry.project_id is None or entry.project_id in visible or entry.type == "project.deleted"

    def _signed_in(self, connection: sa.Connection) -> bool:
        query = sa.select(self.proof.expires_at, User.is_active, User.is_admin).join(User)
        row: Any = connection.execute(query.where(self.proof.id == self.proof_id)).one_or_none()
        if row is None or (row.expires_at or NEVER) <= now():
            return False
        return bool(row.is_active and row.is_admin == self.is_admin)


@dataclass(frozen=True)
class _Beginnings:
    """Since when a stream's listener may see each of its topics."""

    user_id: str
    is_admin: bool
    topics: frozenset[str]
    project_ids: frozenset[str]

    def reach_back_to(self, connection: sa.Connection, position: int) -> bool:
        """Tell whether the listener may see everything that the log holds after a position."""
        by_start = defaultdict[int, list[str]](list)
        for topic, start in self._starts(connection).items():
            if start > position and topic in self.topics:
                by_start[start].append(topic)
        return not any(lies_between(connection, found, position, start) for start, found in by_start.items())

    def _starts(self, connection: sa.Connection) -> dict[str, int]:
        marks = marks_on(connection, topics.access(self.user_id))
        account = marks.get((Begins.ACCOUNT, None), 0)
        everywhere = max(account, marks.get((Begins.ADMINISTRATION, None), 0)) if self.is_admin else sys.maxsize
        own = sa.select(Membership.project_id).where(Membership.user_id == self.user_id)
        joined = {each: max(account, marks.get((Begins.MEMBERSHIP, each), 0)) for each in connection.scalars(own)}
        inside = {topics.project(each): min(everywhere, joined.get(each, sys.maxsize)) for each in self.project_ids}
        return inside | {topics.USERS: account, topics.PROJECTS: everywhere if self.is_admin else account}

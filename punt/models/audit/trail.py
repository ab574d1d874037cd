"""What the audit trail keeps of the changes of each model.

Only fields that are named here are recorded, so that a new column is not until somebody decides what may be recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from punt.database import now
from punt.events.publication import Change, Changed
from punt.models.api_token import ApiToken
from punt.models.column import Column
from punt.models.label import Label
from punt.models.membership import Membership
from punt.models.project import Project
from punt.models.site import SiteSetting
from punt.models.ticket import Ticket
from punt.models.user import User
from punt.models.user_session import UserSession

PLACE = "place"
"""The field of a ticket's rank, which means nothing to anybody and is never recorded."""


def _signing(changed: Changed) -> bool:
    """A session that expires is not anybody's action."""
    return changed.change is Change.CREATED or changed.thing.expires_at > now()


@dataclass(frozen=True)
class Trail:
    """What is kept of one model.

    :param kind: its noun in the audit trail.
    :param subject: from the object, its name for people.
    :param subject_id: from the object, the id by which its history is found.
    :param project: from the object, the id of its project.
    :param actor: from a created object, who created it, if that is not the actor of the origin.
    :param fields: attributes whose values are kept.
    :param names: audit names of fields that are not their own in camelCase.
    :param named: attributes that are ids, kept as the names of what they refer to, by the name of the field.
    :param long: attributes whose texts are kept as their lengths.
    :param secret: attributes of which only the change is kept, by the name of the field.
    :param first: attributes that are recorded when the object is created, too.
    :param lost: from a created object, the fields that are not what they should be, as pairs like those of a change.
    :param verb: from the object, the change and the names of its changed fields, the word for it.
    :param part_of_project: whether one that is created together with its project is left out.
    :param recorded: whether a change is recorded at all.
    """

    kind: str
    subject: Callable[[Any], str]
    subject_id: Callable[[Any], str] = lambda thing: str(thing.id)
    project: Callable[[Any], str | None] = lambda thing: thing.project_id
    actor: Callable[[Any], str | None] = lambda _: None
    fields: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)
    named: Mapping[str, str] = field(default_factory=dict)
    long: frozenset[str] = frozenset()
    secret: Mapping[str, str] = field(default_factory=dict)
    first: frozenset[str] = frozenset()
    lost: Callable[[Any], Mapping[str, list[Any]]] = lambda _: {}
    verb: Callable[[Any, Change, Iterable[str]], str] = lambda _, change, __: change.value
    part_of_project: bool = False
    recorded: Callable[[Changed], bool] = lambda _: True


def ticket_key(ticket: Any) -> str:
    """Return the key by which people refer to a ticket, from an object or a row."""
    return f"{ticket.project_key}-{ticket.number}"


def _ticket_verb(ticket: Ticket, change: Change, fields: Iterable[str]) -> str:
    if change is Change.CREATED and ticket.restored:
        return "restored"
    moved = change is Change.UPDATED and set(fields) <= {"column", PLACE}
    return "moved" if moved else change.value


def _lost(ticket: Ticket) -> dict[str, list[Any]]:
    names = {"columnId": "column", "parentId": "parent"}
    return {names.get(loss.field, loss.field): [loss.before, loss.after] for loss in ticket.losses}


_TICKET_FIELDS = {"title", "type", "priority", "assignee_id", "labels", "story_points", "estimate"}

TRAILS: dict[type[Any], Trail] = {
    Ticket: Trail(
        "ticket",
        lambda ticket: f"{ticket_key(ticket)} {ticket.title}",
        fields=frozenset(_TICKET_FIELDS | {"start_date", "due_date"}),
        named={"column_id": "column", "parent_id": "parent", "rank": PLACE},
        long=frozenset({"description"}),
        lost=_lost,
        verb=_ticket_verb,
    ),
    Column: Trail(
        "column",
        lambda column: column.name,
        fields=frozenset({"name", "color", "wip_limit", "position"}),
        names={"position": "order"},
        part_of_project=True,
    ),
    Label: Trail("label", lambda label: label.name, fields=frozenset({"name", "color"})),
    Project: Trail(
        "project",
        lambda project: f"{project.key} {project.name}",
        project=lambda project: project.id,
        fields=frozenset({"name", "color"}),
        long=frozenset({"description"}),
    ),
    Membership: Trail(
        "member",
        lambda membership: f"@{membership.user.username}",
        subject_id=lambda membership: membership.user_id,
        fields=frozenset({"role"}),
        first=frozenset({"role"}),
        part_of_project=True,
    ),
    User: Trail(
        "user",
        lambda user: f"@{user.username}",
        project=lambda _: None,
        fields=frozenset({"username", "name", "email", "is_admin", "is_active"}),
        secret={"password_hash": "password"},
        first=frozenset({"is_admin"}),
    ),
    UserSession: Trail(
        "session",
        lambda session: f"@{session.user.username}",
        subject_id=lambda session: session.user_id,
        project=lambda _: None,
        actor=lambda session: session.user_id,
        recorded=_signing,
    ),
    ApiToken: Trail(
        "token",
        lambda token: token.name,
        subject_id=lambda token: token.user_id,
        project=lambda _: None,
        fields=frozenset({"scope"}),
        first=frozenset({"scope"}),
    ),
    SiteSetting: Trail(
        "setting",
        lambda setting: setting.name,
        subject_id=lambda setting: setting.name,
        project=lambda _: None,
        fields=frozenset({"value"}),
        first=frozenset({"value"}),
    ),
}

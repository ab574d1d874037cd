"""What the audit keeps of the changes of each model.

Only fields that are named here are told, so that a new column is silent until somebody decides what may be said of it.
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
"""The field of a ticket's rank, which says nothing to anybody and is never written down."""


def _signing(changed: Changed) -> bool:
    """A session that ends because its time is over is nobody's doing."""
    return changed.change is Change.CREATED or changed.thing.expires_at > now()


@dataclass(frozen=True)
class Trail:
    """What is kept of one model.

    :param kind: its noun in the audit.
    :param subject: from the object, how people call it.
    :param subject_id: from the object, the id by which its history is found.
    :param project: from the object, the id of its project.
    :param actor: from a created object, who made it, where that is not whoever the origin names.
    :param fields: attributes whose values are kept.
    :param names: fields whose name in the audit is another than their own in camelCase.
    :param named: attributes that are ids, kept as the names of what they refer to, by the name of the field.
    :param long: attributes whose texts are kept as their lengths.
    :param secret: attributes of which only the change is kept, by the name of the field.
    :param first: attributes that are told when the object is made, too.
    :param lost: from a created object, the fields that are not what they should be, as pairs like those of a change.
    :param verb: from the object, the change and the names of its changed fields, the word for it.
    :param part_of_project: whether one that is made together with its project is not told.
    :param told: whether a change is told at all.
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
    told: Callable[[Changed], bool] = lambda _: True


def ticket_key(ticket: Any) -> str:
    """Return the key by which people call a ticket, of an object or a row."""
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
        told=_signing,
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

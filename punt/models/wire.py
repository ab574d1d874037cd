"""THE JSON shape of each thing, for REST, events and templates alike."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from punt.addresses import below
from punt.events.log import iso

if TYPE_CHECKING:
    from punt.models import (
        ApiToken,
        AuditEntry,
        BinnedTicket,
        Column,
        Label,
        Membership,
        PresenceLease,
        Project,
        Ticket,
        User,
        UserSession,
    )
    from punt.models.site import Site

Json = dict[str, Any]
LONG = frozenset({"description"})
"""Fields whose texts the audit trail keeps as their lengths."""


def user(user: User) -> Json:
    """What anyone may know about a person: the user summary."""
    return {
        "id": user.id,
        "username": user.username,
        "name": user.name,
        "avatarColor": user.avatar_color,
        "avatarUrl": below(f"/avatars/{user.picture_hash}.webp") if user.picture_hash else None,
    }


def own_user(own: User) -> Json:
    """What a person sees of themselves."""
    return {
        **user(own),
        "email": own.email,
        "language": own.language,
        "isAdmin": own.is_admin,
        "createdAt": iso(own.created_at),
    }


def person(person: User) -> Json:
    """What a system admin sees of any person."""
    return {**own_user(person), "isActive": person.is_active}


def site(site: Site) -> Json:
    """What admins have configured for the whole server."""
    return {"siteName": site.name, "registration": site.registration}


def audit_entry(entry: AuditEntry) -> Json:
    """Who did what; ids of people and projects may refer to deleted ones."""
    return {
        "id": entry.id,
        "at": iso(entry.at),
        "actorId": entry.actor_id,
        "tabId": entry.tab_id,
        "tokenId": entry.token_id,
        "kind": entry.kind,
        "verb": entry.verb,
        "subjectId": entry.subject_id,
        "subject": entry.subject,
        "projectId": entry.project_id,
        "changes": [_change(name, pair) for name, pair in (entry.changes or {}).items()],
    }


def _change(name: str, pair: list[Any] | None) -> Json:
    """One changed field: old and new, of long texts their lengths, of a secret neither."""
    if pair is None:
        return {"field": name}
    old, new = pair
    return {"field": name, **({"fromLength": old, "toLength": new} if name in LONG else {"from": old, "to": new})}


def session(session: UserSession, own: UserSession) -> Json:
    """A sign-in, as its person sees it from one of their sessions."""
    return {
        "id": session.id,
        "agent": session.agent,
        "address": session.address,
        "createdAt": iso(session.created_at),
        "usedAt": moment(session.used_at),
        "expiresAt": iso(session.expires_at),
        "current": session.id == own.id,
    }


def api_token(token: ApiToken) -> Json:
    """A token, as its owner sees it; its secret is not known any more."""
    return {
        "id": token.id,
        "name": token.name,
        "scope": token.scope,
        "createdAt": iso(token.created_at),
        "expiresAt": moment(token.expires_at),
        "usedAt": moment(token.used_at),
    }


def project(project: Project) -> Json:
    return {
        "id": project.id,
        "key": project.key,
        "name": project.name,
        "description": project.description,
        "color": project.color,
        "createdAt": iso(project.created_at),
        "updatedAt": iso(project.updated_at),
    }


def membership(membership: Membership) -> Json:
    return {"id": membership.id, "role": membership.role, "user": user(membership.user)}


def column(column: Column) -> Json:
    return {
        "id": column.id,
        "name": column.name,
        "color": column.color,
        "wipLimit": column.wip_limit,
        "order": column.position,
    }


def label(label: Label) -> Json:
    return {"id": label.id, "name": label.name, "color": label.color}


def ticket(ticket: Ticket, order: int | None = None) -> Json:
    """A ticket; its order in the column is looked up unless the caller knows it."""
    return {
        "id": ticket.id,
        "key": ticket.key,
        "number": ticket.number,
        "title": ticket.title,
        "description": ticket.description,
        "type": ticket.type,
        "priority": ticket.priority,
        "projectId": ticket.project_id,
        "columnId": ticket.column_id,
        "order": ticket.order() if order is None else order,
        "rank": ticket.rank,
        "assigneeId": ticket.assignee_id,
        "creatorId": ticket.creator_id,
        "parentId": ticket.parent_id,
        "labels": [label(each) for each in sorted(ticket.labels, key=lambda each: each.name_key)],
        "storyPoints": ticket.story_points,
        "estimate": ticket.estimate,
        "startDate": _day(ticket.start_date),
        "dueDate": _day(ticket.due_date),
        "version": ticket.version,
        "createdAt": iso(ticket.created_at),
        "updatedAt": iso(ticket.updated_at),
    }


def binned(binned: BinnedTicket) -> Json:
    """What the bin shows of a deleted ticket."""
    return {
        **{name: binned.content[name] for name in ("id", "key", "number", "title", "type")},
        "creatorId": binned.creator_id,
        "deletedAt": iso(binned.deleted_at),
        "deletedById": binned.deleted_by_id,
    }


def restored(back: Ticket) -> Json:
    """A restored ticket, and what of it could not be restored, if anything."""
    lost = [{"field": loss.field, "message": loss.message} for loss in back.losses]
    return {**ticket(back), **({"notRestored": lost} if lost else {})}


def presence(leases: Iterable[PresenceLease]) -> Json:
    """Who is there, by name, each with the tickets that they are editing."""
    people: dict[str, Json] = {}
    for lease in sorted(leases, key=lambda lease: (lease.user.name, lease.user_id, lease.ticket_id or "")):
        person = people.setdefault(lease.user_id, {**user(lease.user), "ticketIds": []})
        if lease.ticket_id and lease.ticket_id not in person["ticketIds"]:
            person["ticketIds"].append(lease.ticket_id)
    return {"people": list(people.values())}


def project_hit(project: Project) -> Json:
    """A project in search results."""
    return {"kind": "project", "id": project.id, "key": project.key, "title": project.name, "type": None}


def ticket_hit(ticket: Ticket) -> Json:
    """A ticket in search results."""
    key = f"{ticket.project_key}-{ticket.number}"
    return {"kind": "ticket", "id": ticket.id, "key": key, "title": ticket.title, "type": ticket.type}


CARD = (
    "id",
    "project_key",
    "number",
    "title",
    "type",
    "priority",
    "column_id",
    "rank",
    "assignee_id",
    "story_points",
    "due_date",
    "version",
)
"""The attributes of a ticket that its card shows."""


def card(row: Any, labels: list[Json]) -> Json:
    """The part of a ticket that its card shows, with the same keys as the whole."""
    return {
        "id": row.id,
        "key": f"{row.project_key}-{row.number}",
        "number": row.number,
        "title": row.title,
        "type": row.type,
        "priority": row.priority,
        "columnId": row.column_id,
        "rank": row.rank,
        "assigneeId": row.assignee_id,
        "labels": labels,
        "storyPoints": row.story_points,
        "dueDate": _day(row.due_date),
        "version": row.version,
    }


def moment(moment: datetime | None) -> str | None:
    """A moment that may be absent."""
    return iso(moment) if moment else None


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None

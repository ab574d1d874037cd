"""Writing the audit trail: what a transaction changed becomes rows, in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from punt.events.log import Origin
from punt.events.publication import Change, Changed, camel
from punt.heavy.slices import breathing
from punt.models.audit.entry import AuditEntry
from punt.models.audit.trail import PLACE, TRAILS, Trail, ticket_key
from punt.models.column import Column
from punt.models.project import Project
from punt.models.ticket import Ticket

_REFERENCES: dict[str, tuple[type[Any], tuple[str, ...], Callable[[Any], str]]] = {
    "column_id": (Column, ("name",), lambda column: column.name),
    "parent_id": (Ticket, ("project_key", "number"), ticket_key),
}


def record(session: Session, *, changes: Sequence[Changed], origin: Origin) -> None:
    """Record what a transaction changed, as part of it; a receiver of ``changes_settled``."""
    if origin.is_upkeep:
        return
    new = {each.thing.id for each in changes if isinstance(each.thing, Project) and each.change is Change.CREATED}
    recorded = [each for each in changes if (trail := TRAILS.get(type(each.thing))) and _is_recorded(trail, each, new)]
    names = _names(session, recorded)
    rows = [row for each in breathing(recorded) if (row := _row(each, names, origin))]
    if rows:
        AuditEntry.write(session, origin, rows)


def _is_recorded(trail: Trail, changed: Changed, new: set[str]) -> bool:
    made = changed.change is Change.CREATED
    return trail.recorded(changed) and not (made and trail.part_of_project and changed.thing.project_id in new)


def _row(changed: Changed, names: Mapping[str, str], origin: Origin) -> dict[str, Any] | None:
    trail, thing, change = TRAILS[type(changed.thing)], changed.thing, changed.change
    differences = _differences(trail, changed, names)
    if change is Change.UPDATED and not differences:
        return None
    made_by = trail.actor(thing) if change is Change.CREATED else None
    return {
        "actor_id": made_by or origin.actor_id,
        "kind": trail.kind,
        "verb": trail.verb(thing, change, differences),
        "subject_id": trail.subject_id(thing),
        "subject": trail.subject(thing),
        "project_id": trail.project(thing),
        "changes": {name: pair for name, pair in differences.items() if name != PLACE} or None,
    }


def _differences(trail: Trail, changed: Changed, names: Mapping[str, str]) -> dict[str, list[Any] | None]:
    """Return old and new value of each recorded field, by its name in the audit trail."""
    thing, found = changed.thing, dict[str, list[Any] | None]()
    if changed.change is Change.CREATED:
        found |= {camel(name): [None, value] for name in sorted(trail.first) if (value := getattr(thing, name))}
        return {**found, **trail.lost(thing)}
    for name, before in changed.before.items():
        if name in trail.secret:
            found[trail.secret[name]] = None
        elif name in trail.long:
            found[camel(name)] = [sum(map(len, before)), len(getattr(thing, name))]
        elif name in trail.named:
            found[trail.named[name]] = [names.get(each) for each in (_only(before), getattr(thing, name))]
        elif name in trail.fields and (pair := _values(before, getattr(thing, name))):
            found[trail.names.get(name, camel(name))] = pair
    return found


def _values(before: Sequence[Any], after: Any) -> list[Any] | None:
    """Return old and new value of a field, unless they are the same after all."""
    old, new = (_plain(before), _plain(after)) if isinstance(after, list) else (_plain(_only(before)), _plain(after))
    return None if old == new else [old, new]


def _plain(value: Any) -> Any:
    """Return a value as JSON; labels by their names."""
    if isinstance(value, date):
        return value.isoformat()
    return sorted(label.name for label in value) if isinstance(value, list) else value


def _only(before: Sequence[Any]) -> Any:
    return before[0] if before else None


def _names(session: Session, changes: Sequence[Changed]) -> dict[str, str]:
    """Look up the names of columns and parents, including those deleted in this very transaction."""
    found = dict[str, str]()
    for attribute, (model, columns, name) in _REFERENCES.items():
        found |= {each.thing.id: name(each.thing) for each in changes if isinstance(each.thing, model)}
        pairs = [
            (_only(each.before[attribute]), getattr(each.thing, attribute))
            for each in changes
            if attribute in each.before
        ]
        if missing := {each for pair in pairs for each in pair} - found.keys() - {None}:
            query = sa.select(model.id, *(getattr(model, column) for column in columns)).where(model.id.in_(missing))
            found |= {row.id: name(row) for row in session.connection().execute(query)}
    return found

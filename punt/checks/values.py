"""Values that no input would have accepted: what an import would refuse in a row by itself."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import sqlalchemy as sa

from punt.checks.finding import Finding, Fix
from punt.database import Base, db
from punt.models import Priority, Role, TicketType
from punt.models.palette import AVATARS, LABELS, PROJECTS
from punt.transfer.export.rules import rule_for, wrong_with
from punt.transfer.export.tables import carried
from punt.transfer.export.values import codec_for

LOOKED_AT_ELSEWHERE = {
    ("user", "email"),
    ("user", "username_key"),
    ("label", "name_key"),
    ("column", "position"),
    ("ticket", "number"),
    ("ticket", "rank"),
}
INSTEAD: dict[tuple[str, str], Any] = {
    ("user", "avatar_color"): AVATARS[0],
    ("user", "picture_hash"): None,
    ("user", "language"): None,
    ("project", "color"): PROJECTS[0],
    ("project", "last_number"): 0,
    ("membership", "role"): Role.VIEWER.value,
    ("column", "color"): None,
    ("column", "wip_limit"): None,
    ("label", "color"): LABELS[0],
    ("ticket", "type"): TicketType.TASK.value,
    ("ticket", "priority"): Priority.MEDIUM.value,
    ("ticket", "story_points"): None,
    ("ticket", "estimate"): None,
    ("audit_entry", "changes"): None,
}
"""What replaces an invalid value."""
UNTITLED = "Untitled"
NAMES = {("user", "name"), ("project", "name"), ("column", "name"), ("label", "name"), ("ticket", "title")}
WHOLE_ROWS = {("binned_ticket", "content"), ("site_setting", "value")}
"""Values without which a row is worthless."""
BATCH = 500


def unfit() -> Iterator[Finding]:
    """Find values that are too long, of the wrong kind or not among the permitted ones."""
    for table in carried():
        columns = [column for column in table.columns if not isinstance(column.type, sa.LargeBinary)]
        rows = db.session.connection().execute(sa.select(*columns), execution_options={"yield_per": BATCH})
        for row in rows.mappings():
            yield from _wrong(table, dict(row))


def _wrong(table: sa.Table, row: dict[str, Any]) -> Iterator[Finding]:
    written = {name: None if value is None else codec_for(table.c[name]).write(value) for name, value in row.items()}
    found = {name: said for name, value in written.items() if (said := _said(table.c[name], value))}
    if not found:
        found = dict(wrong_with(table.name, written))
    own = tuple(row[column.name] for column in table.primary_key.columns)
    for name, said in found.items():
        if (table.name, name) not in LOOKED_AT_ELSEWHERE:
            sentence = f"{table.name} {' '.join(map(str, own))}, {name}: {said}"
            yield Finding(sentence, _fix(table, name, own, row[name]), "It has to be changed by hand.")


def _said(column: sa.Column[Any], value: Any) -> str | None:
    if value is None:
        return None if column.nullable or isinstance(column.type, sa.JSON) else "This is required."
    try:
        codec_for(column).check(value)
    except ValueError as error:
        return str(error)
    rule = rule_for(column)
    return rule(value) if rule else None


def _fix(table: sa.Table, name: str, own: tuple[Any, ...], value: Any) -> Fix | None:
    place, longest = (table.name, name), getattr(table.c[name].type, "length", None)
    if place in WHOLE_ROWS:
        return partial(_remove, table, own)
    if place in INSTEAD:
        return partial(_replace, table, name, own, INSTEAD[place])
    if place in NAMES:
        return partial(_replace, table, name, own, " ".join(str(value).split())[:longest] or UNTITLED)
    return None


def _replace(table: sa.Table, name: str, own: tuple[Any, ...], value: Any) -> str:
    thing = db.session.get_one(_model(table), own)
    setattr(thing, name, value)
    return f"It is {value} now." if value is not None else "It is none now."


def _remove(table: sa.Table, own: tuple[Any, ...]) -> str:
    db.session.delete(db.session.get_one(_model(table), own))
    return "It is removed."


def _model(table: sa.Table) -> type[Any]:
    return next(mapper.class_ for mapper in Base.registry.mappers if mapper.local_table is table)

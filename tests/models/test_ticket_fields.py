"""Every column of a ticket is on the wire, in the audit trail and restored from the bin, unless it is named here."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from punt.database import db, writing
from punt.events.publication import camel
from punt.models import BinnedTicket, Ticket, wire
from punt.models.audit.trail import TRAILS
from tests.models.conftest import Harbour

COLUMNS = {column.name: column for column in Ticket.__table__.columns}
PLAIN = {name for name, column in COLUMNS.items() if column.nullable and not column.foreign_keys}
"""What somebody may leave empty, and what refers to nothing."""
VALUES = {sa.Integer: 3, sa.Date: date(2024, 2, 29), sa.String: "2h"}
NOT_ON_THE_WIRE = {"project_key", "quiet_versions"}
NOT_RECORDED = {
    "id",
    "project_id",
    "project_key",
    "number",
    "creator_id",
    "version",
    "created_at",
    "updated_at",
    "quiet_versions",
}
CHANGED_BY_RESTORING = {"version", "quiet_versions", "updated_at"}


def filled(harbour: Harbour) -> str:
    """Create a ticket in which every plain field has a value, and return its id."""
    fields: dict[str, Any] = {name: _value_for(COLUMNS[name]) for name in PLAIN}
    return harbour.add("a", description="b", **fields)


def _value_for(column: sa.ColumnElement[Any]) -> object:
    return next(value for kind, value in VALUES.items() if isinstance(column.type, kind))


def row(ticket_id: str) -> dict[str, object]:
    table = Ticket.__table__
    found = db.session.execute(sa.select(*table.columns).where(table.columns.id == ticket_id)).one()
    return {name: value for name, value in found._mapping.items() if name not in CHANGED_BY_RESTORING}


def test_every_column_is_on_the_wire(harbour: Harbour) -> None:
    shown = wire.ticket(harbour.get(filled(harbour)))

    assert {camel(name) for name in COLUMNS.keys() - NOT_ON_THE_WIRE} <= shown.keys()
    assert None not in [shown[camel(name)] for name in PLAIN]


def test_every_column_is_in_the_audit_trail() -> None:
    trail = TRAILS[Ticket]

    recorded = trail.fields | trail.long | trail.named.keys() | NOT_RECORDED

    assert not COLUMNS.keys() - recorded


def test_every_column_is_restored_from_the_bin(harbour: Harbour) -> None:
    one = filled(harbour)
    before = row(one)
    db.session.rollback()
    with writing():
        BinnedTicket.take(harbour.get(one), None)

    with writing():
        db.session.get_one(BinnedTicket, one).restore(harbour.project)

    assert row(one) == before

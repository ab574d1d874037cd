"""The columns of a project's board."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from punt import access
from punt.access import May
from punt.api import shapes
from punt.api.describe import answers
from punt.api.tickets import kept_all
from punt.database import db
from punt.inputs.base import body, query
from punt.inputs.boards import ColumnChange, ColumnOrder, ColumnRemoval, ColumnSort, NewColumn, TicketOrder
from punt.models import Column, wire
from punt.models.merging import remove_column
from punt.models.sorting import order_column, sort_column
from punt.web.replies import nothing
from punt.web.security import KB, MB, takes_at_most

blueprint = Blueprint("api_columns", __name__, url_prefix="/api/projects/<reference>/columns")


@blueprint.get("")
@answers(list[shapes.Column])
def index(reference: str) -> Any:
    """List the columns in board order."""
    return [wire.column(column) for column in access.project(reference).project.columns()]


@blueprint.post("")
@answers(shapes.Column, 201, body=NewColumn)
def create(reference: str) -> Any:
    """Add a column as the rightmost one."""
    project, asked = access.project(reference, May.MANAGE).project, body(NewColumn)
    column = Column.append_to(project.columns_to_change(), project.id, **asked.model_dump())
    db.session.commit()
    return wire.column(column), 201


@blueprint.patch("/<column_id>")
@answers(shapes.Column, body=ColumnChange)
def update(reference: str, column_id: str) -> Any:
    """Change a column, or its order."""
    grant = access.project(reference, May.MANAGE)
    column, asked = grant.column(column_id), body(ColumnChange)
    column.revise(grant.project.columns_to_change(), **asked.given())
    db.session.commit()
    return wire.column(column)


@blueprint.put("/order")
@answers(list[shapes.Column], body=ColumnOrder)
@takes_at_most(128 * KB)
def arrange(reference: str) -> Any:
    """Put all columns into a new order."""
    project, asked = access.project(reference, May.MANAGE).project, body(ColumnOrder)
    columns = Column.arrange(project.columns_to_change(), asked.column_ids)
    db.session.commit()
    return [wire.column(column) for column in columns]


@blueprint.post("/<column_id>/sort")
@answers(list[shapes.Ticket], body=ColumnSort)
def sort(reference: str, column_id: str) -> Any:
    """Sort a column's tickets once; return those that moved."""
    grant = access.project(reference, May.MANAGE)
    column, asked = grant.column(column_id), body(ColumnSort)
    return kept_all(sort_column(column, asked.by))


@blueprint.put("/<column_id>/order")
@answers(list[shapes.Ticket], body=TicketOrder)
@takes_at_most(2 * MB)
def order(reference: str, column_id: str) -> Any:
    """Put a column's tickets into an order, except those whose rank has changed; return those that moved."""
    grant = access.project(reference, May.MANAGE)
    column, asked = grant.column(column_id), body(TicketOrder)
    grant.require_all_here(ticket.id for ticket in asked.tickets)
    return kept_all(order_column(column, {ticket.id: ticket.rank for ticket in asked.tickets}))


@blueprint.delete("/<column_id>")
@answers(None, 204, query=ColumnRemoval)
def delete(reference: str, column_id: str) -> Any:
    """Delete a column; ``?moveTicketsTo=`` says where its tickets go."""
    grant = access.project(reference, May.MANAGE)
    column, heir = grant.column(column_id), query(ColumnRemoval).move_tickets_to
    remove_column(column, grant.project, grant.column(heir) if heir else None)
    db.session.commit()
    return nothing()

"""A column's own page, and the plain forms that add, change, move, sort and delete columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from punt import access
from punt.access import Grant, May
from punt.database import db
from punt.errors import Problem
from punt.inputs.base import form
from punt.inputs.boards import ColumnChange, ColumnPlace, ColumnRemoval, ColumnSort, NewColumn
from punt.language import _
from punt.models import Column, Ticket, wire
from punt.models.merging import remove_column
from punt.models.palette import PROJECTS, choices
from punt.models.sorting import sort_column
from punt.pages.forms import NOT_KEPT, again, saved

blueprint = Blueprint("columns", __name__, url_prefix="/projects/<key>/columns")


@blueprint.get("/new")
def new(key: str) -> Any:
    """Show the form for a column."""
    return render_template("columns/new.html", values={}, errors={}, **_around(access.project(key, May.MANAGE)))


@blueprint.post("")
def create(key: str) -> Any:
    """Add a column as the rightmost one."""
    grant = access.project(key, May.MANAGE)
    with saved(again("columns/new.html", lambda: _around(access.project(key)))):
        asked = form(NewColumn, request.form)
        column = Column.append_to(grant.project.columns_to_change(), grant.project.id, **asked.model_dump())
    return _to_board(grant, _("Added the column %(column)s.", column=column.name))


@blueprint.get("/<column_id>")
def show(key: str, column_id: str) -> Any:
    """Show a column's settings."""
    grant = access.project(key, May.MANAGE)
    column = grant.column(column_id)
    page = render_template("columns/show.html", values=wire.column(column), errors={}, **_around(grant, column))
    return page, NOT_KEPT


@blueprint.post("/<column_id>")
def update(key: str, column_id: str) -> Any:
    """Change name, colour and limit."""
    grant = access.project(key, May.MANAGE)
    with saved(_again(key, column_id)):
        column, asked = grant.column(column_id), form(ColumnChange, request.form)
        column.revise(grant.project.columns_to_change(), **asked.given())
    return _to_board(grant, _("Saved the column %(column)s.", column=column.name))


@blueprint.post("/<column_id>/move")
def move(key: str, column_id: str) -> Any:
    """Move a column one place to the left or right."""
    grant = access.project(key, May.MANAGE)
    column, asked = grant.column(column_id), form(ColumnPlace, request.form)
    siblings = grant.project.columns_to_change()
    column.revise(siblings, order=max(column.position + (1 if asked.place == "right" else -1), 0))
    db.session.commit()
    return _to_board(grant, _("Moved the column %(column)s.", column=column.name))


@blueprint.post("/<column_id>/sort")
def sort(key: str, column_id: str) -> Any:
    """Sort a column's tickets once."""
    grant = access.project(key, May.MANAGE)
    column, asked = grant.column(column_id), form(ColumnSort, request.form)
    sort_column(column, asked.by)
    db.session.commit()
    return _to_board(grant, _("Sorted the column %(column)s.", column=column.name))


@blueprint.post("/<column_id>/delete")
def delete(key: str, column_id: str) -> Any:
    """Delete a column; its tickets move to the chosen one."""
    grant = access.project(key, May.MANAGE)
    column = grant.column(column_id)
    name = column.name
    with saved(_again(key, column_id)):
        heir = form(ColumnRemoval, request.form).move_tickets_to
        remove_column(column, grant.project, grant.column(heir) if heir else None)
    return _to_board(grant, _("Deleted the column %(name)s.", name=name))


def _again(key: str, column_id: str) -> Callable[[Problem], str]:
    def around() -> dict[str, Any]:
        grant = access.project(key)
        return _around(grant, grant.column(column_id))

    return again("columns/show.html", around)


def _around(grant: Grant, column: Column | None = None) -> dict[str, Any]:
    columns = [wire.column(each) for each in grant.project.columns()]
    return {
        "project": wire.project(grant.project),
        "palette": choices(PROJECTS),
        "column": wire.column(column) if column else None,
        "others": [each for each in columns if not column or each["id"] != column.id],
        "ticket_count": Ticket.count_in(column.id) if column else 0,
    }


def _to_board(grant: Grant, done: str) -> Any:
    flash(done, "success")
    return redirect(url_for("board.show", key=grant.project.key))

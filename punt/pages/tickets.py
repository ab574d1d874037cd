"""A ticket's own page, and the plain forms that create, change, move and delete tickets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for

from punt import access
from punt.access import Grant, May
from punt.database import db
from punt.errors import Problem
from punt.events.pipeline import cursor
from punt.heavy.markdown import render
from punt.inputs.base import form
from punt.inputs.tickets import MoveForm, NewTicketForm, TicketForm
from punt.language import _
from punt.models import BinnedTicket, Ticket, TicketType, wire
from punt.models.bin import KEPT
from punt.pages.board import surroundings
from punt.pages.forms import again, errors_of, saved, typed
from punt.pages.history import history_of
from punt.pages.overtaken import HINT, said_now
from punt.services import tickets
from punt.web.security import TEXT_LIMIT, takes_at_most

OFFERED = 500
"""Tickets that a form offers as parents."""

blueprint = Blueprint("tickets", __name__, url_prefix="/projects/<key>/tickets")


@blueprint.get("/new")
def new(key: str) -> Any:
    """Show the form for a ticket."""
    grant = access.project(key, May.WORK)
    values = {"columnId": request.args.get("column", "")}
    return render_template("tickets/new.html", values=values, errors={}, **_around(grant))


@blueprint.post("")
@takes_at_most(TEXT_LIMIT)
def create(key: str) -> Any:
    """Create a ticket and go back to the board."""
    grant = access.project(key, May.WORK)
    with saved(again("tickets/new.html", lambda: _around(access.project(key)))):
        ticket = tickets.create(grant, form(NewTicketForm, request.form, lists=("labelIds",)))
    flash(_("Created %(key)s.", key=ticket.key), "success")
    return _to_board(grant)


@blueprint.get("/<int:number>")
def show(key: str, number: int) -> Any:
    """Show a ticket."""
    access.user()
    since = cursor()
    grant = access.project(key)
    return _page(grant, grant.ticket(str(number)), cursor=since, values=None, errors={}, error=None)


@blueprint.post("/<int:number>")
@takes_at_most(TEXT_LIMIT)
def update(key: str, number: int) -> Any:
    """Change a ticket's fields, unless somebody else did meanwhile."""
    grant = access.project(key, May.WORK)
    with saved(lambda problem: _again(key, number, problem)):
        asked = form(TicketForm, request.form, lists=("labelIds",))
        ticket = grant.ticket_to_change(str(number), family=asked.changes_family)
        tickets.refuse_stale(ticket, asked.version)
        ticket.edit(tickets.attributes(grant, asked, ticket) | _title(asked))
    flash(_("Saved %(key)s.", key=ticket.key), "success")
    return redirect(url_for("tickets.show", key=grant.project.key, number=number))


@blueprint.post("/<int:number>/move")
def move(key: str, number: int) -> Any:
    """Move a ticket to the top or bottom of a column, or one place up or down."""
    grant = access.project(key, May.WORK)
    ticket, asked = grant.ticket_to_change(str(number)), form(MoveForm, request.form)
    column = grant.column(asked.column_id)
    stays, order = ticket.column_id == column.id, ticket.order()
    orders = {"top": 0, "up": max(order - 1, 0) if stays else 0, "down": order + 1 if stays else None, "bottom": None}
    ticket.move_to(column, order=orders[asked.place])
    db.session.commit()
    flash(_("Moved %(key)s to %(column)s.", key=ticket.key, column=column.name), "success")
    return _to_board(grant)


@blueprint.post("/<int:number>/delete")
def delete(key: str, number: int) -> Any:
    """Delete a ticket and go back to the board."""
    grant = access.project(key, May.DELETE_OWN)
    ticket = grant.ticket_to_delete(str(number))
    grant.require_deletion(ticket)
    name = f"{ticket.project_key}-{ticket.number}"
    BinnedTicket.take(ticket, grant.user.id)
    db.session.commit()
    flash(_("Deleted %(name)s. It is kept in the bin for %(days)s days.", name=name, days=KEPT.days), "success")
    return _to_board(grant)


def _again(key: str, number: int, problem: Problem) -> str:
    grant = access.project(key)
    ticket = grant.ticket(str(number))
    named, error = errors_of(problem) if problem.details else {}, problem.message
    if "ticket" in problem.extra:
        named, error = said_now(grant, typed(), wire.ticket(ticket)), f"{error} {_(HINT)}"
    return _page(grant, ticket, cursor=cursor(), values=typed(), errors=named, error=error)


def _page(grant: Grant, ticket: Ticket, **context: Any) -> str:
    around = _around(grant, ticket)
    around["can"] |= {"delete": grant.may_delete(ticket)}
    return render_template(
        "tickets/show.html",
        ticket=wire.ticket(ticket),
        description_html=render(ticket.description),
        **dict(zip(("history", "more"), history_of(ticket.id), strict=True)),
        **around,
        **context,
    )


def _around(grant: Grant, ticket: Ticket | None = None) -> dict[str, Any]:
    offered, left_out = _parents(grant, ticket)
    return surroundings(grant) | {
        "columns": [wire.column(column) for column in grant.project.columns()],
        "parents": offered,
        "parents_left_out": left_out,
    }


def _parents(grant: Grant, ticket: Ticket | None) -> tuple[list[wire.Json], bool]:
    """List possible parents, newest first, and the current one; tell whether others are left out."""
    own_id, parent_id = (ticket.id, ticket.parent_id) if ticket else ("", None)
    known = sa.select(Ticket.id, Ticket.project_key, Ticket.number, Ticket.title)
    known = known.where(Ticket.project_id == grant.project.id).order_by(Ticket.number.desc())
    others = known.where(Ticket.type != TicketType.SUBTASK, Ticket.id.not_in([own_id, parent_id or ""]))
    newest: Sequence[Any] = db.session.execute(others.limit(OFFERED + 1)).all()
    rows = [*newest[:OFFERED], *db.session.execute(known.where(Ticket.id == parent_id))]
    rows.sort(key=lambda row: -row.number)
    named = [{"id": row.id, "key": f"{row.project_key}-{row.number}", "title": row.title} for row in rows]
    return named, len(newest) > OFFERED


def _title(asked: TicketForm) -> dict[str, str]:
    return {"title": asked.title} if "title" in asked.model_fields_set else {}


def _to_board(grant: Grant) -> Any:
    return redirect(url_for("board.show", key=grant.project.key))

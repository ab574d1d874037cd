"""Carries out what is requested of tickets: every reference is looked up in the project first."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from punt.access import Grant, named
from punt.access.proofs import until_the_commit
from punt.database import db
from punt.errors import Conflict, Invalid
from punt.events.publication import camel
from punt.inputs.tickets import PLACES, NewTicket, TicketChange, TicketFields
from punt.language import _
from punt.models import Column, Label, Ticket, User, wire
from punt.models.locks import hold_family
from punt.models.placing import move_together

_NO_ATTRIBUTE = frozenset({"label_ids", "new_label", "version", "column_id", *PLACES})


def create(grant: Grant, asked: NewTicket) -> Ticket:
    """Create a ticket at the bottom of the requested column, or of the first one."""
    if asked.changes_family:
        hold_family(grant.project.id)
    # held before labels that are created along with it: see "The order of locks"
    column = _column(grant, asked.column_id) if asked.column_id else grant.project.first_column(hold=True)
    return Ticket.create(grant.project, column, grant.user.id, attributes(grant, asked))


def change(grant: Grant, ticket: Ticket, asked: TicketChange) -> None:
    """Edit and move a ticket as requested; it stays in place when only its current column is named."""
    moves = asked.placed or asked.column_id not in (None, ticket.column_id)
    # held before what its fields refer to: see "The order of locks"
    column = _column(grant, asked.column_id or ticket.column_id, ticket.column_id) if moves else None
    ticket.edit(attributes(grant, asked, ticket))
    if column:
        ticket.move_to(column, order=asked.order, **_neighbours(grant, asked))


def change_all(grant: Grant, tickets: list[Ticket], asked: TicketChange) -> None:
    """Make the same change to several tickets; when moved, they stay together in the given order."""
    if {asked.before, asked.after} & {ticket.id for ticket in tickets}:
        raise Invalid.field("updates", _("A ticket cannot be its own neighbour."))
    sources = {ticket.column_id for ticket in tickets} if asked.placed or asked.column_id else ()
    column = _column(grant, asked.column_id or tickets[0].column_id, *sources)
    fields = attributes(grant, asked)
    for ticket in tickets:
        ticket.edit(fields)
        db.session.flush()  # one by one, so that the events are in the requested order
    if asked.placed:
        move_together(tickets, column, order=asked.order, **_neighbours(grant, asked))
    elif asked.column_id:
        move_together([ticket for ticket in tickets if ticket.column_id != column.id], column)


def refuse_stale(ticket: Ticket, version: str | int | None) -> None:
    """Continue only if the ticket still has the version that the writer saw.

    :raises Conflict: with the current ticket.
    """
    seen = "*" if version is None else str(version).removeprefix("W/").strip('"')
    if seen != "*" and not ticket.is_as_in(seen):
        raise Conflict(_("Somebody else changed this ticket meanwhile."), ticket=wire.ticket(ticket))


def attributes(grant: Grant, asked: TicketFields, ticket: Ticket | None = None) -> dict[str, Any]:
    """Return the request's fields as attributes of a ticket, their references checked.

    :param ticket: its current references may stay, even if they could not be chosen any more.
    """
    given = asked.given()
    found = {name: value for name, value in given.items() if name not in _NO_ATTRIBUTE}
    loaders: dict[str, Callable[[str], User | Ticket]] = {"assignee_id": grant.member, "parent_id": grant.ticket}
    for name, load in loaders.items():
        if ticket and found.get(name) == getattr(ticket, name):
            found.pop(name, None)
        elif found.get(name):
            found[name] = named(camel(name), load, found[name]).id
    if found.get("assignee_id"):
        still_here = partial(named, "assigneeId", grant.require_still_member, found["assignee_id"])
        until_the_commit(db.session(), still_here)
    if "label_ids" in given:
        found["labels"] = [named("labelIds", grant.label, label_id) for label_id in asked.label_ids]
    if given.get("new_label"):
        found["labels"] = [*found.get("labels", ()), _label_named(grant, given["new_label"])]
    return found


def _neighbours(grant: Grant, asked: TicketChange) -> dict[str, Ticket | None]:
    references = {name: getattr(asked, name) for name in ("before", "after")}
    return {name: named(name, grant.ticket, each) if each else None for name, each in references.items()}


def _column(grant: Grant, column_id: str, *sources: str) -> Column:
    return named("columnId", lambda wanted: grant.column_to_fill(wanted, *sources), column_id)


def _label_named(grant: Grant, name: str) -> Label:
    return Label.named(grant.project.id, name) or Label.create(grant.project.id, name)

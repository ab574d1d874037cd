"""The tickets of a project, one by one and in bulk."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, Response, jsonify, request, url_for

from punt import access
from punt.access import Grant, May
from punt.api import shapes
from punt.api.describe import answers
from punt.api.idempotency import idempotency_key
from punt.database import db, end_read
from punt.errors import Conflict
from punt.heavy.turns import Turns
from punt.inputs.base import body, query
from punt.inputs.tickets import BulkChange, BulkDeletion, NewTicket, TicketChange, TicketFilter
from punt.language import _
from punt.models import BinnedTicket, IdempotencyKey, Ticket, wire
from punt.models.board import Page, is_large, matching, pages_of
from punt.models.together import as_json
from punt.services import tickets
from punt.web.replies import listed, nothing
from punt.web.security import TEXT_LIMIT, takes_at_most

blueprint = Blueprint("api_tickets", __name__, url_prefix="/api/projects/<reference>/tickets")

SEARCHES, LONG_LISTS = Turns(line=50, timeout=20), Turns(line=50, timeout=20)
"""Requests that search descriptions, and those that list thousands."""


@blueprint.get("")
@answers(list[shapes.Ticket], query=TicketFilter, sends=("Link",))
def index(reference: str) -> Any:
    """List tickets in board order: all that match, or a page of them when ``limit`` is given."""
    grant, asked = access.project(reference), query(TicketFilter)
    is_long = asked.limit is None and is_large(grant.project.id)
    if not (asked.q or is_long):
        return _listed(grant, asked)
    end_read()  # a request that waits for its turn holds nothing, and is authenticated again then
    with (SEARCHES if asked.q else LONG_LISTS).one():
        access.user_anew()
        return _listed(access.project(reference), asked)


@blueprint.post("")
@answers(shapes.Ticket, 201, body=NewTicket, headers=("Idempotency-Key",), sends=("ETag",))
@takes_at_most(TEXT_LIMIT)
def create(reference: str) -> Any:
    """Create a ticket; the same ``Idempotency-Key`` again returns the same ticket."""
    grant, asked = access.project(reference, May.WORK), body(NewTicket)
    return kept(_made_before(grant) or _make(grant, asked), 201)


@blueprint.get("/<ticket_reference>")
@answers(shapes.Ticket, sends=("ETag",))
def show(reference: str, ticket_reference: str) -> Any:
    """Return a ticket."""
    return reply(access.project(reference).ticket(ticket_reference))


@blueprint.patch("/<ticket_reference>")
@answers(shapes.Ticket, body=TicketChange, headers=("If-Match",), sends=("ETag",), also={409: shapes.StaleTicket})
@takes_at_most(TEXT_LIMIT)
def update(reference: str, ticket_reference: str) -> Any:
    """Edit or move a ticket; with ``If-Match`` only if it still has that version."""
    grant, asked = access.project(reference, May.WORK), body(TicketChange)
    ticket = grant.ticket_to_change(ticket_reference, family=asked.changes_family)
    tickets.refuse_stale(ticket, request.headers.get("If-Match"))
    tickets.change(grant, ticket, asked)
    return kept(ticket)


@blueprint.delete("/<ticket_reference>")
@answers(None, 204, headers=("If-Match",), also={409: shapes.StaleTicket})
def delete(reference: str, ticket_reference: str) -> Any:
    """Delete a ticket: it is moved to the bin."""
    grant = access.project(reference, May.DELETE_OWN)
    ticket = grant.ticket_to_delete(ticket_reference)
    grant.require_deletion(ticket)
    tickets.refuse_stale(ticket, request.headers.get("If-Match"))
    BinnedTicket.take(ticket, grant.user.id)
    db.session.commit()
    return nothing()


@blueprint.patch("")
@answers(list[shapes.Ticket], body=BulkChange)
@takes_at_most(TEXT_LIMIT)
def update_all(reference: str) -> Any:
    """Make the same change to several tickets, all or nothing."""
    grant, asked = access.project(reference, May.WORK), body(BulkChange)
    found = grant.tickets_to_change(asked.ticket_ids, family=asked.updates.changes_family)
    tickets.change_all(grant, found, asked.updates)
    return kept_all(found)


@blueprint.delete("")
@answers(None, 204, body=BulkDeletion)
def delete_all(reference: str) -> Any:
    """Delete several tickets, all or nothing."""
    grant, asked = access.project(reference, May.DELETE_OWN), body(BulkDeletion)
    found = grant.tickets_to_delete(asked.ticket_ids)
    for ticket in found:
        grant.require_deletion(ticket)
    BinnedTicket.take_all(found, grant.user.id)
    db.session.commit()
    return nothing()


def reply(ticket: Ticket, status: int = 200, *, content: wire.Json | None = None) -> Response:
    """Answer with a ticket and its version."""
    response = jsonify(content or wire.ticket(ticket))
    response.status_code = status
    response.headers["ETag"] = f'"{ticket.version}"'
    return response


def kept(ticket: Ticket, status: int = 200, *, shape: Callable[[Ticket], wire.Json] = wire.ticket) -> Response:
    """Commit, and answer with the ticket as it was then: reading it again would be another transaction."""
    db.session.flush()
    content = shape(ticket)
    db.session.commit()
    return reply(ticket, status, content=content)


def kept_all(changed: Sequence[Ticket]) -> Response:
    """Commit, and answer with several tickets as they were then."""
    db.session.flush()
    answer = listed(as_json(changed))
    db.session.commit()
    return answer


def _listed(grant: Grant, asked: TicketFilter) -> Response:
    page = pages_of(matching(grant.project.id, asked.criteria()), asked.limit, asked.page, asked.q)
    response = listed(page.as_json())
    if page.next:
        response.headers["Link"] = f'<{_address_of(page)}>; rel="next"'
    return response


def _make(grant: Grant, asked: NewTicket) -> Ticket:
    ticket = tickets.create(grant, asked)
    if key := idempotency_key():
        made = IdempotencyKey(user_id=grant.user.id, key=key, request_hash=_request_hash(), ticket_id=ticket.id)
        db.session.add(made)
    return ticket


def _made_before(grant: Grant) -> Ticket | None:
    key = idempotency_key()
    used = IdempotencyKey.of(grant.user.id, key) if key else None
    if used is None:
        return None
    if used.request_hash != _request_hash():
        raise Conflict(_("This Idempotency-Key was used for another request."))
    ticket = db.session.get(Ticket, used.ticket_id)
    if ticket is None:
        raise Conflict(_("The ticket that was created with this Idempotency-Key has been deleted since."))
    return ticket


def _request_hash() -> str:
    return hashlib.sha256(request.path.encode() + b"\0" + request.get_data()).hexdigest()


def _address_of(page: Page) -> str:
    asked: dict[str, Any] = {name: value for name, value in request.args.items() if name != "page"}
    return url_for("api_tickets.index", page=page.next, **(request.view_args or {}), **asked)

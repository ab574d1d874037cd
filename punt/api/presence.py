"""Who has a project open."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from flask import Blueprint, request

from punt import access
from punt.access import Grant
from punt.api import shapes
from punt.api.describe import answers
from punt.database import db
from punt.errors import Missing
from punt.inputs.base import body
from punt.inputs.people import Presence
from punt.models import PresenceLease, UserSession
from punt.web.replies import nothing

blueprint = Blueprint("api_presence", __name__, url_prefix="/api/projects/<reference>/presence")


@blueprint.put("")
@answers(shapes.Presences, body=Presence)
def stay(reference: str) -> Any:
    """Report that this tab has the project open, and perhaps a ticket for editing; return who is there."""
    grant, asked = access.project(reference), body(Presence)
    ticket_id, session_id = _ticket_id(grant, asked), _session_id()
    present = PresenceLease.take(grant.project, grant.user, _tab_id(), ticket_id=ticket_id, session_id=session_id)
    db.session.commit()
    return present


@blueprint.delete("")
@answers(None, 204)
def leave(reference: str) -> Any:
    """Report that this tab has closed the project."""
    grant = access.project(reference)
    PresenceLease.give_back(grant.project, grant.user, _tab_id())
    db.session.commit()
    return nothing()


def _ticket_id(grant: Grant, asked: Presence) -> str | None:
    """Return which ticket is open; if it was just deleted, none is, which is not an error of the page."""
    with suppress(Missing):
        return grant.ticket(asked.ticket_id).id if asked.ticket_id else None
    return None


def _session_id() -> str | None:
    """Return the session that the lease ends with; an API token has none."""
    found = access.credential()
    return found.id if isinstance(found, UserSession) else None


def _tab_id() -> str:
    return request.headers.get("X-Tab-Id", "")

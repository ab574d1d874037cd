"""The bin of a project: what was deleted lately, and bringing it back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from punt import access
from punt.access import May
from punt.api.describe import answers
from punt.api.tickets import reply
from punt.database import db
from punt.models import BinnedTicket, shapes, wire

blueprint = Blueprint("api_bin", __name__, url_prefix="/api/projects/<reference>/bin")


@blueprint.get("")
@answers(list[shapes.BinnedTicket])
def index(reference: str) -> Any:
    """List the deleted tickets, newest first."""
    grant = access.project(reference, May.DELETE_OWN)
    return [wire.binned(binned) for binned in BinnedTicket.of(grant.project.id)]


@blueprint.post("/<binned_reference>/restore")
@answers(shapes.Ticket, sends=("ETag",))
def restore(reference: str, binned_reference: str) -> Any:
    """Make a deleted ticket a ticket again."""
    grant = access.project(reference, May.DELETE_OWN)
    binned = grant.binned_to_change(binned_reference)
    grant.require_restoring(binned)
    ticket = binned.restore(grant.project)
    db.session.commit()
    return reply(ticket)

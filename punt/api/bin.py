"""The bin of a project: what was deleted lately, and bringing it back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from punt import access
from punt.access import May
from punt.api.tickets import reply
from punt.database import db
from punt.models import BinnedTicket, wire

blueprint = Blueprint("api_bin", __name__, url_prefix="/api/projects/<reference>/bin")


@blueprint.get("")
def index(reference: str) -> Any:
    """List the deleted tickets, newest first."""
    grant = access.project(reference, May.DELETE_OWN)
    return [wire.binned(binned) for binned in BinnedTicket.of(grant.project.id)]


@blueprint.post("/<binned_reference>/restore")
def restore(reference: str, binned_reference: str) -> Any:
    """Make a deleted ticket a ticket again."""
    grant = access.project(reference, May.DELETE_OWN)
    binned = grant.binned_to_change(binned_reference)
    grant.require_restoring(binned)
    ticket = binned.restore(grant.project)
    db.session.commit()
    return reply(ticket)

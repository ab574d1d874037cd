"""The bin of a project: recently deleted tickets, and restoring them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, url_for

from punt import access
from punt.access import May
from punt.api import shapes
from punt.api.describe import answers
from punt.api.tickets import kept
from punt.inputs.base import query
from punt.inputs.boards import BinQuery
from punt.models import BinnedTicket, wire

blueprint = Blueprint("api_bin", __name__, url_prefix="/api/projects/<reference>/bin")


@blueprint.get("")
@answers(list[shapes.BinnedTicket], query=BinQuery, sends=("Link",))
def index(reference: str) -> Any:
    """List the deleted tickets, newest first; the next page is in a ``Link`` header."""
    grant, asked = access.project(reference, May.DELETE_OWN), query(BinQuery)
    found, more = BinnedTicket.page(grant.project.id, asked.limit, asked.before)
    response = jsonify([wire.binned(binned) for binned in found])
    if more:
        address = url_for("api_bin.index", reference=reference, limit=asked.limit, before=more)
        response.headers["Link"] = f'<{address}>; rel="next"'
    return response


@blueprint.post("/<binned_reference>/restore")
@answers(shapes.RestoredTicket, sends=("ETag",))
def restore(reference: str, binned_reference: str) -> Any:
    """Restore a deleted ticket; what could not be restored is listed in ``notRestored``."""
    grant = access.project(reference, May.DELETE_OWN)
    binned = grant.binned_to_change(binned_reference)
    grant.require_restoring(binned)
    return kept(binned.restore(grant.project), shape=wire.restored)

"""The bin of a project, as a page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for

from punt import access
from punt.access import May
from punt.database import db
from punt.events.pipeline import cursor
from punt.inputs.base import query
from punt.inputs.boards import BinQuery
from punt.language import _
from punt.models import BinnedTicket, wire
from punt.models.bin import KEPT
from punt.models.people import those_with

blueprint = Blueprint("bin", __name__, url_prefix="/projects/<key>/bin")


@blueprint.get("")
def show(key: str) -> Any:
    """Show recently deleted tickets."""
    access.user()
    since = cursor()
    grant = access.project(key, May.DELETE_OWN)
    asked = query(BinQuery)
    found, more = BinnedTicket.page(grant.project.id, asked.limit, asked.before)
    people = those_with([binned.deleted_by_id for binned in found if binned.deleted_by_id])
    return render_template(
        "projects/bin.html",
        project=wire.project(grant.project),
        binned=[wire.binned(each) | {"mayRestore": grant.may_delete(each)} for each in found],
        people={person.id: wire.user(person) for person in people},
        days=KEPT.days,
        count=BinnedTicket.count(grant.project.id),
        newest=url_for("bin.show", key=key) if asked.before else None,
        older=url_for("bin.show", key=key, limit=asked.limit, before=more) if more else None,
        cursor=since,
    )


@blueprint.post("/<int:number>/restore")
def restore(key: str, number: int) -> Any:
    """Restore a ticket and show it."""
    grant = access.project(key, May.DELETE_OWN)
    binned = grant.binned_to_change(str(number))
    grant.require_restoring(binned)
    ticket = binned.restore(grant.project)
    db.session.commit()
    flash(_("Restored %(key)s.", key=ticket.key), "success")
    if ticket.losses:
        flash(" ".join(loss.message for loss in ticket.losses), "error")
    return redirect(url_for("tickets.show", key=grant.project.key, number=number))

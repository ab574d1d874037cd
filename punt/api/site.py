"""The site's settings and the audit trail, for system admins; and the history of each ticket."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request, url_for

from punt import access
from punt.api import shapes
from punt.api.describe import answers
from punt.database import db
from punt.inputs.admin import AuditQuery, HistoryQuery, SiteChange
from punt.inputs.base import body, query
from punt.models import AuditEntry, SiteSetting, wire

blueprint = Blueprint("api_site", __name__, url_prefix="/api")


@blueprint.get("/admin/settings")
@answers(shapes.Site)
def show() -> Any:
    """Return the settings."""
    access.admin()
    return wire.site(SiteSetting.site())


@blueprint.patch("/admin/settings")
@answers(shapes.Site, body=SiteChange)
def update() -> Any:
    """Change settings; they apply to every worker at once."""
    access.hold_as_admin()
    site = SiteSetting.decide(**body(SiteChange).values())
    db.session.commit()
    return wire.site(site)


@blueprint.get("/admin/audit")
@answers(list[shapes.AuditEntry], query=AuditQuery, sends=("Link",))
def audit() -> Any:
    """List who did what, newest first; the next page is in a ``Link`` header."""
    access.admin()
    asked = query(AuditQuery)
    return _page(*AuditEntry.page(asked.entries(), asked.limit, asked.before))


@blueprint.get("/projects/<reference>/tickets/<ticket_reference>/history")
@answers(list[shapes.AuditEntry], query=HistoryQuery, sends=("Link",))
def history(reference: str, ticket_reference: str) -> Any:
    """List what happened to a ticket, newest first; the next page is in a ``Link`` header."""
    ticket, asked = access.project(reference).ticket(ticket_reference), query(HistoryQuery)
    return _page(*AuditEntry.page(AuditEntry.about(subject_id=ticket.id), asked.limit, asked.before))


def _page(entries: Any, more: int | None) -> Response:
    response = jsonify([wire.audit_entry(entry) for entry in entries])
    if more:
        again: dict[str, Any] = {name: value for name, value in request.args.items() if name != "before"}
        again |= request.view_args or {}
        response.headers["Link"] = f'<{url_for(str(request.endpoint), before=more, **again)}>; rel="next"'
    return response

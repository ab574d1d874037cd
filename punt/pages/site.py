"""The site's settings and the audit trail, for system admins."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for

from punt import access
from punt.database import db
from punt.inputs.admin import AuditQuery, SiteChange
from punt.inputs.base import form, query
from punt.language import _
from punt.models import AuditEntry, SiteSetting, User, wire
from punt.models.audit.entry import KINDS
from punt.pages.forms import NOT_KEPT, again, saved
from punt.pages.history import described

blueprint = Blueprint("site", __name__, url_prefix="/admin")


@blueprint.get("/settings")
def settings() -> Any:
    """Show the settings."""
    access.admin()
    return render_template("admin/settings.html", values=wire.site(SiteSetting.site()), errors={}), NOT_KEPT


@blueprint.post("/settings")
def update() -> Any:
    """Change the settings; every worker has them at once."""
    access.hold_as_admin()
    with saved(again("admin/settings.html")):
        SiteSetting.decide(**form(SiteChange, request.form).values())
    flash(_("Saved the settings."), "success")
    return redirect(url_for("site.settings"))


@blueprint.get("/audit")
def audit() -> Any:
    """Show who did what, newest first."""
    access.admin()
    asked = query(AuditQuery)
    entries, more = AuditEntry.page(asked.entries(), asked.limit, asked.before)
    filters = {name: value for name, value in request.args.items() if value and name != "before"}
    projects = [wire.project(project) for project in access.projects()]
    people: Any = db.session.execute(sa.select(User.id, User.name).order_by(User.name, User.id)).all()
    return render_template(
        "admin/audit.html",
        entries=described(entries),
        asked=filters,
        older=url_for("site.audit", before=more, **filters) if more else None,  # type: ignore[arg-type]
        newest=url_for("site.audit", **filters) if asked.before else None,  # type: ignore[arg-type]
        kinds=KINDS,
        projects=projects,
        keys={project["id"]: project["key"] for project in projects},
        people=[{"id": row.id, "name": row.name} for row in people],
    )

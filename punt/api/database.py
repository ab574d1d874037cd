"""The database as a whole, for system admins: always with their password, and with a phrase if it destroys data."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from punt import access
from punt.api import shapes
from punt.api.describe import FormWithFile, answers
from punt.database import db
from punt.events.log import iso
from punt.inputs.base import body, form
from punt.inputs.database import Overhaul, OwnPassword
from punt.services import database
from punt.web.replies import attached, nothing
from punt.web.security import begins_itself, reads_body_itself

blueprint = Blueprint("api_database", __name__, url_prefix="/api/admin/database")


@blueprint.post("/export")
@answers("application/gzip", body=OwnPassword)
@begins_itself
def export() -> Any:
    """Return everything in one file."""
    access.admin()
    database.prove(body(OwnPassword).your_password)
    db.session.commit()
    return attached(database.exported())


@blueprint.post("/import")
@answers(shapes.Imported, body=FormWithFile(Overhaul))
@reads_body_itself
def import_() -> Any:
    """Replace everything with an export, sent as a form with the fields of a wipe and a ``file``."""
    file, asked = database.received(), form(Overhaul, request.form)
    database.confirm("import", asked)
    db.session.commit()
    room = database.waiting_room()
    name = room.admit(file)
    try:
        coming = database.Import(room.path(name))
        for _ in coming.take():
            pass
    finally:
        room.dismiss(name)
    return {"madeAt": iso(coming.contents.header.made_at), "counts": coming.contents.counts}


@blueprint.post("/wipe")
@answers(None, 204, body=Overhaul)
@begins_itself
def wipe() -> Any:
    """Delete everything."""
    return _wipe("wipe")


@blueprint.post("/wipe-projects")
@answers(None, 204, body=Overhaul)
@begins_itself
def wipe_projects() -> Any:
    """Delete all projects; people stay."""
    return _wipe("wipe-projects")


def _wipe(what: str) -> Any:
    access.admin()
    database.confirm(what, body(Overhaul))
    db.session.commit()
    database.wipe(what)
    return nothing()

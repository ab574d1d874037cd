"""Importing files of other trackers into a project."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Blueprint, request

from punt import access
from punt.access import Grant, May
from punt.api import shapes
from punt.api.describe import FormWithFile, answers
from punt.api.idempotency import idempotency_key
from punt.database import ALPHABET, end_read, random_text
from punt.inputs.base import form, query
from punt.inputs.imports import ImportFields, ImportQuery
from punt.services.imports import Incoming, Look, counted, foreseen
from punt.transfer.boards.choice import choice_of
from punt.transfer.boards.foreign import Reading, understood
from punt.web.security import FILE_LIMIT, begins_itself, takes_at_most
from punt.web.uploads import uploaded

blueprint = Blueprint("api_imports", __name__, url_prefix="/api/projects/<reference>/import")


@blueprint.post("")
@answers(
    shapes.ProjectImport,
    201,
    body=FormWithFile(ImportFields),
    query=ImportQuery,
    headers=("Idempotency-Key",),
    also={200: shapes.ProjectImport},
)
@begins_itself
@takes_at_most(FILE_LIMIT)
def create(reference: str) -> Any:
    """Import the tickets of a file, or with ``dryRun`` only report the result; the same key again adds nothing."""
    key_here = access.project(reference, May.MANAGE).project.key
    dry_run, key = query(ImportQuery).dry_run or request.args.get("dryRun") == "", idempotency_key()
    end_read()
    upload = uploaded(FILE_LIMIT)
    asked = form(ImportFields, request.form, lists=("map",))
    reading = understood(upload.read(), choice_of(asked.map, asked.part, key_here))
    access.user_anew()
    grant = access.project(reference, May.MANAGE)
    if dry_run:
        return _told(foreseen(grant.project, reading), dry_run=True), 200
    incoming = Incoming(grant, _name(grant, key))
    end_read()
    for _ in incoming.take(reading, request.files["file"].filename or ""):
        pass
    return _told(_came(incoming, reading), dry_run=False), 201


def _name(grant: Grant, key: str | None) -> str:
    """Name an import so that the same key gives the same name."""
    said = f"{grant.user.id} {grant.project.id} {key}".encode("utf-8", "surrogatepass")
    if key is None:
        return random_text(26)
    return "".join(ALPHABET[byte & 31] for byte in hashlib.sha256(said).digest()[:26])


def _came(incoming: Incoming, reading: Reading) -> Look:
    receipt = incoming.receipt()
    tickets = counted(receipt)["ticket"] if receipt else 0
    return incoming.look or Look(reading.tracker, tickets=tickets)


def _told(look: Look, *, dry_run: bool) -> dict[str, Any]:
    return {
        "dryRun": dry_run,
        "tracker": look.tracker,
        "columns": look.columns,
        "parts": [{"key": part, "said": said} for part, said in look.parts.items()],
        "part": look.part or None,
        "problem": look.problem or None,
        "tickets": look.tickets,
        "newColumns": look.new_columns,
        "newLabels": look.new_labels,
        "left": [{"what": what, "count": count} for what, count in look.left],
    }

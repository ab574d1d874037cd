"""Previews of Markdown."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from punt import access
from punt.access import May
from punt.api import shapes
from punt.api.describe import answers
from punt.database import end_read
from punt.heavy.markdown import preview
from punt.inputs.base import body
from punt.inputs.tickets import Preview
from punt.web.security import TEXT_LIMIT, begins_itself, takes_at_most

blueprint = Blueprint("api_previews", __name__, url_prefix="/api/projects/<reference>")


@blueprint.post("/preview")
@answers(shapes.Rendered, body=Preview)
@begins_itself
@takes_at_most(TEXT_LIMIT)
def create(reference: str) -> Any:
    """Render a text as a ticket's description; nothing is written, so no write transaction is begun."""
    access.project(reference, May.WORK)
    asked = body(Preview)
    end_read()
    return {"html": preview(asked.text)}

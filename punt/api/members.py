"""The members of a project."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from punt import access
from punt.api.describe import answers
from punt.models import shapes, wire

blueprint = Blueprint("api_members", __name__, url_prefix="/api/projects/<reference>/members")


@blueprint.get("")
@answers(list[shapes.Member])
def index(reference: str) -> Any:
    """List who belongs to a project."""
    return [wire.membership(membership) for membership in access.project(reference).project.members()]

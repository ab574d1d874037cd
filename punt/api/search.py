"""Search across projects."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from punt import access
from punt.api import shapes
from punt.api.describe import answers
from punt.inputs.base import query
from punt.inputs.boards import SearchQuery
from punt.models.search import find

blueprint = Blueprint("api_search", __name__, url_prefix="/api/search")


@blueprint.get("")
@answers(list[shapes.Hit], query=SearchQuery)
def index() -> Any:
    """List up to 20 matching projects and tickets among those that you may see; without ``q``, what changed last."""
    return find(access.projects(), query(SearchQuery).q).hits

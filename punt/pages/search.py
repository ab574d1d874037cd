"""Search across projects, as a page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template

from punt import access
from punt.inputs.base import query
from punt.inputs.boards import SearchQuery
from punt.models.search import find

blueprint = Blueprint("search", __name__)


@blueprint.get("/search")
def show() -> Any:
    """Show the results."""
    visible, asked = access.projects(), query(SearchQuery)
    found = find(visible, asked.q)
    return render_template("search.html", q=asked.q, hits=found.hits, more=found.more and asked.q)

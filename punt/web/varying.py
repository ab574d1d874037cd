"""The header that says by which headers of a request its response varies."""

from __future__ import annotations

from flask import Response


def vary_by(response: Response, name: str) -> None:
    """Add a header's name, unless it is there: what Werkzeug's set does, without parsing it for each name."""
    known = response.headers.get("Vary")
    if known is None:
        response.headers["Vary"] = name
    elif name.lower() not in {each.strip().lower() for each in known.split(",")}:
        response.headers["Vary"] = f"{known}, {name}"

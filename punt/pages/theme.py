"""Light, dark, or the system's theme: kept in the browser's cookie, so that pages are rendered with it at once."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request

from punt import access
from punt.pages.auth import local
from punt.web.cookies import chosen_theme, keep_theme
from punt.web.security import begins_itself, page_before

THEMES = ("system", "light", "dark")
LONGEST = 400 * 86_400
"""Seconds; browsers keep no cookie for longer."""

blueprint = Blueprint("theme", __name__)


def theme() -> str:
    """Return the theme that this browser has chosen."""
    chosen = chosen_theme()
    return chosen if chosen in THEMES else THEMES[0]


@blueprint.post("/theme")
@begins_itself
def choose() -> Any:
    """Store a theme and go back to the page where it was chosen."""
    access.user()
    response = redirect(local(page_before()), 303)
    wanted = request.form.get("theme")
    if wanted in THEMES:
        keep_theme(response, wanted, LONGEST)
    return response

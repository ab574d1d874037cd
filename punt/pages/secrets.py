"""Secrets that are shown once: the browser carries one from the form's response to the page that shows it."""

from __future__ import annotations

from typing import Any

from flask import session

from punt.web import compression

FIELD = "secret"


def show_once(about: str, **told: str) -> None:
    """Let the next page about something show a secret: it is in no address, and in no page that a browser caches.

    :param about: what the page asks for.
    """
    session[FIELD] = {"about": about} | told


def shown_once(about: str) -> dict[str, Any] | None:
    """Return what to show about something, and forget it."""
    found: dict[str, Any] = session.get(FIELD) or {}
    if found.get("about") != about:
        return None
    del session[FIELD]
    compression.keep_plain()
    return found

"""Secrets that are shown once: the browser carries one from the form's answer to the page where it is shown."""

from __future__ import annotations

from typing import Any

from flask import session

from punt.web import compression

FIELD = "secret"


def show_once(about: str, **told: str) -> None:
    """Let the next page about something show a secret: it lies in no address, and in no page that a browser keeps.

    :param about: what the page asks for.
    """
    session[FIELD] = {"about": about} | told


def shown_once(about: str) -> dict[str, Any] | None:
    """Return what is to be shown about something, and forget it."""
    found: dict[str, Any] = session.get(FIELD) or {}
    if found.get("about") != about:
        return None
    del session[FIELD]
    compression.keep_plain()
    return found

"""Server-rendered pages; every action works as a plain form."""

from __future__ import annotations

from flask import Flask

from punt.pages import (
    auth,
    bin,
    board,
    columns,
    context,
    pictures,
    profile,
    projects,
    search,
    sessions,
    theme,
    tickets,
    tokens,
)


def init_app(app: Flask) -> None:
    """Serve the pages of an app."""
    context.init_app(app)
    for part in (auth, projects, board, tickets, bin, profile, pictures, sessions, tokens, theme, columns, search):
        app.register_blueprint(part.blueprint)

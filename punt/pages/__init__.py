"""Server-rendered pages; every action works as a plain form."""

from __future__ import annotations

from flask import Flask

from punt.pages import (
    auth,
    bin,
    board,
    columns,
    context,
    labels,
    members,
    profile,
    projects,
    search,
    settings,
    theme,
    tickets,
)


def init_app(app: Flask) -> None:
    """Serve the pages of an app."""
    context.init_app(app)
    for part in (auth, projects, board, tickets, bin, profile, theme, columns, search, settings, members, labels):
        app.register_blueprint(part.blueprint)

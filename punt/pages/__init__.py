"""Server-rendered pages; every action works as a plain form."""

from __future__ import annotations

from flask import Flask

from punt.pages import auth, board, columns, context, profile, projects, search, tickets


def init_app(app: Flask) -> None:
    """Serve the pages of an app."""
    context.init_app(app)
    for part in (auth, projects, board, columns, tickets, search, profile):
        app.register_blueprint(part.blueprint)

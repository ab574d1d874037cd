"""Server-rendered pages; every action works as a plain form."""

from __future__ import annotations

from flask import Flask

from punt.pages import (
    auth,
    bin,
    board,
    columns,
    context,
    database,
    history,
    labels,
    members,
    people,
    pictures,
    profile,
    projects,
    register,
    search,
    sessions,
    settings,
    site,
    theme,
    tickets,
    tokens,
    transfer,
)


def init_app(app: Flask) -> None:
    """Serve the pages of an app."""
    context.init_app(app)
    admin = (people, site)
    for part in (
        auth,
        register,
        projects,
        board,
        tickets,
        history,
        bin,
        profile,
        pictures,
        sessions,
        tokens,
        theme,
        columns,
        labels,
        members,
        settings,
        search,
        transfer,
        database,
        *admin,
    ):
        app.register_blueprint(part.blueprint)

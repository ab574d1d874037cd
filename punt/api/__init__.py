"""The REST API and the event streams, all under ``/api``, all JSON."""

from __future__ import annotations

from flask import Flask

from punt.api import (
    auth,
    bin,
    columns,
    database,
    health,
    imports,
    labels,
    me,
    members,
    openapi,
    people,
    pictures,
    presence,
    previews,
    projects,
    search,
    sessions,
    site,
    streams,
    tickets,
    tokens,
)


def init_app(app: Flask) -> None:
    """Serve the API of an app."""
    app.url_map.merge_slashes = False  # normalising an address means a redirect, and that is HTML
    for part in (
        auth,
        me,
        pictures,
        sessions,
        tokens,
        projects,
        members,
        columns,
        labels,
        tickets,
        bin,
        imports,
        previews,
        presence,
        search,
        people,
        site,
        streams,
        health,
        openapi,
        database,
    ):
        app.register_blueprint(part.blueprint)

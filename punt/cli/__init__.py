"""The ``flask`` commands of PUNT."""

from __future__ import annotations

from flask import Flask

from punt.cli import database, demo, events, members, projects, users


def init_app(app: Flask) -> None:
    """Give an app its commands."""
    database.extend(app)
    for part in (users, members, projects, events):
        app.cli.add_command(part.group)
    app.cli.add_command(demo.command)

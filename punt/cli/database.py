"""``flask db wipe``, and what takes everything out and in, in Flask-Migrate's own group."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import with_appcontext
from flask_migrate.cli import db as group

from punt.cli import transfer
from punt.database import writing
from punt.models.wipe import wipe_everything, wipe_projects


def extend(app: Flask) -> None:
    """Add the commands to the group; Flask-Migrate puts the group into every app."""
    for command in (wipe, transfer.export, transfer.import_, transfer.backup):
        group.add_command(command)
    app.cli.add_command(group)


@click.command()
@click.option("--projects-only", is_flag=True, help="Keep the people, remove all projects.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def wipe(projects_only: bool, yes: bool) -> None:
    """Remove everything, or all projects; every open screen is told."""
    what = "all projects with their tickets" if projects_only else "EVERYTHING: all people, projects and tickets"
    if not yes:
        click.confirm(f"This removes {what} for good. Go on?", abort=True)
    with writing() as session:
        (wipe_projects if projects_only else wipe_everything)(session)
    click.echo("All projects are gone." if projects_only else "Everything is gone. The next visit sets PUNT up anew.")

"""``flask db wipe`` and ``check``, and the commands that export, import and back up, in Flask-Migrate's own group."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import with_appcontext
from flask_migrate.cli import db as group
from sqlalchemy.exc import SQLAlchemyError

from punt.checks.running import find_all
from punt.checks.running import repair as run_repair
from punt.cli import transfer
from punt.database import db, writing
from punt.models.wipe import wipe_everything, wipe_projects


def extend(app: Flask) -> None:
    """Add the commands to the group; Flask-Migrate puts the group into every app."""
    for command in (wipe, check, transfer.export, transfer.import_, transfer.backup):
        group.add_command(command)
    app.cli.add_command(group)


@click.command()
@click.option("--projects-only", is_flag=True, help="Keep the people, delete all projects.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def wipe(projects_only: bool, yes: bool) -> None:
    """Delete everything, or all projects; every open screen is notified."""
    what = "all projects with their tickets" if projects_only else "EVERYTHING: all people, projects and tickets"
    if not yes:
        click.confirm(f"This removes {what} for good. Go on?", abort=True)
    with writing(alone=True) as session:
        (wipe_projects if projects_only else wipe_everything)(session)
    click.echo("All projects are gone." if projects_only else "Everything is gone. The next visit sets PUNT up anew.")


@click.command()
@click.option("--repair", is_flag=True, help="Fix what can be fixed; every open screen is notified.")
@with_appcontext
def check(repair: bool) -> None:
    """Print what breaks a rule of PUNT, one per line; the exit code is 1 if anything does and is not repaired."""
    try:
        _repair() if repair else _check()
    except SQLAlchemyError as error:
        raise click.ClickException(f"The database does not answer: {getattr(error, 'orig', error)}") from None


def _check() -> None:
    number = 0
    for number, finding in enumerate(find_all(), 1):  # noqa: B007 the last one is how many there are
        click.echo(finding.sentence)
    db.session.rollback()
    if number:
        raise click.ClickException(f"{number} rules are broken. flask db check --repair fixes what can be fixed.")
    click.echo("Every rule is kept.")


def _repair() -> None:
    with writing(alone=True):
        result = run_repair()
    for sentence in result.done:
        click.echo(f"Fixed: {sentence}")
    for finding in result.left:
        click.echo(f"Left: {finding.sentence} {finding.advice}".rstrip())
    if result.left:
        raise click.ClickException(f"{len(result.left)} rules are still broken.")
    click.echo("Every rule is kept.")

"""``flask project``: what comes from elsewhere into a project, from the shell."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
import sqlalchemy as sa
from flask.cli import AppGroup

from punt.database import db, writing
from punt.errors import Problem
from punt.models import Project, User
from punt.transfer.cards import Plan
from punt.transfer.carrying import carry_out
from punt.transfer.sheet import read_csv
from punt.transfer.trello import read_trello

group = AppGroup("project", help="Projects.")
AFile = click.Path(exists=True, dir_okay=False, path_type=Path)
By = click.option("--as", "username", metavar="NAME", help="Who is to be the creator of the tickets; default: nobody.")


@group.command("import-trello")
@click.argument("key")
@click.argument("file", type=AFile)
@By
def import_trello(key: str, file: Path, username: str | None) -> None:
    """Add a board that Trello exported as JSON to a project."""
    _import(key, file, username, read_trello)


@group.command("import-csv")
@click.argument("key")
@click.argument("file", type=AFile)
@By
def import_csv(key: str, file: Path, username: str | None) -> None:
    """Add tickets of a table with a header line to a project."""
    _import(key, file, username, read_csv)


def _import(key: str, file: Path, username: str | None, read: Callable[[bytes], Plan]) -> None:
    try:
        plan = read(file.read_bytes())
        with writing():
            project = db.session.scalar(sa.select(Project).where(Project.key == key.upper()))
            creator = User.named(username) if username else None
            if project is None:
                raise click.ClickException(f"There is no project {key.upper()}.")
            if username and creator is None:
                raise click.ClickException(f"There is nobody called {username}.")
            report = carry_out(project, plan, creator.id if creator else None)
    except Problem as problem:
        raise click.ClickException(problem.message) from None
    click.echo(report.sentence())
    if report.left:
        click.echo("Not taken, or changed on the way:")
        for line in report.lines():
            click.echo(f"  {line}")

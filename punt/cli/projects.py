"""``flask project``: what comes from elsewhere into a project, from the shell."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
import sqlalchemy as sa
from flask.cli import AppGroup

from punt.cli.counting import Counter
from punt.database import db, writing
from punt.errors import Problem
from punt.imports import note_import
from punt.models import Project, User
from punt.transfer.carrying import Carriage, Report
from punt.transfer.choice import choice_of
from punt.transfer.foreign import Reading, table, understood
from punt.transfer.trello import read_trello

group = AppGroup("project", help="Projects.")
LARGEST = 200_000_000
"""Bytes of a file that is read from the shell."""
AFile = click.Path(exists=True, dir_okay=False, path_type=Path)
By = click.option("--as", "username", metavar="NAME", help="Who is to be the creator of the tickets; default: nobody.")
Map = click.option(
    "--map",
    "pairs",
    metavar="COLUMN=FIELD",
    multiple=True,
    help="Which field a column of the file is, or none; several times.",
)
DryRun = click.option("--dry-run", is_flag=True, help="Say what would come of it, and change nothing.")


@group.command("import")
@click.argument("key")
@click.argument("file", type=AFile)
@Map
@click.option("--part", default="", metavar="KEY", help="Which project, where the file is a backup of several.")
@DryRun
@By
def import_(key: str, file: Path, pairs: tuple[str, ...], part: str, dry_run: bool, username: str | None) -> None:
    """Add what another tracker exported, or a table, to a project; see docs/importing.md."""
    _import(
        key, file, username, lambda content: understood(content, choice_of(pairs, part, key.upper())), dry_run=dry_run
    )


@group.command("import-trello")
@click.argument("key")
@click.argument("file", type=AFile)
@DryRun
@By
def import_trello(key: str, file: Path, dry_run: bool, username: str | None) -> None:
    """Add a board that Trello exported as JSON to a project."""
    _import(key, file, username, lambda content: Reading("Trello", plan=read_trello(content)), dry_run=dry_run)


@group.command("import-csv")
@click.argument("key")
@click.argument("file", type=AFile)
@Map
@DryRun
@By
def import_csv(key: str, file: Path, pairs: tuple[str, ...], dry_run: bool, username: str | None) -> None:
    """Add tickets of a table with a header line to a project."""
    _import(key, file, username, lambda content: table(content, choice_of(pairs)), dry_run=dry_run)


def _import(key: str, file: Path, username: str | None, read: Callable[[bytes], Reading], *, dry_run: bool) -> None:
    try:
        reading = read(_content(file))
        _show_columns(reading)
        report = _foresee(key, reading) if dry_run else _carry_out(key, file, reading, username)
    except Problem as problem:
        raise click.ClickException(problem.message) from None
    click.echo(f"Nothing is imported yet. It would be: {report.counts()}." if dry_run else report.sentence())
    if report.left:
        click.echo("Not taken, or changed on the way:")
        for line in report.lines():
            click.echo(f"  {line}")


def _content(file: Path) -> bytes:
    if file.stat().st_size > LARGEST:
        raise click.ClickException(f"{file}: This is too large: at most {LARGEST:,} bytes.")
    return file.read_bytes()


def _show_columns(reading: Reading) -> None:
    """Say which field each column of a table is, with its first values."""
    for column in reading.columns:
        samples = " | ".join(sample or "-" for sample in column.samples)
        click.echo(f"{column.name} = {column.field or 'none'}: {samples}", err=True)


def _foresee(key: str, reading: Reading) -> Report:
    return Carriage(_project(key), reading.planned(), None).foresee()


def _carry_out(key: str, file: Path, reading: Reading, username: str | None) -> Report:
    plan, counter = reading.planned(), Counter("tickets")
    with writing():
        project, creator = _project(key), User.named(username) if username else None
        if username and creator is None:
            raise click.ClickException(f"There is nobody called {username}.")
        carriage = Carriage(project, plan, creator.id if creator else None)
        for done in carriage.steps():
            counter.show(done)
        note_import(carriage.report, file.name, None, project.id)
    counter.end()
    return carriage.report


def _project(key: str) -> Project:
    project = db.session.scalar(sa.select(Project).where(Project.key == key.upper()))
    if project is None:
        raise click.ClickException(f"There is no project {key.upper()}.")
    return project

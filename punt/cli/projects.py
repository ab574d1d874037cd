"""``flask project``: imports into a project, from the shell."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
import sqlalchemy as sa
from flask.cli import AppGroup

from punt.cli.counting import Counter
from punt.database import begin_write, db, random_text, writing
from punt.errors import Problem
from punt.heavy.passwords import hash_password
from punt.models import Project, User
from punt.services.imports import note_import
from punt.transfer.boards.carrying import Carriage, Report
from punt.transfer.boards.choice import choice_of
from punt.transfer.boards.foreign import Reading, table, understood
from punt.transfer.boards.moving_in import Arrival
from punt.transfer.boards.trackers import original_file
from punt.transfer.boards.trackers.trello import read_trello

group = AppGroup("project", help="Projects.")
LARGEST = 200_000_000
"""Bytes of a file that is read from the shell."""
AFile = click.Path(exists=True, dir_okay=False, path_type=Path)
By = click.option("--as", "username", metavar="NAME", help="The creator of the tickets; default: nobody.")
Map = click.option(
    "--map",
    "pairs",
    metavar="COLUMN=FIELD",
    multiple=True,
    help="The field of a column of the file, or none; may be repeated.",
)
DryRun = click.option("--dry-run", is_flag=True, help="Report the result without changing anything.")


@group.command("import")
@click.argument("key")
@click.argument("file", type=AFile)
@Map
@click.option("--part", default="", metavar="KEY", help="Which project, if the file is a backup of several.")
@DryRun
@By
def import_(key: str, file: Path, pairs: tuple[str, ...], part: str, dry_run: bool, username: str | None) -> None:
    """Import a file of another tracker, or a table, into a project; see docs/importing.md."""
    _import(
        key, file, username, lambda content: understood(content, choice_of(pairs, part, key.upper())), dry_run=dry_run
    )


@group.command("import-trello")
@click.argument("key")
@click.argument("file", type=AFile)
@DryRun
@By
def import_trello(key: str, file: Path, dry_run: bool, username: str | None) -> None:
    """Import a board that Trello exported as JSON into a project."""
    _import(key, file, username, lambda content: Reading("Trello", plan=read_trello(content)), dry_run=dry_run)


@group.command("import-csv")
@click.argument("key")
@click.argument("file", type=AFile)
@Map
@DryRun
@By
def import_csv(key: str, file: Path, pairs: tuple[str, ...], dry_run: bool, username: str | None) -> None:
    """Import tickets from a table with a header line into a project."""
    _import(key, file, username, lambda content: table(content, choice_of(pairs)), dry_run=dry_run)


@group.command("import-backup")
@click.argument("file", type=AFile)
@click.option("--as", "username", metavar="NAME", help="Who owns projects without members.")
@DryRun
def import_backup(file: Path, username: str | None, dry_run: bool) -> None:
    """Import all projects of a backup of the original PUNT, with their people; all or nothing."""
    try:
        data = original_file.read_backup(original_file.opened(_content(file)))
        arrival = _arrive(data, username, dry_run=dry_run)
    except Problem as problem:
        raise click.ClickException(problem.message) from None
    for key, report in arrival.reports.items():
        click.echo(f"{key}: {report.counts()}.")
        for line in report.lines():
            click.echo(f"  {line}")
    for what, count in (+arrival.left).items():
        click.echo(f"{what}: {count}")
    if dry_run:
        click.echo("Nothing is imported yet.")


def _arrive(data: original_file.OldData, username: str | None, *, dry_run: bool) -> Arrival:
    """Import a backup, and roll back if it is only to be shown."""
    nobodys = hash_password(random_text(40))
    begin_write()
    try:
        arrival = Arrival(data, _person(username), nobodys)
        for step in arrival.steps():
            click.echo(f"\r{step}", nl=False, err=True)
        click.echo(err=True)
        for key, report in arrival.reports.items():
            note_import(report, f"{key} of a backup", None, _project(key).id)
        db.session.rollback() if dry_run else db.session.commit()
    finally:
        db.session.rollback()
    return arrival


def _person(username: str | None) -> User | None:
    person = User.named(username) if username else None
    if username and person is None:
        raise click.ClickException(f"There is nobody called {username}.")
    return person


def _import(key: str, file: Path, username: str | None, read: Callable[[bytes], Reading], *, dry_run: bool) -> None:
    try:
        reading = read(_content(file))
        _show_columns(reading)
        report = _foresee(key, reading) if dry_run else _carry_out(key, file, reading, username)
    except Problem as problem:
        raise click.ClickException(problem.message) from None
    click.echo(f"Nothing is imported yet. It would be: {report.counts()}." if dry_run else report.sentence())
    if report.left:
        click.echo("Left out or changed:")
        for line in report.lines():
            click.echo(f"  {line}")


def _content(file: Path) -> bytes:
    if file.stat().st_size > LARGEST:
        raise click.ClickException(f"{file}: This is too large: at most {LARGEST:,} bytes.")
    return file.read_bytes()


def _show_columns(reading: Reading) -> None:
    """Print which field each column of a table is, with its first values."""
    for column in reading.columns:
        samples = " | ".join(sample or "-" for sample in column.samples)
        click.echo(f"{column.name} = {column.field or 'none'}: {samples}", err=True)


def _foresee(key: str, reading: Reading) -> Report:
    return Carriage(_project(key), reading.planned(), None).foresee()


def _carry_out(key: str, file: Path, reading: Reading, username: str | None) -> Report:
    plan, counter = reading.planned(), Counter("tickets")
    with writing():
        project, creator = _project(key), _person(username)
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

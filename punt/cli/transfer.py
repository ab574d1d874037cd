"""``flask db export``, ``import`` and ``backup``."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError

from punt.cli.counting import Counter
from punt.database import db, writing
from punt.errors import Problem
from punt.events.pipeline import pipeline
from punt.transfer.backup import back_up, new_private_file, put_in_place
from punt.transfer.export.checking import Contents, checked
from punt.transfer.export.loading import replace_everything
from punt.transfer.export.reading import Limits
from punt.transfer.export.staging import Staging
from punt.transfer.export.words import PHRASES, size_in_words, summary
from punt.transfer.export.writing import note_export, write_export

AFile = click.Path(dir_okay=False, path_type=Path)


@click.command("export")
@click.argument("file", type=AFile)
@with_appcontext
def export(file: Path) -> None:
    """Write everything into one file, which flask db import can restore."""
    counter = Counter("rows written")
    with _errors_reported():
        draft = new_private_file(file)
        try:
            note_export()
            with draft.open("wb") as opened:
                for rows in write_export(db.session.connection(), opened):
                    counter.show(rows)
            db.session.rollback()
            size = put_in_place(draft, file)
        finally:
            draft.unlink(missing_ok=True)
    counter.end()
    click.echo(f"Everything is in {file}: {size_in_words(size)}. It holds what people wrote and their password hashes.")


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def import_(file: Path, yes: bool) -> None:
    """Replace EVERYTHING with an export; the file is checked first, and every open screen is notified."""
    settings, counter = pipeline().settings, Counter("lines checked")
    with _errors_reported(), Staging(settings.instance_path) as staging:
        contents = checked(file, staging, Limits(settings.import_limit), counter.show)
        counter.end()
        _ask(contents, yes)
        counter = Counter("rows taken")
        with writing(alone=True) as session:
            for rows in replace_everything(session, staging):
                counter.show(rows)
        counter.end()
    click.echo("Everything has been replaced by the file. Everybody signs in anew.")


@click.command()
@click.argument("file", type=AFile)
@with_appcontext
def backup(file: Path) -> None:
    """Copy the live SQLite database into one file, even while people work."""
    if db.engine.dialect.name != "sqlite":
        raise click.ClickException("This is for SQLite. Back PostgreSQL up with pg_dump: see docs/backup.md.")
    with _errors_reported():
        size = back_up(Path(str(db.engine.url.database)).absolute(), file)
    click.echo(f"The database is in {file}: {size_in_words(size)}.")


def _ask(contents: Contents, yes: bool) -> None:
    click.echo(summary(contents))
    for warning in contents.warnings:
        click.echo(f"Note: {warning}")
    phrase = PHRASES["import"]
    if not yes and click.prompt(f"This replaces EVERYTHING that is here. To go on, type: {phrase}\n") != phrase:
        raise click.ClickException("That was something else. Nothing was changed.")


@contextmanager
def _errors_reported() -> Iterator[None]:
    """Exit with a message, not with a traceback, when a file or the database cannot be used."""
    try:
        yield
    except Problem as problem:
        raise click.ClickException(problem.message) from None
    except OSError as error:
        raise click.ClickException(f"{error.filename or 'The file'}: {error.strerror or error}") from None
    except OperationalError as error:
        raise click.ClickException(f"The database does not answer: {error.orig}") from None
    except sqlite3.Error as error:  # of the scratch database, beside the real one
        raise click.ClickException(f"The file cannot be checked: {error}. Is there room on the disk?") from None

"""``flask events``: the event log, from the shell."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress

import click
import sqlalchemy as sa
from flask.cli import AppGroup

from punt.database import db
from punt.events.doorbell import doorbell_for
from punt.events.feed import SLOW_POLL
from punt.events.log import Entry, log
from punt.events.publication import EVERYONE
from punt.models import Project

group = AppGroup("events", help="The event log.")


@group.command()
@click.option("--project", "key", metavar="KEY", help="Only what belongs to this project.")
def tail(key: str | None) -> None:
    """Print events as they are committed, one JSON object a line, until interrupted."""
    project_id = _project_id(key) if key else None
    with suppress(KeyboardInterrupt):
        for entry in _new_entries():
            wanted = project_id in {None, entry.project_id} or entry.topic == EVERYONE
            if wanted and not entry.internal:
                click.echo(entry.message)


def _new_entries() -> Iterator[Entry]:
    rung = threading.Event()
    threading.Thread(target=doorbell_for(db.engine).listen, args=(rung.set,), daemon=True).start()
    with db.engine.connect() as connection:
        position = log.head(connection).position
    while True:
        with db.engine.connect() as connection:
            entries = log.since(connection, position)
        yield from entries
        if entries:
            position = entries[-1].position
        else:
            rung.wait(SLOW_POLL)
            rung.clear()


def _project_id(key: str) -> str:
    found = db.session.scalar(sa.select(Project.id).where(Project.key == key.upper()))
    db.session.remove()
    if found is None:
        raise click.ClickException(f"There is no project {key.upper()}.")
    return found

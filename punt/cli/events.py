"""``flask events``: the event log, from the shell."""

from __future__ import annotations

import threading

import click
import sqlalchemy as sa
from flask.cli import AppGroup

from punt.database import db
from punt.events.doorbell import doorbell_for
from punt.events.feed import SLOW_POLL
from punt.events.log import log
from punt.models import Project

group = AppGroup("events", help="The event log.")


@group.command()
@click.option("--project", "key", metavar="KEY", help="Only what belongs to this project.")
def tail(key: str | None) -> None:
    """Print events as they are committed, one JSON object a line, until interrupted."""
    project_id = _project_id(key) if key else None
    rung = threading.Event()
    threading.Thread(target=doorbell_for(db.engine).listen, args=(rung.set,), daemon=True).start()
    with db.engine.connect() as connection:
        position = log.head(connection).position
    while True:
        with db.engine.connect() as connection:
            entries = log.since(connection, position)
        for entry in entries:
            position = entry.position
            if not entry.internal and (project_id is None or entry.project_id in {project_id, None}):
                click.echo(entry.message)
        if not entries:
            rung.wait(SLOW_POLL)
            rung.clear()


def _project_id(key: str) -> str:
    found = db.session.scalar(sa.select(Project.id).where(Project.key == key.upper()))
    db.session.remove()
    if found is None:
        raise click.ClickException(f"There is no project {key.upper()}.")
    return found

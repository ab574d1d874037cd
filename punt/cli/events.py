"""``flask events``: the event log, from the shell."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import chain

import click
import sqlalchemy as sa
from flask.cli import AppGroup
from sqlalchemy.exc import OperationalError

from punt.database import db, writing
from punt.errors import Busy
from punt.events import capture
from punt.events.doorbell import Doorbell, Ring, ValkeyDoorbell, doorbell_for
from punt.events.feed import SLOW_POLL
from punt.events.log import Entry, log
from punt.events.pipeline import pipeline
from punt.events.publication import EVERYONE, Draft
from punt.models import Project

group = AppGroup("events", help="The event log.")


@group.command()
@click.option("--project", "key", metavar="KEY", help="Only what belongs to this project.")
def tail(key: str | None) -> None:
    """Print events as they are committed, one JSON object per line, until interrupted."""
    with suppress(KeyboardInterrupt), _errors_reported():
        project_id = _project_id(key) if key else None
        for entry in chain.from_iterable(_news(_bell())):
            wanted = project_id in {None, entry.project_id} or entry.topic == EVERYONE
            if wanted and not entry.internal:
                click.echo(entry.message)


@group.command()
def prune() -> None:
    """Delete events beyond what PUNT_EVENT_RETENTION keeps."""
    with _errors_reported():
        click.echo(f"Forgot {pipeline().keeper.prune()} events.")


@group.command("new-epoch")
def new_epoch() -> None:
    """Make every open screen reload everything; needed after restoring an older copy of the database."""
    with _errors_reported(), writing() as session:
        log.begin_epoch(session.connection())
    click.echo("A new epoch began: whoever comes back is told to look anew.")


@group.command()
@click.option("--timeout", default=5.0, show_default=True, help="Seconds to wait for the event.")
def check(timeout: float) -> None:
    """Write an event, wait for it as a worker would, and print how long it took; fails if it never arrives."""
    with _errors_reported():
        taken = _hear_a_canary(timeout)
    click.echo(f"{taken * 1000:.1f} ms from commit to news")


def _hear_a_canary(timeout: float) -> float:
    """Return the seconds from the commit of an event until it arrived."""
    canary, bell = secrets.token_hex(8), _bell()
    news = _news(bell)
    next(news)
    with writing() as session:
        capture.announce(session, Draft("_canary", canary, {}))
    began = time.monotonic()
    if isinstance(bell, ValkeyDoorbell):
        bell.announce()
    for entries in news:
        taken = time.monotonic() - began
        if any(entry.topic == canary for entry in entries):
            return taken
        if taken > timeout:
            break
    raise click.ClickException(f"The event was not heard of within {timeout:g} s.")


def _bell() -> Doorbell:
    return doorbell_for(db.engine, pipeline().settings.redis_url, time.sleep)


def _news(bell: Doorbell) -> Iterator[list[Entry]]:
    """Yield what is new in the log at each look, perhaps nothing; the first look is at once."""
    rung = threading.Event()
    threading.Thread(target=_listen, args=(bell, rung.set), daemon=True).start()
    with db.engine.connect() as connection:
        position = log.head(connection).position
    while True:
        with db.engine.connect() as connection:
            entries = log.since(connection, position)
        yield entries
        if entries:
            position = entries[-1].position
        else:
            rung.wait(SLOW_POLL)
            rung.clear()


def _listen(bell: Doorbell, ring: Ring) -> None:
    try:
        bell.listen(ring)
    except OSError as error:
        click.echo(f"Warning: news comes by polling only: {error}", err=True)


@contextmanager
def _errors_reported() -> Iterator[None]:
    """Exit with a message, not with a traceback, when the database is down or busy."""
    try:
        yield
    except OperationalError as error:
        raise click.ClickException(f"The database does not answer: {error.orig}") from error
    except Busy as error:
        raise click.ClickException(error.message) from error


def _project_id(key: str) -> str:
    found = db.session.scalar(sa.select(Project.id).where(Project.key == key.upper()))
    db.session.remove()
    if found is None:
        raise click.ClickException(f"There is no project {key.upper()}.")
    return found

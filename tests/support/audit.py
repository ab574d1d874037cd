"""Comparing what was acknowledged and received with what the log contains."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import sqlalchemy as sa

from punt.app import create_app
from punt.checks.running import find_all
from punt.database import db
from punt.settings import Settings
from tests.support.audience import Audience
from tests.support.server import Server
from tests.support.writers import Writers

TOKEN = "t" * 32
_EVENTS = "SELECT position, message FROM event_log WHERE topic LIKE 'project:%' AND type = 'ticket.created' ORDER BY 1"


def log_of(server: Server) -> dict[int, int]:
    """Return the ticket numbers of all created tickets by their events' positions, in the order of the log."""
    with database_of(server) as connection:
        rows = connection.execute(sa.text(_EVENTS)).all()
    return {position: json.loads(message)["data"]["number"] for position, message in rows}


def head_of(server: Server) -> str:
    """Return the cursor after the newest event, whatever the database."""
    with database_of(server) as connection:
        epoch, position = connection.execute(sa.text("SELECT epoch, position FROM event_head")).one()
    return f"{epoch}-{position}"


@contextmanager
def database_of(server: Server) -> Iterator[sa.Connection]:
    """Connect to a server's database, and commit at the end."""
    engine = sa.create_engine(server.settings.get("PUNT_DATABASE_URL", f"sqlite:///{server.database}"))
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def lost_or_doubled(server: Server, writers: Writers, *audiences: Audience) -> list[str]:
    """Return what is wrong: an acknowledged write that is not in the log once, a listener with gaps or repetitions.

    A broken rule of PUNT's is wrong, too. The listeners began before the first write, and only tickets were created.
    """
    log = log_of(server)
    faults = []
    if len(set(log.values())) != len(log) or len(set(writers.numbers)) != len(writers.numbers):
        faults.append("a ticket number was given twice")
    if missing := set(writers.numbers) - set(log.values()):
        faults.append(f"{len(missing)} acknowledged writes are not in the log")
    return faults + misheard(server, *audiences) + broken_rules(server)


def misheard(server: Server, *audiences: Audience) -> list[str]:
    """Return how many listeners did not receive the log once and in order, without a reset."""
    wanted, faults = array("q", log_of(server)), []
    ears = [ear for audience in audiences for ear in audience.ears]
    if wrong := sum(ear.positions != wanted for ear in ears):
        faults.append(f"{wrong} of {len(ears)} listeners did not hear every event once and in order")
    if resets := sum(ear.resets for ear in ears):
        faults.append(f"{resets} streams were reset")
    return faults


def broken_rules(server: Server) -> list[str]:
    """Return what ``flask db check`` finds in a server's database."""
    app = create_app(Settings.model_validate(server.environ))
    with app.app_context():
        found = [finding.sentence for finding in find_all()]
        db.session.remove()
        db.engine.dispose()
    return found


def figures(server: Server, *names: str) -> dict[str, float]:
    """Read figures of all workers from ``/metrics``, summed over their labels; those not counted yet are 0."""
    text = httpx.get(f"{server.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=20).text
    found = dict.fromkeys(names, 0.0)
    for line in text.splitlines():
        name, _, value = line.rpartition(" ")
        if (name := name.partition("{")[0]) in found:
            found[name] += float(value)
    return found


def streams_open(server: Server) -> int:
    """Return how many streams the server believes to be open."""
    return int(figures(server, "punt_streams_open")["punt_streams_open"])

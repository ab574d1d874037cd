"""Many clients replay a long log at once while others write: the API stays fast."""

from __future__ import annotations

import time
from array import array

import sqlalchemy as sa

from bench.figures import percentile, spread
from bench.soak.ground import STREAM, Ground
from bench.soak.prober import Prober
from punt.events.log import EventHead, LoggedEvent
from tests.support.audience import Audience
from tests.support.audit import database_of
from tests.support.writers import Writers

EVENTS, CLIENTS = 100_000, 20
AIM = 250


def run(place: Ground) -> None:
    """Fill the log, let all replay it, and probe the API meanwhile."""
    start = place.head()
    _write_a_past(place)
    print(f"  {EVENTS} events in the log", flush=True)
    with Prober(place) as quiet:
        time.sleep(5)
    with Writers(place.alice, 2, pause=0.1) as writers, Prober(place) as busy:
        began = time.monotonic()
        with Audience(place.bob, STREAM, CLIENTS, cursor=start) as audience:
            audience.wait_until_at(place.head(), seconds=300)
            took, heaviest = time.monotonic() - began, place.heaviest()
    heard = sum(len(ear.positions) for ear in audience.ears)
    print(f"  {CLIENTS} clients had {heard} events in {took:.1f} s; {len(writers.numbers)} written meanwhile")
    print(f"  API in quiet:  {spread(quiet.delays, 95, 99)}")
    print(f"  API meanwhile: {spread(busy.delays, 95, 99)} ({len(busy.delays)} requests)")
    place.judge("p99 of the API meanwhile", percentile(busy.delays, 99), AIM, " ms")
    place.judge("heaviest worker", heaviest, 200, " MB")
    if wrong := sum(not _whole(ear.positions) or ear.answers.total() > 1 for ear in audience.ears):
        place.fault(f"{wrong} of {CLIENTS} listeners did not hear every event once and in order, on one stream")


def _whole(positions: array[int]) -> bool:
    return len(positions) >= EVENTS and positions == array("q", range(positions[0], positions[0] + len(positions)))


def _write_a_past(place: Ground) -> None:
    """Make one ticket, and repeat its event in the log as if it had happened again and again."""
    ticket = {"title": "The past", "description": "z" * 200}
    assert place.alice.post("/api/projects/HARB/tickets", json=ticket).status_code == 201
    columns = sa.select(*LoggedEvent.__table__.columns)
    with database_of(place.server) as connection:
        [last] = connection.execute(columns.order_by(LoggedEvent.position.desc()).limit(1)).mappings()
        more = range(last["position"] + 1, last["position"] + EVENTS)
        connection.execute(sa.insert(LoggedEvent), [{**last, "position": position} for position in more])
        connection.execute(sa.update(EventHead).values(position=more[-1]))
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("ANALYZE event_log"))  # as autovacuum does within a minute of so much

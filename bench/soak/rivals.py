"""Rivals at every rule: of those who would break one together, the later one gets an error, and no rule breaks."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from bench.soak.ground import Ground
from tests.support.audit import database_of
from tests.support.rivalry import Rivalry, set_up_at_once, taken_along

SECONDS, DUELS, SETUPS = 60, 50, 6


def run(place: Ground) -> None:
    """Let them work; then export and import the database, and let several set up a fresh one at once, repeatedly."""
    rivalry = Rivalry(place.server, seed=int(time.time()))
    rivalry.duel(DUELS)
    rivalry.rage(SECONDS)
    statuses = Counter[str]()
    for (_, status), number in rivalry.answers.items():
        statuses[status] += number
    done = Counter({act: number for (act, status), number in rivalry.answers.items() if status[0] == "2"})
    print(f"  {rivalry.answers.total()} acts: {dict(statuses)}")
    print(f"  done: {', '.join(f'{act} {number}' for act, number in done.most_common())}")
    place.judge("acts answered as busy, of 100", 100 * rivalry.busy() / max(rivalry.answers.total(), 1), 1)
    if place.postgres:
        print(f"  deadlocks that PostgreSQL ended: {_deadlocks(place)}")
    place.fault(*rivalry.faults())
    with TemporaryDirectory() as folder:
        place.fault(*taken_along(place.server, Path(folder)))
    for _ in range(SETUPS):
        place.fault(*set_up_at_once(place.server))


def _deadlocks(place: Ground) -> int:
    query = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    with database_of(place.server) as connection:
        return int(connection.scalar(sa.text(query)) or 0)

"""Database and doorbell go down and come back in mid-stream: delivery resumes within moments, nothing is lost."""

from __future__ import annotations

import time
from collections.abc import Callable

from bench.soak.ground import STREAM, Ground
from tests.support.audience import Audience
from tests.support.audit import lost_or_doubled
from tests.support.wait import until
from tests.support.writers import Writers

LISTENERS = 60
AIM = 2
AWAY = 4
"""Seconds that a service stays down."""


def run(place: Ground) -> None:
    """Stop each service once, and measure from its return to the first new event at every listener."""
    with Audience(place.bob, STREAM, LISTENERS, cursor=place.head()) as audience:
        audience.wait_until_live()
        with Writers(place.alice, 4, pause=0.1) as writers:
            for name, away, back in _troubles(place):
                _go_through(place, audience, name, away, back)
        audience.wait_until_at(place.head())
    print(f"  {dict(writers.answers)}")
    place.fault(*lost_or_doubled(place.server, writers, audience))
    if any(ear.answers.total() > 1 for ear in audience.ears):
        place.fault("a stream was ended")


def _go_through(place: Ground, audience: Audience, name: str, away: Action, back: Action) -> None:
    time.sleep(2)
    away()
    if back is not _nothing:
        time.sleep(AWAY)
        back()
    began, known = time.monotonic(), [len(ear.positions) for ear in audience.ears]
    until(lambda: all(len(ear.positions) > few for ear, few in zip(audience.ears, known, strict=True)), seconds=30)
    place.judge(f"from {name} to delivery everywhere", time.monotonic() - began, AIM, " s")


Action = Callable[[], object]


def _nothing() -> None:
    pass


def _troubles(place: Ground) -> list[tuple[str, Action, Action]]:
    valkey, postgres = place.valkey, place.postgres
    troubles: list[tuple[str, Action, Action]] = [
        ("Valkey gone", valkey.stop, _nothing),
        ("Valkey back", _nothing, valkey.start),
    ]
    if postgres:
        database = place.server.settings["PUNT_DATABASE_URL"]
        troubles += [
            ("backends terminated", lambda: postgres.terminate(database), _nothing),
            ("PostgreSQL back", postgres.stop, postgres.start),
            ("PostgreSQL back after a crash", lambda: postgres.stop("immediate"), postgres.start),
        ]
    return troubles

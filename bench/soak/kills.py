"""A random worker is killed every second: every acknowledged write reaches every listener once."""

from __future__ import annotations

import time

from bench.soak.ground import STREAM, Ground
from tests.support.audience import Audience
from tests.support.audit import lost_or_doubled
from tests.support.troubles import kill_one
from tests.support.writers import Writers

SECONDS, WRITERS, LISTENERS = 60, 20, 200


def run(place: Ground) -> None:
    """Kill, and compare what was acknowledged and received with the log."""
    server = place.server
    with Audience(place.bob, STREAM, LISTENERS, cursor=place.head()) as audience:
        audience.wait_until_live()
        with Writers(place.alice, WRITERS) as writers:
            for _ in range(SECONDS):
                time.sleep(1)
                kill_one(server)
        audience.wait_until_live(seconds=60)
        audience.wait_until_at(place.head(), seconds=60)
    back = sum(ear.answers.total() for ear in audience.ears) - LISTENERS
    print(f"  {SECONDS} kills, {len(writers.numbers)} acknowledged writes, {dict(writers.answers)}")
    print(f"  {LISTENERS} listeners came back {back} times")
    place.fault(*lost_or_doubled(server, writers, audience))

"""Two thousand streams, a stop and a start: gone in seconds, and back to everything."""

from __future__ import annotations

import time

from bench.soak.ground import STREAM, Ground
from tests.support.audience import Audience
from tests.support.audit import lost_or_doubled
from tests.support.wait import until
from tests.support.writers import Writers

STREAMS = 2000


def run(place: Ground) -> None:
    """Stop, start, and wait for all to come back."""
    server = place.server
    with Audience(place.bob, STREAM, STREAMS, cursor=place.head()) as audience:
        began = time.monotonic()
        audience.wait_until_live(seconds=60)
        print(f"  {STREAMS} streams opened in {time.monotonic() - began:.1f} s, {place.heaviest():.0f} MB a worker")
        with Writers(place.alice, 2, pause=0.5) as writers:
            time.sleep(2)
            began = time.monotonic()
            server.stop(seconds=30)
            place.judge("from SIGTERM to gone", time.monotonic() - began, 5, " s")
            server.start()
            began = time.monotonic()
            until(lambda: audience.live == STREAMS, seconds=120, what="all to come back")
            place.judge("from the start to all being back", time.monotonic() - began, 60, " s")
        audience.wait_until_at(place.head(), seconds=60)
        hints = [ear.retries[-2] for ear in audience.ears]
    print(f"  hints spread from {min(hints)} to {max(hints)} ms; {dict(writers.answers)}")
    place.fault(*lost_or_doubled(server, writers, audience))

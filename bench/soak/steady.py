"""A long run at moderate load, with clients that come and go: what workers hold is flat at the end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

from bench.figures import spread
from bench.soak.ground import STREAM, Ground
from bench.soak.prober import Prober
from tests.support.audience import Audience
from tests.support.audit import lost_or_doubled, streams_open
from tests.support.writers import Writers

SHORTEST = 60.0
"""Seconds that it takes at least, whatever is left of the minutes asked for."""
LISTENERS, VISITORS = 100, 20
LOOKS = 12
GROWTH_MB, GROWTH_DESCRIPTORS = 10, 10


def run(place: Ground, seconds: float) -> None:
    """Write, listen, come and go; look at the workers now and then and compare the end with the first third."""
    server = place.server
    with Audience(place.bob, STREAM, LISTENERS, cursor=place.head()) as audience:
        audience.wait_until_live()
        with Writers(place.alice, 3, pause=0.2) as writers, Prober(place) as api:
            looks = list(_looks(place, seconds))
        audience.wait_until_at(place.head())
        opened = streams_open(server)
    third = len(looks) // 3
    memory, descriptors = ([look[kind] for look in looks] for kind in (0, 1))
    print(f"  {len(writers.numbers)} writes, {VISITORS * LOOKS} visitors; API {spread(api.delays, 95, 99)}")
    print(f"  worker MB: {' '.join(f'{each:.0f}' for each in memory)}; descriptors: {descriptors}")
    place.judge(
        "growth of the heaviest worker", median(memory[-third:]) - median(memory[third:-third]), GROWTH_MB, " MB"
    )
    grown = median(descriptors[-third:]) - median(descriptors[third:-third])
    place.judge("growth in open file descriptors", grown, GROWTH_DESCRIPTORS)
    place.judge("streams that nobody has any more", opened - LISTENERS, 0)
    place.fault(*lost_or_doubled(server, writers, audience))


def _looks(place: Ground, seconds: float) -> Iterator[tuple[float, int]]:
    for _ in range(LOOKS):
        with Audience(place.bob, STREAM, VISITORS) as visitors:
            visitors.wait_until_live()
            time.sleep(seconds / LOOKS / 2)
        time.sleep(seconds / LOOKS / 2)
        yield place.heaviest(), place.descriptors()

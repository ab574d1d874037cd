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
"""Seconds that it takes at least, however few of the requested minutes are left."""
LISTENERS, VISITORS = 100, 20
LOOKS = 12
GROWTH = {"MB of the heaviest worker": 10, "file descriptors": 10, "greenlets": 10, "connections checked out": 3}
"""What is measured, and how much more of it there may be at the end than in the middle."""


def run(place: Ground, seconds: float) -> None:
    """Write, listen, come and go; measure the workers now and then and compare the end with the first third."""
    server = place.server
    with Audience(place.bob, STREAM, LISTENERS, cursor=place.head()) as audience:
        audience.wait_until_live()
        with Writers(place.alice, 3, pause=0.2) as writers, Prober(place) as api:
            looks = list(_looks(place, seconds))
        audience.wait_until_at(place.head())
        opened = streams_open(server)
    third = len(looks) // 3
    print(f"  {len(writers.numbers)} writes, {VISITORS * LOOKS} visitors; API {spread(api.delays, 95, 99)}")
    for (what, most), figures in zip(GROWTH.items(), zip(*looks, strict=True), strict=True):
        print(f"  {what}: {' '.join(f'{each:.0f}' for each in figures)}")
        place.judge(f"growth in {what}", median(figures[-third:]) - median(figures[third:-third]), most)
    place.judge("streams that nobody has any more", opened - LISTENERS, 0)
    place.fault(*lost_or_doubled(server, writers, audience))


def _looks(place: Ground, seconds: float) -> Iterator[tuple[float, ...]]:
    for _ in range(LOOKS):
        with Audience(place.bob, STREAM, VISITORS) as visitors:
            visitors.wait_until_live()
            time.sleep(seconds / LOOKS / 2)
        time.sleep(seconds / LOOKS / 2)
        yield place.heaviest(), place.descriptors(), place.counted("greenlets"), place.counted("connections")

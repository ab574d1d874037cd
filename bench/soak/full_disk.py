"""A disk that is full for a while: nothing is lost, nobody is cut off, and writing resumes once there is space."""

from __future__ import annotations

import time

from bench.soak.ground import STREAM, Ground
from tests.support.audience import Audience
from tests.support.audit import lost_or_doubled
from tests.support.disk import SmallDisk
from tests.support.wait import until
from tests.support.writers import Writers

LISTENERS, FULL_SECONDS, ROUNDS = 40, 20, 2
AIM = 2
"""Seconds after there is space until a write is acknowledged and received everywhere."""
LOOK = 0.2


def run(place: Ground) -> None:
    """Fill the disk under readers, listeners and writers, a few times."""
    if place.disk is None:
        print("  left out: the database of PostgreSQL lies elsewhere, see tests/server/test_full_disk.py")
        return
    workers = set(place.server.worker_ids())
    with Audience(place.bob, STREAM, LISTENERS, cursor=place.head()) as audience:
        audience.wait_until_live()
        with Writers(place.alice, 4, description="x" * 2_000) as writers:
            for _ in range(ROUNDS):
                time.sleep(2)
                _go_through(place, place.disk, audience, writers)
        audience.wait_until_at(place.head())
    print(f"  {dict(writers.answers)}")
    place.fault(*lost_or_doubled(place.server, writers, audience))
    if any(ear.answers.total() > 1 for ear in audience.ears):
        place.fault("a stream was ended")
    if workers != set(place.server.worker_ids()):
        place.fault("a worker died")
    if others := set(writers.answers) - {"201", "503"}:
        place.fault(f"writers were answered {others}")


def _go_through(place: Ground, disk: SmallDisk, audience: Audience, writers: Writers) -> None:
    """Keep the disk full for a while, in which everybody reads, and measure how soon writing resumes."""
    ends, refused = time.monotonic() + FULL_SECONDS, writers.answers["503"]
    while time.monotonic() < ends:
        disk.fill()
        if (status := place.bob.get("/projects/HARB/board").status_code) != 200:
            place.fault(f"a reader was answered {status}")
        time.sleep(LOOK)
    if writers.answers["503"] == refused:
        place.fault("no write was refused: the disk was not full")
    disk.free()
    began, known = time.monotonic(), [len(ear.positions) for ear in audience.ears]
    until(lambda: all(len(ear.positions) > few for ear, few in zip(audience.ears, known, strict=True)), seconds=30)
    place.judge("from room on the disk to delivery everywhere", time.monotonic() - began, AIM, " s")

"""Workers that are killed: every acknowledged write reaches every listener once."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable

from tests.server import on_both
from tests.support.audience import Audience
from tests.support.audit import lost_or_doubled
from tests.support.server import Server
from tests.support.wait import until
from tests.support.writers import Writers

STREAM = "/api/projects/HARB/events"
KILLS = 6
EACH = 4
"""Tickets that are written, at the least, before each of them."""


def wait_until_written(writers: Writers, least: int) -> None:
    until(lambda: len(writers.numbers) > least, seconds=60, what=f"{least} tickets")


@on_both
def test_killed_workers_lose_no_acknowledged_write_and_no_listener_hears_one_twice(
    serve: Callable[..., Server],
) -> None:
    server = serve(STREAM_KEEPALIVE=1)
    alice, bob = server.client("alice"), server.client("bob")

    with Audience(bob, STREAM, 30, cursor=server.head()) as audience:
        audience.wait_until_live()
        with Writers(alice, 4) as writers:
            for kill in range(1, KILLS + 1):
                time.sleep(1)
                wait_until_written(writers, kill * EACH)
                os.kill(random.choice(server.worker_ids()), signal.SIGKILL)
        audience.wait_until_at(server.head())

    assert len(writers.numbers) > 20
    assert sum(ear.answers["200"] for ear in audience.ears) > 30
    assert lost_or_doubled(server, writers, audience) == []

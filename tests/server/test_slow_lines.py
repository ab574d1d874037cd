"""Clients on slow lines catch up while the server is restarted, reloaded and killed: none misses an event."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.server import on_both
from tests.support.audience import Audience
from tests.support.audit import broken_rules, head_of, misheard
from tests.support.server import Server
from tests.support.troubles import kill_all, reload, restart

STREAM = "/api/projects/HARB/events"
PACES = [100_000.0, 200_000.0, 400_000.0, 800_000.0]
LENGTHS = (100, 40_000, 3_000, 12_000, 500, 25_000)
MISSED = 40


@on_both
@pytest.mark.timeout(180)
def test_whoever_catches_up_on_a_slow_line_misses_nothing_however_often_the_server_ends(
    serve: Callable[..., Server],
) -> None:
    server = serve(workers=2, STREAM_KEEPALIVE=1)
    alice, cursor = server.client("alice"), head_of(server)
    for nth in range(MISSED):
        ticket = {"title": f"{nth}", "description": "x" * LENGTHS[nth % len(LENGTHS)]}
        assert alice.post("/api/projects/HARB/tickets", json=ticket).status_code == 201

    with Audience(server.client("bob"), STREAM, len(PACES), cursor=cursor, paces=PACES) as audience:
        for trouble in (restart, kill_all, reload):
            audience.wait_until_live(seconds=60)
            time.sleep(0.4)  # they are in the middle of catching up: the slowest needs 5 s for it
            trouble(server)
        audience.wait_until_at(head_of(server), seconds=90)

    assert misheard(server, audience) == []
    assert broken_rules(server) == []

"""The direct lane of real workers: who is up to date is in it, and nobody in it or out of it loses an event."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from tests.server import on_both
from tests.support.audience import Audience
from tests.support.audit import figures, head_of, lost_or_doubled, streams_open
from tests.support.server import Server
from tests.support.wait import until
from tests.support.writers import Writers

HARB = "/api/projects/HARB"
STREAM = f"{HARB}/events"
IN_LANE = "punt_streams_in_lane"
MIXED = "short" * 10, "x" * 30_000


def in_lane(server: Server) -> int:
    return int(figures(server, IN_LANE)[IN_LANE])


@on_both
def test_streams_that_are_up_to_date_are_in_the_lane_and_stay_there(serve: Callable[..., Server]) -> None:
    server = serve(STREAM_LANE="auto")
    alice = server.client("alice")

    with Audience(server.client("bob"), STREAM, 12) as audience:
        audience.wait_until_live()
        until(lambda: in_lane(server) == 12, what="all to be in the lane")
        for number in range(20):
            alice.post(f"{HARB}/tickets", json={"title": f"{number}"})
        audience.wait_until_at(head_of(server))
        left_lane = figures(server, "punt_stream_overflows_total")

        assert in_lane(server) == 12
        assert left_lane == {"punt_stream_overflows_total": 0}
    until(lambda: in_lane(server) == 0 == streams_open(server), what="all to be gone")


def test_without_the_lane_everything_comes_as_well(serve: Callable[..., Server]) -> None:
    server = serve(STREAM_LANE="generator", STREAM_KEEPALIVE=1)
    alice = server.client("alice")

    with Audience(server.client("bob"), STREAM, 12, cursor=server.head()) as audience:
        audience.wait_until_live()
        with Writers(alice, 2) as writers:
            until(lambda: len(writers.numbers) > 50, what="50 tickets")
        audience.wait_until_at(head_of(server))

        assert in_lane(server) == 0
    assert lost_or_doubled(server, writers, audience) == []


@on_both
@pytest.mark.timeout(180)
@pytest.mark.parametrize("lane", ["auto", "generator"])
def test_fast_and_slow_listeners_whose_access_is_doubted_all_the_time_hear_every_event_once(
    serve: Callable[..., Server], lane: str
) -> None:
    server = serve(STREAM_LANE=lane, STREAM_KEEPALIVE=1, STREAM_LIFETIME=8)
    alice, bob = server.client("alice"), server.client("bob")
    paces = [random.uniform(100_000, 2_000_000) for _ in range(15)]

    with (
        Audience(bob, STREAM, 15, cursor=server.head()) as fast,
        Audience(bob, STREAM, 15, cursor=server.head(), paces=paces) as slow,
    ):
        fast.wait_until_live()
        slow.wait_until_live()
        with (
            Writers(alice, 2, pause=0.05, description=MIXED[0]) as short,
            Writers(alice, 1, pause=0.2, description=MIXED[1]) as long,
        ):
            until(lambda: len(short.numbers) > 40 and len(long.numbers) > 10, seconds=60, what="enough tickets")
            _sign_out_elsewhere(server, times=6)
        fast.wait_until_at(head_of(server), seconds=60)
        slow.wait_until_at(head_of(server), seconds=60)

    assert lost_or_doubled(server, short, fast, slow) == []
    assert lost_or_doubled(server, long) == []


def _sign_out_elsewhere(server: Server, *, times: int) -> None:
    """Let Bob sign in and out on another machine: each time his streams have to prove their access."""
    for _ in range(times):
        other = server.client("bob")
        assert other.post("/api/auth/logout").status_code == 204

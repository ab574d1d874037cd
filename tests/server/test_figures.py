"""Metrics of all workers, through their deaths, and of a server beside another one."""

from __future__ import annotations

from collections.abc import Callable

from tests.server import on_both
from tests.support.audience import Audience
from tests.support.audit import figures, streams_open
from tests.support.server import Server
from tests.support.wait import until

STREAM = "/api/projects/HARB/events"
DELIVERED = "punt_events_delivered_total"


def delivered(server: Server) -> float:
    return figures(server, DELIVERED)[DELIVERED]


@on_both
def test_what_killed_workers_have_counted_stays_counted_and_their_streams_do_not(
    serve: Callable[..., Server],
) -> None:
    server = serve()
    alice, bob = server.client("alice"), server.client("bob")

    with Audience(bob, STREAM, 12, returns=False) as audience:
        audience.wait_until_live()
        alice.post("/api/projects/HARB/tickets", json={"title": "Counted"})
        until(lambda: delivered(server) == 12, seconds=20, what="the event to be delivered")
        server.kill(*server.worker_ids())
        until(lambda: streams_open(server) == 0, seconds=20, what="the streams of the killed to be counted no more")

        assert delivered(server) == 12
    with Audience(bob, STREAM, 3) as audience:
        audience.wait_until_live()
        alice.post("/api/projects/HARB/tickets", json={"title": "Counted on"})
        until(lambda: delivered(server) == 15, seconds=20, what="the next event to be counted with it")


def test_a_second_server_on_one_instance_leaves_the_figures_of_the_first_alone(serve: Callable[..., Server]) -> None:
    first = serve(workers=2)
    bob = first.client("bob")

    with Audience(bob, STREAM, 5) as audience:
        audience.wait_until_live()
        second = Server(first.instance, 1, first.settings)
        second.start()
        try:
            assert streams_open(first) == 5
            assert streams_open(second) == 0
        finally:
            second.end()
        assert streams_open(first) == 5

"""The number of streams is limited: exactly per person across all workers, and per worker; the API always responds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import httpx

from tests.server import on_both
from tests.support.audience import Audience
from tests.support.audit import figures, streams_open
from tests.support.raw import raw_stream
from tests.support.server import Server
from tests.support.wait import until

STREAM = "/api/projects/HARB/events"
LIMIT = 12


@contextmanager
def asked_at_once(client: httpx.Client, count: int) -> Iterator[Audience]:
    """Request many streams at once and wait until each has a response; nobody reconnects."""
    with Audience(client, STREAM, count, returns=False) as audience:
        until(lambda: all(ear.answers and ear.retries for ear in audience.ears), what="every answer")
        yield audience


def judge_refusals(audience: Audience, wanted: int) -> None:
    """Check that so many are live, and that the others were sent away politely: 200, and a long, jittered hint."""
    until(lambda: audience.live == wanted, what=f"{wanted} open streams")
    refused = [ear for ear in audience.ears if not ear.live]

    assert all(ear.answers == {"200": 1} for ear in audience.ears)
    assert all(len(ear.retries) == 1 and 20_000 <= ear.retries[0] <= 60_000 for ear in refused)
    assert len({ear.retries[0] for ear in refused}) > 1


@on_both
def test_a_person_has_exactly_so_many_streams_in_all_workers_together(serve: Callable[..., Server]) -> None:
    server = serve(STREAMS_PER_PERSON=LIMIT)
    alice, bob = server.client("alice"), server.client("bob")

    with asked_at_once(bob, LIMIT + 5) as bobs:
        judge_refusals(bobs, LIMIT)
        with asked_at_once(alice, LIMIT) as alices:
            judge_nobody_refused(alices)
        assert figures(server, "punt_streams_refused_total") == {"punt_streams_refused_total": 5}


def judge_nobody_refused(audience: Audience) -> None:
    until(lambda: audience.live == len(audience.ears), what="all streams to be open")


def test_places_come_back_when_streams_are_closed(serve: Callable[..., Server]) -> None:
    server = serve(STREAMS_PER_PERSON=LIMIT)
    bob = server.client("bob")

    for _ in range(3):
        with asked_at_once(bob, LIMIT) as audience:
            judge_nobody_refused(audience)
        until(lambda: streams_open(server) == 0, what="all places to be free")


@on_both
def test_places_come_back_when_workers_are_killed(serve: Callable[..., Server]) -> None:
    server = serve(STREAMS_PER_PERSON=LIMIT)
    bob = server.client("bob")

    with asked_at_once(bob, LIMIT) as audience:
        judge_nobody_refused(audience)
        first, second, _ = server.worker_ids()
        server.kill(first, second)
        left = streams_open(server)
        until(lambda: audience.live == left, what="the streams of the killed to have ended")
        with asked_at_once(bob, LIMIT + 2) as more:
            judge_refusals(more, LIMIT - left)


@on_both
def test_a_full_worker_sends_away_kindly_and_the_api_answers_meanwhile(serve: Callable[..., Server]) -> None:
    server = serve(STREAMS_PER_WORKER=5)
    alice, bob = server.client("alice"), server.client("bob")

    with ExitStack() as asked:
        audiences: list[Audience] = []
        while streams_open(server) < 15:  # the system distributes connections over workers as it likes
            audiences.append(asked.enter_context(asked_at_once(bob, 20)))
        for audience in audiences:
            judge_refusals(audience, audience.live)
        answers = [alice.post("/api/projects/HARB/tickets", json={"title": "Still here"}) for _ in range(20)]

        assert streams_open(server) == sum(audience.live for audience in audiences) == 15
    assert {answer.status_code for answer in answers} == {201}


def test_where_places_cannot_be_counted_streams_are_open_all_the_same_and_the_log_says_so(
    serve: Callable[..., Server],
) -> None:
    server = serve(STREAMS_PER_PERSON=LIMIT)
    places = server.instance / "streams"
    assert not places.exists()
    places.write_text("a file where the folder should be")
    bob = server.client("bob")

    with raw_stream(bob, STREAM) as first, raw_stream(bob, STREAM) as second:
        assert b": connected" in first.read_until(b"id: ")
        assert b": connected" in second.read_until(b"id: ")

    assert 1 <= server.log.count("counted per worker only") <= server.workers

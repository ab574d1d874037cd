"""Stops and reloads under load: streams end with spread hints, no request fails, nothing is lost."""

from __future__ import annotations

import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import pytest

from tests.support.audience import Audience
from tests.support.audit import lost_or_doubled
from tests.support.server import Server
from tests.support.wait import until
from tests.support.writers import Writers

STREAM = "/api/projects/HARB/events"
CROWD = 200


def test_a_stop_ends_many_streams_within_seconds_and_after_the_restart_all_come_back_to_everything(
    serve: Callable[..., Server],
) -> None:
    server = serve(STREAMS_PER_PERSON=1000, STREAM_KEEPALIVE=1)
    alice, bob = server.client("alice"), server.client("bob")

    with Audience(bob, STREAM, CROWD, cursor=server.head()) as audience:
        audience.wait_until_live()
        with Writers(alice, 4) as writers:
            until(lambda: len(writers.numbers) > 20, what="some tickets")
            began = time.monotonic()
            server.stop(seconds=8)
            took = time.monotonic() - began
            until(lambda: not audience.live, what="the end of every stream")
            hints = [ear.retries[-1] for ear in audience.ears]
            server.start()
            written = len(writers.numbers)
            until(lambda: len(writers.numbers) > written + 20, seconds=20, what="more tickets")
        audience.wait_until_live()
        audience.wait_until_at(server.head())

    assert took < 5
    assert all(200 <= hint <= 3000 for hint in hints)
    assert max(hints) - min(hints) > 2000
    assert lost_or_doubled(server, writers, audience) == []
    assert "[ERROR]" not in server.log
    assert "Worker graceful timeout" not in server.log


@contextmanager
def requests_without_end(client: httpx.Client, *, keeping: bool) -> Iterator[Counter[str]]:
    """Six clients that read a board again and again, on connections that they keep or on a new one each time."""
    answers, stopping = Counter[str](), threading.Event()
    limits = httpx.Limits(max_keepalive_connections=1 if keeping else 0)

    def read() -> None:
        options = {"base_url": client.base_url, "cookies": client.cookies, "timeout": 20, "limits": limits}
        with httpx.Client(**options) as own:  # type: ignore[arg-type]
            while not stopping.is_set():
                try:
                    answers[str(own.get("/api/projects/HARB/columns").status_code)] += 1
                except httpx.TransportError as error:
                    answers[repr(error)] += 1

    with ThreadPoolExecutor(6) as pool:
        done = [pool.submit(read) for _ in range(6)]
        try:
            yield answers
        finally:
            stopping.set()
        for each in done:
            each.result(30)


@pytest.mark.parametrize("keeping", [False, True], ids=["new connections", "kept connections"])
def test_a_reload_under_load_fails_no_request_and_loses_no_event(serve: Callable[..., Server], keeping: bool) -> None:
    server = serve(STREAM_KEEPALIVE=1)
    alice, bob = server.client("alice"), server.client("bob")

    with Audience(bob, STREAM, 30, cursor=server.head()) as audience:
        audience.wait_until_live()
        with Writers(alice, 2) as writers, requests_without_end(bob, keeping=keeping) as answers:
            before = set(server.worker_ids())
            server.signal(signal.SIGHUP)
            until(lambda: not before & set(server.worker_ids()), seconds=20, what="new workers only")
            more = len(writers.numbers) + 10
            until(lambda: len(writers.numbers) > more, what="more tickets")
        audience.wait_until_live()
        audience.wait_until_at(server.head())

    assert set(answers) == {"200"}
    assert set(writers.answers) == {"201"}
    assert lost_or_doubled(server, writers, audience) == []


def test_workers_that_retire_after_some_requests_fail_none_and_lose_no_event(serve: Callable[..., Server]) -> None:
    server = serve(STREAM_KEEPALIVE=1)
    server.stop()
    server.settings["GUNICORN_CMD_ARGS"] = "--max-requests 60 --max-requests-jitter 60"
    server.start()
    alice, bob = server.client("alice"), server.client("bob")
    first = set(server.worker_ids())

    with Audience(bob, STREAM, 20, cursor=server.head()) as audience:
        audience.wait_until_live()
        with Writers(alice, 2) as writers, requests_without_end(bob, keeping=True) as answers:
            until(lambda: not first & set(server.worker_ids()), seconds=20, what="every worker to have retired")
        audience.wait_until_live()
        audience.wait_until_at(server.head())

    assert set(answers) == {"200"}
    assert set(writers.answers) == {"201"}
    assert lost_or_doubled(server, writers, audience) == []

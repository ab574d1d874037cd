"""Stops and reloads under load: streams end with spread hints, no request fails, nothing is lost."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager

import httpx
import pytest

from tests.server import on_both
from tests.support.audience import Audience
from tests.support.audit import lost_or_doubled
from tests.support.listener import Listener
from tests.support.server import Server
from tests.support.wait import until
from tests.support.writers import Writers

STREAM = "/api/projects/HARB/events"
CROWD = 200
KILLED_AFTER = 10
"""Seconds after which gunicorn kills a worker that does not stop."""


@pytest.mark.alone
@on_both
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
def requests_without_end(client: httpx.Client) -> Iterator[Counter[str]]:
    """Six clients that read again and again: three keep their connections, three open a new one each time."""
    answers, stopping = Counter[str](), threading.Event()

    def read(kept: int) -> None:
        limits = httpx.Limits(max_keepalive_connections=kept)
        options = {"base_url": client.base_url, "cookies": client.cookies, "timeout": 20, "limits": limits}
        with httpx.Client(**options) as own:  # type: ignore[arg-type]
            while not stopping.is_set():
                try:
                    answers[str(own.get("/api/projects/HARB/columns").status_code)] += 1
                except httpx.TransportError as error:
                    answers[repr(error)] += 1

    with ThreadPoolExecutor(6) as pool:
        done = [pool.submit(read, kept) for kept in (0, 1) * 3]
        try:
            yield answers
        finally:
            stopping.set()
        for each in done:
            each.result(30)


@on_both
def test_a_reload_under_load_fails_no_request_and_loses_no_event(serve: Callable[..., Server]) -> None:
    server = serve(cold=True, STREAM_KEEPALIVE=1)
    alice, bob = server.client("alice"), server.client("bob")

    with Audience(bob, STREAM, 30, cursor=server.head()) as audience:
        audience.wait_until_live()
        with Writers(alice, 2) as writers, requests_without_end(bob) as answers:
            before = set(server.worker_ids())
            server.signal(signal.SIGHUP)
            until(lambda: not before & set(server.worker_ids()), seconds=20, what="new workers only")
            more = len(writers.numbers) + 10
            until(lambda: len(writers.numbers) > more, seconds=20, what="more tickets")
        audience.wait_until_live()
        audience.wait_until_at(server.head())

    assert set(answers) == {"200"}
    assert set(writers.answers) == {"201"}
    assert lost_or_doubled(server, writers, audience) == []


def test_a_kept_connection_in_use_is_answered_once_more_by_a_stopping_worker_and_then_closed(
    serve: Callable[..., Server],
) -> None:
    server = serve(workers=1)
    bob = server.client("bob")
    with (
        closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)) as kept,
        Listener(bob, STREAM) as ear,
    ):
        kept.request("GET", "/healthz")
        kept.getresponse().read()
        os.kill(server.worker_ids()[0], signal.SIGTERM)
        ear.wait_for_end()
        kept.request("GET", "/healthz")
        answer = kept.getresponse()

    assert (answer.status, answer.getheader("Connection")) == (200, "close")


def test_clients_that_opened_a_connection_and_asked_nothing_do_not_hold_up_a_stop(serve: Callable[..., Server]) -> None:
    server = serve()

    with ExitStack() as stack:
        for _ in range(12):
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
        until(lambda: server.client().get("/healthz").status_code == 200, what="everybody to be let in")
        server.stop()

    assert "Worker graceful timeout" not in server.log


def test_a_stop_right_after_a_start_is_heard(serve: Callable[..., Server]) -> None:
    server = serve(cold=True)

    for _ in range(3):
        server.kill(*server.worker_ids())
        server.stop(seconds=KILLED_AFTER - 1)
        server.start()


@on_both
def test_workers_that_retire_after_some_requests_fail_none_and_lose_no_event(serve: Callable[..., Server]) -> None:
    server = serve(STREAM_KEEPALIVE=1)
    server.stop()
    server.settings["GUNICORN_CMD_ARGS"] = "--max-requests 40 --max-requests-jitter 40"
    server.start()
    alice, bob = server.client("alice"), server.client("bob")
    first = set(server.worker_ids())

    with Audience(bob, STREAM, 20, cursor=server.head()) as audience:
        audience.wait_until_live()
        with Writers(alice, 2) as writers, requests_without_end(bob) as answers:
            until(lambda: not first & set(server.worker_ids()), seconds=20, what="every worker to have retired")
        audience.wait_until_live()
        audience.wait_until_at(server.head())

    assert set(answers) == {"200"}
    assert set(writers.answers) == {"201"}
    assert lost_or_doubled(server, writers, audience) == []

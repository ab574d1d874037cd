"""Delivery by Valkey's doorbell: at once while it is up, by the slow poll while it is down, then at once again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import count

import httpx
import pytest

from tests.support.listener import Listener
from tests.support.ready import wait_until_every_worker_is_ready
from tests.support.server import Server
from tests.support.valkey import Valkey
from tests.support.wait import until
from tests.valkey.conftest import WORKERS

HARB = "/api/projects/HARB"
EVENTS, TICKETS = f"{HARB}/events", f"{HARB}/tickets"
AT_ONCE = 0.3
"""Seconds within which news came by the doorbell: three in a row by the slow poll of a second would take luck."""
PATIENCE = 1.5
"""Seconds that a request may take while the doorbell's server is down; waiting for it would take two."""
_titles = count()


@pytest.fixture(autouse=True)
def rings_again(valkey: Valkey, punt: Server) -> Iterator[None]:
    """Whatever a test does, the next one finds a doorbell that everybody hears."""
    until(lambda: valkey.listeners() == WORKERS, what="every worker to listen")
    yield
    valkey.start()


def test_every_write_rings_once_for_all_and_carries_nothing(punt: Server, valkey: Valkey) -> None:
    alice = punt.client("alice")

    with valkey.rings() as rings, punt.streams_on_every_worker(punt.client("bob"), EVENTS) as streams:
        made = make(alice)
        hear(streams, made)
        until(lambda: len(rings) == 1, what="a ring")


def test_news_comes_at_once_on_every_worker(punt: Server, valkey: Valkey) -> None:
    alice = punt.client("alice")

    with punt.streams_on_every_worker(punt.client("bob"), EVENTS) as streams:
        until(lambda: all(_delay(alice, streams) < AT_ONCE for _ in range(3)), seconds=20, what="news at once")


def test_what_a_command_of_the_shell_changes_rings_and_is_heard(punt: Server, valkey: Valkey) -> None:
    with valkey.rings() as rings, punt.streams_on_every_worker(punt.client("bob"), EVENTS) as streams:
        assert punt.flask("member", "add", "HARB", "bob", "admin").returncode == 0
        for stream in streams:
            stream.wait_for_type("member.updated")
        until(lambda: rings, what="a ring")

    assert len(rings) == 1


def test_a_server_that_stops_costs_nothing_but_the_haste_and_is_told_of_once(punt: Server, valkey: Valkey) -> None:
    alice = punt.client("alice")

    with punt.streams_on_every_worker(punt.client("bob"), EVENTS) as streams:
        hear(streams, make(alice))
        valkey.stop()
        slowest = max(_write_and_hear(alice, streams) for _ in range(4))
        valkey.start()
        _news_comes_at_once_again(punt, valkey, alice, streams)

    assert slowest < PATIENCE
    _all_heard_everything(streams)
    assert punt.log.count("WARNING punt.events") == punt.log.count("the doorbell died and") == WORKERS
    assert "Traceback" not in punt.log


def test_a_server_that_freezes_is_noticed(punt: Server, valkey: Valkey) -> None:
    alice = punt.client("alice")
    told_before = len(punt.log)

    with punt.streams_on_every_worker(punt.client("bob"), EVENTS) as streams:
        valkey.freeze()
        slowest, deadline = 0.0, time.monotonic() + 20
        while punt.log[told_before:].count("the doorbell died") < WORKERS and time.monotonic() < deadline:
            slowest = max(slowest, _write_and_hear(alice, streams))
        told = punt.log[told_before:]
        valkey.thaw()
        _news_comes_at_once_again(punt, valkey, alice, streams)

    assert slowest < PATIENCE
    assert told.count("the doorbell's server fell silent") == WORKERS
    _all_heard_everything(streams)


def _write_and_hear(client: httpx.Client, streams: list[Listener]) -> float:
    """Write, wait until every stream has the event, and return the seconds that the request took."""
    began = time.monotonic()
    made = make(client)
    taken = time.monotonic() - began
    hear(streams, made)
    return taken


def _news_comes_at_once_again(punt: Server, valkey: Valkey, client: httpx.Client, streams: list[Listener]) -> None:
    until(lambda: valkey.listeners() == WORKERS, what="every worker to listen again")
    until(lambda: all(_delay(client, streams) < AT_ONCE for _ in range(3)), seconds=20, what="news at once again")
    wait_until_every_worker_is_ready(punt)
    assert not any(stream.ended for stream in streams)


def _all_heard_everything(streams: list[Listener]) -> None:
    for stream in streams:
        assert titles(stream) == titles(streams[0])[-len(titles(stream)) :]


def make(client: httpx.Client) -> str:
    title = f"ticket {next(_titles)}"
    assert client.post(TICKETS, json={"title": title}).status_code == 201
    return title


def hear(streams: list[Listener], title: str) -> None:
    for stream in streams:
        until(lambda stream=stream: title in titles(stream), what=f"{title} to be heard")  # type: ignore[misc]


def titles(stream: Listener) -> list[str]:
    return [message["data"].get("title", "") for message in list(stream.messages)]


def _delay(client: httpx.Client, streams: list[Listener]) -> float:
    """Return the seconds from a write until every stream has it."""
    made, began = make(client), time.monotonic()
    hear(streams, made)
    return time.monotonic() - began

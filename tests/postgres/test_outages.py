"""PostgreSQL terminates its backends, restarts, crashes or is down for a while, in the middle of streams."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.postgres.conftest import punt_on
from tests.support.audit import broken_rules
from tests.support.listener import Listener
from tests.support.postgres import Postgres, PostgresPunt
from tests.support.ready import ask_one, wait_until_every_worker_is_ready
from tests.support.wait import until
from tests.support.writers import Writers

HARB = "/api/projects/HARB"
EVENTS, TICKETS = f"{HARB}/events", f"{HARB}/tickets"
SOON = 2
"""Seconds that delivery may take after the database is back."""
pytestmark = pytest.mark.alone


@pytest.fixture(autouse=True)
def running_again(postgres: Postgres) -> Iterator[None]:
    """Whatever a test does, the next one finds a running server."""
    yield
    postgres.start()


def restart(mode: str) -> Callable[[Postgres, str], None]:
    def stop_and_start(postgres: Postgres, _: str) -> None:
        postgres.stop(mode)
        postgres.start()

    return stop_and_start


CUTS: dict[str, Callable[[Postgres, str], object]] = {
    "backends terminated": Postgres.terminate,
    "restart": restart("fast"),
    "crash": restart("immediate"),
}


@pytest.mark.parametrize("cut", CUTS.values(), ids=CUTS)
def test_streams_stay_open_and_hear_everything_once_across(
    cut: Callable[[Postgres, str], None], postgres: Postgres, database: str, punt: PostgresPunt
) -> None:
    alice, cursor = punt.client("alice"), punt.head()

    with punt.streams_on_every_worker(punt.client("bob"), EVENTS) as streams:
        make(alice, "before")
        with Writers(alice, 4) as writers:
            hear(streams, "before")
            until(lambda: writers.answers["201"] > 0, seconds=20, what="the writers to have begun")
            cut(postgres, database)
            until(lambda: make(alice, "after"), seconds=SOON, what="the first write afterwards")
            hear(streams, "after")
        wait_until_every_worker_is_ready(punt, seconds=SOON)
        make(alice, "last")
        hear(streams, "last")

        assert not any(stream.ended for stream in streams)
    assert set(writers.answers) <= {"201", "503"}
    assert writers.answers["201"] > 0
    assert broken_rules(punt) == []
    told = punt.rows(LOG, int(cursor.partition("-")[2]))
    assert {number for _, number in told} >= set(writers.numbers)
    for stream in streams:
        heard = list(zip(map(position, stream.ids), numbers(stream), strict=True))
        assert heard == [entry for entry in told if entry[0] >= heard[0][0]]


def test_while_it_is_away_everything_says_so_and_nothing_breaks(postgres: Postgres, punt: PostgresPunt) -> None:
    alice, bob = punt.client("alice"), punt.client("bob")

    with punt.streams_on_every_worker(bob, EVENTS) as streams:
        postgres.stop()
        write, page = alice.post(TICKETS, json={"title": "x"}), alice.get("/projects/HARB")
        login = httpx.post(f"{punt.url}/api/auth/login", json={"username": "alice", "password": "x"})
        opened = bob.get(EVENTS)
        alive, ready = bob.get("/healthz"), ask_one(punt)
        still_open = not any(stream.ended for stream in streams)
        postgres.start()
        until(lambda: make(alice, "back"), seconds=SOON, what="the first write afterwards")
        hear(streams, "back")

    assert (write.status_code, write.json()) == (503, AWAY)
    assert (login.status_code, login.json()) == (503, AWAY)
    assert page.status_code == 503
    assert AWAY["error"] in page.text
    assert opened.status_code == 200
    assert opened.headers["Content-Type"].startswith("text/event-stream")
    assert opened.text.startswith("retry: ")
    assert alive.status_code == 200
    assert (ready.status_code, ready.json()["status"], ready.json()["database"]) == (503, "not ready", "away")
    assert still_open


def test_a_worker_that_starts_while_it_is_away_serves_as_soon_as_it_is_back(
    postgres: Postgres, punt: PostgresPunt
) -> None:
    alice, bob, before = punt.client("alice"), punt.client("bob"), punt.worker_ids()

    postgres.stop()
    for worker in before:
        os.kill(worker, signal.SIGKILL)
    until(lambda: len(set(punt.worker_ids()) - set(before)) == 3, what="new workers")
    until(lambda: healthy(punt), what="a new worker to answer")
    while_away = ask_one(punt)
    postgres.start()
    wait_until_every_worker_is_ready(punt, seconds=SOON)

    assert while_away.status_code == 503
    with punt.streams_on_every_worker(bob, EVENTS) as streams:
        make(alice, "after")
        hear(streams, "after")


@pytest.fixture
def fresh(postgres: Postgres, populated: str, tmp_path: Path) -> Iterator[PostgresPunt]:
    """A server without any outage so far."""
    server = punt_on(postgres.database(like=populated), tmp_path)
    yield server
    server.stop()


def test_an_outage_is_logged_once_by_each_part_of_a_worker(postgres: Postgres, fresh: PostgresPunt) -> None:
    wait_until_every_worker_is_ready(fresh)

    postgres.stop()
    until(lambda: fresh.log.count("the feed died") == 3, what="every feed to complain")
    until(lambda: ask_one(fresh).json()["feedAgeSeconds"] > 3, seconds=8, what="the feeds to try again and again")
    postgres.start()
    wait_until_every_worker_is_ready(fresh, seconds=SOON)

    told = fresh.log
    assert told.count("the feed died") == 3
    assert told.count("the doorbell died") == 3
    assert "Traceback" not in told


AWAY = {"error": "The database does not answer. Please try again in a moment."}
LOG = """
    SELECT position, (message::json -> 'data' ->> 'number')::int FROM event_log
    WHERE type = 'ticket.created' AND position > %s ORDER BY position
"""


def make(client: httpx.Client, title: str) -> bool:
    return client.post(TICKETS, json={"title": title}).status_code == 201


def hear(streams: list[Listener], title: str) -> None:
    for stream in streams:
        until(lambda stream=stream: title in titles(stream), seconds=SOON, what=f"“{title}” to be heard")  # type: ignore[misc]


def healthy(server: PostgresPunt) -> bool:
    try:
        return httpx.get(f"{server.url}/healthz", timeout=2).status_code == 200
    except httpx.TransportError:
        return False


def titles(stream: Listener) -> list[str]:
    return [message["data"]["title"] for message in list(stream.messages)]


def numbers(stream: Listener) -> list[int]:
    return [message["data"]["number"] for message in list(stream.messages)]


def position(event_id: str) -> int:
    return int(event_id.partition("-")[2])

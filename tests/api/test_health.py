"""What operators and their monitoring see: from real workers, about all of them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.support.listener import Listener
from tests.support.ready import ask_one, wait_until_every_worker_answers, wait_until_every_worker_is_ready
from tests.support.server import Server
from tests.support.wait import until

HARB = "/api/projects/HARB"
EVENTS, LABELS = f"{HARB}/events", f"{HARB}/labels"
TOKEN = "a token of thirty-two characters"
PLACES = 30


@pytest.fixture(scope="module")
def punt(inhabited: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server with a token for its metrics."""
    instance = Path(shutil.copytree(inhabited, tmp_path_factory.mktemp("punt") / "instance"))
    settings = {"PUNT_METRICS_TOKEN": TOKEN, "PUNT_STREAMS_PER_PERSON": str(PLACES), "PUNT_STREAM_KEEPALIVE": "0.2"}
    server = Server(instance, settings=settings).start()
    yield server
    server.end()


@pytest.fixture(scope="module")
def sue(punt: Server) -> httpx.Client:
    """Sue is a system admin."""
    return punt.client("sue")


def figure(client: httpx.Client, name: str, **labels: str) -> float:
    """Return a metric as Prometheus reads it: the sum over its samples with these labels."""
    families = text_string_to_metric_families(client.get("/metrics").text)
    samples = [sample for family in families for sample in family.samples if sample.name == name]
    return sum(sample.value for sample in samples if labels.items() <= sample.labels.items())


def test_a_worker_that_answers_is_alive_and_one_that_hears_is_ready(punt: Server) -> None:
    alive, ready = httpx.get(f"{punt.url}/healthz"), ask_one(punt)
    found = ready.json()

    assert (alive.status_code, alive.json()) == (200, {"status": "ok"})
    assert ready.status_code == 200
    assert found.keys() == {"status", "database", "feed", "feedAgeSeconds", "lag"}
    assert (found["status"], found["database"], found["feed"]) == ("ready", "ok", "ok")
    assert 0 <= found["feedAgeSeconds"] < 5


@pytest.mark.parametrize(
    ("who", "authorization", "status"),
    [
        (None, None, 401),
        ("charlie", None, 403),
        ("alice", None, 403),
        ("sue", None, 200),
        (None, f"Bearer {TOKEN}", 200),
        (None, "Bearer something else", 401),
        (None, "Bearer", 401),
        ("alice", f"Bearer {TOKEN}", 200),
    ],
)
def test_figures_are_for_system_admins_and_holders_of_the_token(
    who: str | None, authorization: str | None, status: int, punt: Server
) -> None:
    headers = {"Authorization": authorization} if authorization else {}

    answer = punt.client(who).get("/metrics", headers=headers)

    assert answer.status_code == status
    assert ("punt_feed_age_seconds" in answer.text) == (status == 200)
    assert status == 200 or answer.json().keys() == {"error"}


def test_open_streams_of_all_workers_are_counted_by_kind_until_they_close(punt: Server, sue: httpx.Client) -> None:
    bob = punt.client("bob")

    with punt.streams_on_every_worker(bob, EVENTS) as inside, Listener(bob, "/api/users/events"):
        until(lambda: figure(sue, "punt_streams_open", kind="project") == len(inside), what="the streams to be counted")
        assert figure(sue, "punt_streams_open", kind="users") == 1
        assert figure(sue, "punt_streams_open") == len(inside) + 1

    until(lambda: figure(sue, "punt_streams_open") == 0, what="all to be closed")
    assert figure(sue, "punt_streams_ended_total", reason="client gone") >= len(inside) + 1


def test_what_is_delivered_and_replayed_is_summed_over_the_workers(punt: Server, sue: httpx.Client) -> None:
    alice, bob, cursor = punt.client("alice"), punt.client("bob"), punt.head()
    delivered, replayed = figure(sue, "punt_events_delivered_total"), figure(sue, "punt_events_replayed_total")
    written = figure(sue, "punt_commit_to_write_seconds_count")

    with punt.streams_on_every_worker(bob, EVENTS) as streams:
        assert alice.post(LABELS, json={"name": "tide"}).status_code == 201
        for stream in streams:
            stream.wait_for(1)
    with Listener(bob, EVENTS, last_event_id=cursor) as again:
        again.wait_for(1)

    assert figure(sue, "punt_events_delivered_total") == delivered + len(streams)
    assert figure(sue, "punt_events_replayed_total") == replayed + 1
    assert figure(sue, "punt_commit_to_write_seconds_count") == written + len(streams)


@pytest.mark.parametrize(
    ("reason", "place"), [("malformed", "x"), ("epoch", "cafe-1"), ("future", "{epoch}-999999999999")]
)
def test_resets_are_counted_by_reason(reason: str, place: str, punt: Server, sue: httpx.Client) -> None:
    before = figure(sue, "punt_stream_resets_total", reason=reason)
    cursor = place.format(epoch=punt.head().partition("-")[0])

    with Listener(punt.client("bob"), EVENTS, last_event_id=cursor) as stream:
        stream.wait_for_type("stream.reset")

    assert figure(sue, "punt_stream_resets_total", reason=reason) == before + 1


def test_refused_streams_are_counted(punt: Server, sue: httpx.Client) -> None:
    vera, before = punt.client("vera"), figure(sue, "punt_streams_refused_total")

    with ExitStack() as stack:
        for _ in range(PLACES):
            stack.enter_context(Listener(vera, EVENTS))
        refused = [vera.get(EVENTS) for _ in range(3)]

    assert [(answer.status_code, answer.text[:7]) for answer in refused] == [(200, "retry: ")] * 3
    assert figure(sue, "punt_streams_refused_total") == before + 3


def test_a_worker_whose_feed_fails_is_deaf_and_not_ready_until_it_hears_again(punt: Server, sue: httpx.Client) -> None:
    alice, told_before = punt.client("alice"), len(punt.log)

    with punt.streams_on_every_worker(punt.client("bob"), EVENTS) as streams:
        rename(punt, "event_log", "mislaid")
        found = wait_until_every_worker_answers(punt, 503)
        oldest = figure(sue, "punt_feed_age_seconds")
        rename(punt, "mislaid", "event_log")
        wait_until_every_worker_is_ready(punt)
        alice.post(LABELS, json={"name": "ebb"})
        for stream in streams:
            stream.wait_for_type("label.created")

    assert (found["status"], found["database"], found["feed"]) == ("not ready", "ok", "deaf")
    assert found["feedAgeSeconds"] > 5
    assert oldest > 4
    assert punt.log[told_before:].count("the feed died") == punt.workers


def rename(server: Server, old: str, new: str) -> None:
    with server.writing() as session:
        session.connection().exec_driver_sql(f"ALTER TABLE {old} RENAME TO {new}")

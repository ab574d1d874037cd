"""The streams of a real server, as clients of others see them."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import httpx_sse
import pytest
import requests
import sseclient
from flask import Flask
from flask.testing import FlaskClient

from tests.support.cast import PASSWORD
from tests.support.ears import PATHS
from tests.support.listener import Listener
from tests.support.patterns import CURSOR, TIMESTAMP
from tests.support.raw import raw_stream
from tests.support.server import Server

HARB = "/api/projects/HARB"
EVERYTHING = "/api/events?project=HARB"
STREAMS = [*(path.format("HARB") for path in PATHS.values()), EVERYTHING]
PRODS = {
    f"{HARB}/events": ("POST", f"{HARB}/tickets", "title", "ticket.created"),
    "/api/projects/events": ("PATCH", HARB, "description", "project.updated"),
    "/api/users/events": ("PATCH", "/api/me", "name", "user.updated"),
}
"""For each stream of the specification, a request that makes it tell something: method, path, field, event."""


@pytest.fixture(scope="module")
def alice(live: Server) -> httpx.Client:
    return live.client("alice")


@pytest.fixture(scope="module")
def bob(live: Server) -> httpx.Client:
    return live.client("bob")


def make(client: httpx.Client, *titles: str) -> None:
    for title in titles:
        assert client.post(f"{HARB}/tickets", json={"title": title}).status_code == 201


def titles(stream: Listener) -> list[str]:
    return [message["data"]["title"] for message in list(stream.messages)]


def test_a_ticket_made_by_one_reaches_the_streams_of_another_on_every_worker(
    live: Server, alice: httpx.Client, bob: httpx.Client
) -> None:
    with live.streams_on_every_worker(bob, f"{HARB}/events") as streams:
        make(alice, "One")

        for stream in streams:
            assert stream.wait_for_type("ticket.created")["data"]["title"] == "One"


@pytest.mark.parametrize("path", STREAMS)
def test_a_stream_answers_with_exactly_these_headers(bob: httpx.Client, path: str) -> None:
    with raw_stream(bob, path) as stream:
        headers = stream.response.headers

    assert stream.response.status_code == 200
    assert headers["Content-Type"] == "text/event-stream"
    assert headers["Cache-Control"] == "no-cache, no-transform"
    assert headers["X-Accel-Buffering"] == "no"
    assert headers["Transfer-Encoding"] == "chunked"
    assert not {"Set-Cookie", "Content-Length", "Content-Encoding"} & {name.title() for name in headers}


@pytest.mark.parametrize("path", STREAMS)
def test_a_stream_begins_at_once_even_when_there_is_nothing_to_tell(bob: httpx.Client, path: str) -> None:
    with raw_stream(bob, path) as stream:
        body = stream.read_until(b"\n\n").decode()

    opening = re.match(r": connected\nretry: 1000\nid: (.+)\n\n", body)
    assert opening
    assert opening[1] == CURSOR


def test_silence_is_filled_with_exactly_the_comment_of_the_specification(bob: httpx.Client) -> None:
    with raw_stream(bob, f"{HARB}/events") as stream:
        body = stream.read_until(b": keepalive\n\n").decode()

    assert re.search(r"\n\n: keepalive\n\nid: [0-9a-f]{8}-\d+\nevent: ping\ndata: {}\n\n$", body)


@pytest.mark.parametrize("path", STREAMS)
def test_without_a_session_a_stream_is_refused_before_it_begins(live: Server, path: str) -> None:
    answer = live.client().get(path)

    assert (answer.status_code, answer.headers["Content-Type"]) == (401, "application/json")


@pytest.mark.parametrize("path", [f"{HARB}/events", EVERYTHING])
def test_an_outsider_finds_no_stream_of_a_project(live: Server, path: str) -> None:
    charlie = live.client("charlie")

    answer, missing = charlie.get(path), charlie.get(path.replace("HARB", "NONE"))

    assert answer.status_code == missing.status_code == 404
    assert answer.json() == missing.json() == {"error": "Project not found."}


def test_too_many_projects_on_one_connection_are_refused(bob: httpx.Client) -> None:
    answer = bob.get("/api/events", params={"project": ["HARB"] * 21})

    assert answer.status_code == 400


@pytest.mark.parametrize("path", STREAMS)
def test_head_answers_with_the_headers_and_does_not_subscribe(app: Flask, sign_in: Any, path: str) -> None:
    bob: FlaskClient = sign_in("bob")

    answer = bob.head(path)

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/event-stream")
    assert "Set-Cookie" not in answer.headers
    assert len(app.extensions["punt_events"].hub) == 0


def test_head_ends_at_once_on_a_real_server(bob: httpx.Client) -> None:
    answer = bob.head(f"{HARB}/events", timeout=20)

    assert (answer.status_code, answer.headers["X-Accel-Buffering"]) == (200, "no")


def test_whoever_comes_back_gets_what_was_missed(live: Server, alice: httpx.Client, bob: httpx.Client) -> None:
    cursor = live.head()
    make(alice, "missed", "missed too")

    with Listener(bob, f"{HARB}/events", last_event_id=cursor) as stream:
        stream.wait_for(2)
        make(alice, "live")
        stream.wait_until_at(live.head())

        assert titles(stream) == ["missed", "missed too", "live"]


def test_a_place_in_the_address_does_too(live: Server, alice: httpx.Client, bob: httpx.Client) -> None:
    cursor = live.head()
    make(alice, "missed")

    with Listener(bob, f"{HARB}/events?lastEventId={cursor}") as stream:
        stream.wait_until_at(live.head())

        assert titles(stream) == ["missed"]


def test_the_header_wins_over_the_address(live: Server, alice: httpx.Client, bob: httpx.Client) -> None:
    stale = live.head()
    make(alice, "seen")
    cursor = live.head()
    make(alice, "missed")

    with Listener(bob, f"{HARB}/events?lastEventId={stale}", last_event_id=cursor) as stream:
        stream.wait_until_at(live.head())

        assert titles(stream) == ["missed"]


def test_coming_back_again_and_again_while_others_write_loses_and_doubles_nothing(
    live: Server, alice: httpx.Client, bob: httpx.Client
) -> None:
    cursor, heard = live.head(), list[str]()
    for number in range(12):
        make(alice, f"before {number}")
        with Listener(bob, f"{HARB}/events", last_event_id=cursor) as stream:
            make(alice, f"during {number}")
            stream.wait_for(1)
        heard += titles(stream)
        cursor = stream.cursor or cursor
    with Listener(bob, f"{HARB}/events", last_event_id=cursor) as stream:
        stream.wait_until_at(live.head())
        heard += titles(stream)

    assert heard == [f"{when} {number}" for number in range(12) for when in ("before", "during")]


def future(server: Server) -> str:
    epoch, position = server.head().split("-")
    return f"{epoch}-{int(position) + 1000}"


@pytest.mark.parametrize("path", STREAMS)
@pytest.mark.parametrize(
    ("reason", "cursor"),
    [("malformed", lambda _: "what?"), ("epoch", lambda _: "0000aaaa-1"), ("future", future)],
)
def test_a_place_that_cannot_be_continued_is_answered_with_a_reset(
    live: Server, alice: httpx.Client, bob: httpx.Client, path: str, reason: str, cursor: Any
) -> None:
    with Listener(bob, path, last_event_id=cursor(live)) as stream:
        stream.wait_for(1)

        assert stream.status == 200
        assert stream.messages == [
            {"type": "stream.reset", "data": {"reason": reason}, "tabId": None, "timestamp": TIMESTAMP}
        ]
        assert stream.ids == [live.head()]


@pytest.fixture
def cookie(live: Server, bob: httpx.Client) -> str:
    return "; ".join(f"{name}={value}" for name, value in bob.cookies.items())


def prod(client: httpx.Client, path: str, text: str) -> None:
    """Make a stream tell something with a text in it."""
    method, address, field, _ = PRODS[path]
    assert client.request(method, address, json={field: text}).is_success


def test_every_stream_of_the_specification_is_prodded() -> None:
    assert list(PRODS) == [path.format("HARB") for path in PATHS.values()]


@pytest.mark.parametrize("path", PRODS)
def test_httpx_sse_reads_it(alice: httpx.Client, bob: httpx.Client, path: str) -> None:
    with httpx_sse.connect_sse(bob, "GET", path) as source:
        events = source.iter_sse()
        assert next(events).retry == 1000
        prod(alice, path, "for httpx-sse ⚓")

        _expect(path, "for httpx-sse ⚓", (event for event in events))


@pytest.mark.parametrize("path", PRODS)
def test_sseclient_py_reads_it(live: Server, alice: httpx.Client, cookie: str, path: str) -> None:
    headers = {"Cookie": cookie, "Accept": "text/event-stream"}
    with closing(requests.get(live.url + path, headers=headers, stream=True, timeout=20)) as response:
        events = sseclient.SSEClient(response.iter_content(None)).events()
        prod(alice, path, "for sseclient ⚓")

        _expect(path, "for sseclient ⚓", events)


@pytest.mark.parametrize("path", PRODS)
def test_curl_reads_it(live: Server, alice: httpx.Client, cookie: str, path: str) -> None:
    command = ["curl", "-sN", "--max-time", "20", "-H", f"Cookie: {cookie}", live.url + path]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as curl:
        assert curl.stdout
        assert curl.stdout.readline() == ": connected\n"
        prod(alice, path, "for curl ⚓")
        line = next(line for line in curl.stdout if line.startswith('data: {"'))
        curl.terminate()

    message = json.loads(line.removeprefix("data: "))
    assert message["type"] == PRODS[path][3]
    assert "for curl ⚓" in message["data"].values()


def test_the_cookie_of_the_login_as_documented_is_all_a_client_needs(live: Server) -> None:
    with requests.Session() as browser:
        login = browser.post(f"{live.url}/api/auth/login", json={"username": "bob", "password": PASSWORD}, timeout=20)
        stream = browser.get(f"{live.url}{HARB}/events", stream=True, timeout=20)

        assert (login.status_code, stream.status_code) == (200, 200)
        stream.close()


def _expect(path: str, text: str, events: Iterator[Any]) -> None:
    """Find the first message and compare it; pings are no messages."""
    event = next(event for event in events if event.event == "message" and event.data)
    message = json.loads(event.data)
    assert event.id == CURSOR
    assert message["type"] == PRODS[path][3]
    assert text in message["data"].values()

"""A server that stops, and streams that reach their lifetime: clients reconnect and have missed nothing."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from sqlalchemy.orm import Session

from punt.models import Membership, Project, Role, Ticket
from tests.support.listener import Listener
from tests.support.raw import raw_stream
from tests.support.server import Server
from tests.support.wait import until

HARB = "/api/projects/HARB"
STREAM = f"{HARB}/events"
GRACE = 10
"""Seconds after which gunicorn kills workers that have not stopped."""


def make(client: httpx.Client, title: str) -> None:
    assert client.post(f"{HARB}/tickets", json={"title": title}).status_code == 201


LEAST_HINT = 0.2
"""Seconds that a stopping server asks its clients to wait, at least."""


def come_back(client: httpx.Client, cursor: str | None) -> list[str]:
    """Reconnect, as often as the server ends the stream, until there is news; return its titles."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with Listener(client, STREAM, last_event_id=cursor) as stream:
            if stream.wait_for(1):
                return titles(stream)
        cursor = stream.cursor
        time.sleep(LEAST_HINT)  # a stopping worker ends new streams at once; clients wait as it tells them
    raise AssertionError("no news")


def make_by_command(session: Session, title: str) -> None:
    project = session.query(Project).filter_by(key="HARB").one()
    owner = session.query(Membership).filter_by(project_id=project.id, role=Role.OWNER).one()
    Ticket.create(project, project.columns()[0], owner.user_id, {"title": title})


def titles(stream: Listener) -> list[str]:
    return [message["data"]["title"] for message in list(stream.messages)]


def test_a_stop_ends_the_streams_with_a_hint_and_a_restart_loses_nothing(server: Server) -> None:
    alice, bob = server.client("alice"), server.client("bob")

    with server.streams_on_every_worker(bob, STREAM) as streams, raw_stream(bob, STREAM) as raw:
        make(alice, "before")
        for stream in streams:
            stream.wait_for(1)
        server.stop(seconds=GRACE - 2)
        body = raw.read_on().decode()
        for stream in streams:
            stream.wait_for_end()
    with server.writing() as session:
        make_by_command(session, "while it was down")
    server.start()
    with ExitStack() as stack:
        returned = [stack.enter_context(Listener(bob, STREAM, last_event_id=stream.cursor)) for stream in streams]
        make(server.client("alice"), "after")
        for again in returned:
            again.wait_for(2)

    assert re.search(r"\n\nretry: \d+\n\n$", body)
    assert 200 <= int(body.rpartition("retry: ")[2]) <= 3000
    for stream, again in zip(streams, returned, strict=True):
        assert stream.failure is None
        assert len(stream.retries) == 2
        assert titles(stream) + titles(again) == ["before", "while it was down", "after"]


def test_a_stop_waits_neither_for_streams_nor_for_idle_clients_and_logs_no_error(server: Server) -> None:
    bob, *idle = (server.client("bob") for _ in range(4))

    with server.streams_on_every_worker(bob, STREAM):
        server.stop(seconds=GRACE - 2)

    assert len(idle) == 3
    assert "[ERROR]" not in server.log


def test_a_reload_is_one_quick_reconnect(server: Server) -> None:
    alice, bob = server.client("alice"), server.client("bob")

    with server.streams_on_every_worker(bob, STREAM) as streams:
        make(alice, "before")
        for stream in streams:
            stream.wait_for(1)
        server.signal(signal.SIGHUP)
        for stream in streams:
            stream.wait_for_end()
    with server.writing() as session:
        make_by_command(session, "after")

    heard = [titles(stream) + come_back(bob, stream.cursor) for stream in streams]
    assert heard == [["before", "after"]] * len(streams)


@pytest.fixture
def short_lived(instance: Path) -> Iterator[Server]:
    """A server whose streams live for a second."""
    server = Server(instance, settings={"PUNT_STREAM_LIFETIME": "1"}).start()
    yield server
    server.stop()


def test_a_stream_whose_lifetime_is_over_is_continued_without_loss(short_lived: Server) -> None:
    alice, bob = short_lived.client("alice"), short_lived.client("bob")
    cursor: str | None = None
    heard, made = list[str](), list[str]()

    for _ in range(3):
        with Listener(bob, STREAM, last_event_id=cursor) as stream:
            while not stream.ended:
                made.append(f"ticket {len(made)}")
                make(alice, made[-1])
        assert (stream.status, stream.failure) == (200, None)
        assert 50 <= stream.retries[-1] <= 500
        heard, cursor = heard + titles(stream), stream.cursor
    with Listener(bob, STREAM, last_event_id=cursor) as stream:
        until(lambda: heard + titles(stream) == made, what="all tickets, each once and in order")

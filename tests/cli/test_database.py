"""``flask db wipe``: everything is deleted, or all projects, and every open stream is notified."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx
import pytest
from flask import Flask

from punt.database import begin_write, db
from punt.models import Project, User
from punt.models.wipe import wipe_everything
from tests.support.export_file import comings_and_goings
from tests.support.listener import Listener
from tests.support.patterns import TIMESTAMP
from tests.support.server import Server

PATHS = ("/api/projects/HARB/events", "/api/projects/events", "/api/users/events", "/api/events?project=HARB")
INSIDE = ("/api/projects/HARB/events", "/api/events?project=HARB")
PEOPLE = ("alice", "bob", "sue")
TABLES = ("user", "user_session", "project", "membership", "column", "label", "ticket", "ticket_label")


def everything_gone(type_: str) -> dict[str, object]:
    return {"type": type_, "data": {}, "tabId": None, "timestamp": TIMESTAMP}


@contextmanager
def streams_of_all_kinds(server: Server) -> Iterator[list[Listener]]:
    """Open at least 24 streams of all kinds and people, and of each kind some on every worker."""
    clients = {name: server.client(name) for name in PEOPLE}
    with ExitStack() as stack:
        streams = [
            stack.enter_context(Listener(client, path)) for client in clients.values() for path in PATHS for _ in "ab"
        ]
        for path in PATHS:
            streams += stack.enter_context(server.streams_on_every_worker(clients["bob"], path))
        assert len(streams) >= 24
        yield streams


def count(server: Server, table: str) -> int:
    number: int = server.rows(f'SELECT count(*) FROM "{table}"')[0][0]
    return number


def things(app: Flask) -> tuple[int, int]:
    """Count people and projects."""
    with app.app_context():
        return db.session.query(User).count(), db.session.query(Project).count()


def fill(client: httpx.Client) -> None:
    label = client.post("/api/projects/HARB/labels", json={"name": "tide"}).json()["id"]
    parent = client.post("/api/projects/HARB/tickets", json={"title": "One", "labelIds": [label]}).json()["id"]
    client.post("/api/projects/HARB/tickets", json={"title": "Two", "parentId": parent})


def test_a_wipe_reaches_every_stream_of_every_worker_and_signs_everybody_out(server: Server) -> None:
    alice, bob = server.client("alice"), server.client("bob")
    fill(alice)

    with streams_of_all_kinds(server) as streams:
        done = server.flask("db", "wipe", "--yes")
        for stream in streams:
            stream.wait_for_end()

        assert (done.returncode, done.stdout) == (0, "Everything is gone. The next visit sets PUNT up anew.\n")
        assert [stream.messages for stream in streams] == [[everything_gone("database.wiped")]] * len(streams)
        assert {stream.failure for stream in streams} == {None}
    assert [bob.get(path).status_code for path in ("/api/me", *PATHS)] == [401] * 5
    assert alice.get("/api/auth/session").json() == {}
    assert bob.get("/api/auth/setup").json() == {"hasUsers": False}
    assert {table: count(server, table) for table in TABLES} == dict.fromkeys(TABLES, 0)


def test_after_a_wipe_punt_is_set_up_anew_and_live(server: Server) -> None:
    old_cursor = server.head()
    server.flask("db", "wipe", "--yes")
    first = {"username": "nora", "name": "Nora", "password": "a sentence to sign in"}
    with server.client() as nora:
        assert nora.post("/api/auth/setup", json=first).status_code == 201
        with Listener(nora, "/api/projects/events", last_event_id=old_cursor) as stream:
            nora.post("/api/projects", json={"key": "NEW", "name": "New"})
            stream.wait_for(2)

    assert stream.types() == ["stream.reset", "project.created"]
    assert stream.messages[0]["data"] == {"reason": "epoch"}


def test_wiping_projects_reaches_every_stream_and_people_stay_signed_in(server: Server) -> None:
    alice, bob = server.client("alice"), server.client("bob")
    fill(alice)

    with streams_of_all_kinds(server) as streams:
        cursor = server.head()
        done = server.flask("db", "wipe", "--projects-only", "--yes")
        for stream in streams:
            stream.wait_for_type("database.projects.wiped")
        for stream in streams:
            if stream.path in INSIDE:
                stream.wait_for_end()

        assert (done.returncode, done.stdout) == (0, "All projects are gone.\n")
        assert [stream.messages for stream in streams] == [[everything_gone("database.projects.wiped")]] * len(streams)
        assert {stream.path for stream in streams if stream.ended} == set(INSIDE)
    assert bob.get("/api/me").status_code == 200
    assert bob.get("/api/projects").json() == []
    assert bob.get(PATHS[0]).status_code == 404
    assert server.client("bob").get("/api/me").status_code == 200
    assert [count(server, table) for table in TABLES] == [6, count(server, "user_session"), 0, 0, 0, 0, 0, 0]
    with Listener(bob, "/api/users/events", last_event_id=cursor) as again:
        again.wait_for(1)
        assert again.types() == ["database.projects.wiped"]


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
@pytest.mark.parametrize(("options", "what"), [([], "EVERYTHING"), (["--projects-only"], "all projects")])
def test_without_yes_it_asks_and_no_is_the_default(app: Flask, options: list[str], what: str, answer: str) -> None:
    done = app.test_cli_runner().invoke(args=["db", "wipe", *options], input=answer)

    assert f"This removes {what}" in done.stdout
    assert done.exit_code == 1
    assert things(app) == (6, 1)


@pytest.mark.parametrize(("options", "left"), [([], (0, 0)), (["--projects-only"], (6, 0))])
def test_a_yes_is_enough(app: Flask, options: list[str], left: tuple[int, int]) -> None:
    done = app.test_cli_runner().invoke(args=["db", "wipe", *options], input="y\n")

    assert done.exit_code == 0
    assert things(app) == left
    assert comings_and_goings(app) == [("wiped", None)]


def test_a_wipe_is_one_transaction(app: Flask) -> None:
    with app.app_context():
        begin_write()
        wipe_everything(db.session())
        db.session.flush()
        db.session.rollback()

    assert things(app) == (6, 1)

"""One stream for all projects that a person may see, now and later: what a browser shares among its tabs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import httpx
import pytest
from sqlalchemy.orm import Session

from punt.database import db, writing
from punt.events import capture
from punt.events.log import FEW
from punt.events.publication import Draft
from punt.models import Membership, Project, Role, User
from tests.support.channel import TOPIC, Channel
from tests.support.listener import Listener
from tests.support.server import Server

EVERYWHERE = "/api/events?project=*"
_keys = count()


@pytest.fixture
def keys(live: Server) -> Iterator[tuple[str, str]]:
    """Two projects of their own for a test: Alice owns both, Bob is a member of the first."""
    number = next(_keys)
    keys = f"ALPHA{number}", f"BETA{number}"
    with live.writing() as session:
        first, _ = [Project.create(person(session, "alice"), key=key, name=key) for key in keys]
        Membership.add(first, person(session, "bob"), Role.MEMBER)
    yield keys
    alice = live.client("alice")
    for key in keys:
        alice.delete(f"/api/projects/{key}")


def person(session: Session, username: str) -> User:
    return session.query(User).filter_by(username=username).one()


def project(session: Session, key: str) -> Project:
    return session.query(Project).filter_by(key=key).one()


def make(client: httpx.Client, *keys: str) -> None:
    for key in keys:
        assert client.post(f"/api/projects/{key}/tickets", json={"title": key}).status_code == 201


def tickets(stream: Listener) -> list[str]:
    return [each["data"]["title"] for each in list(stream.messages) if each["type"] == "ticket.created"]


def test_it_tells_of_every_project_of_a_member_and_of_no_other(live: Server, keys: tuple[str, str]) -> None:
    alice, first = live.client("alice"), keys[0]
    bob, charlie = live.client("bob"), live.client("charlie")
    with (
        Listener(alice, EVERYWHERE) as alices,
        Listener(bob, EVERYWHERE) as bobs,
        Listener(charlie, EVERYWHERE) as charlies,
    ):
        make(alice, *keys)
        head = live.head()
        for stream in (alices, bobs, charlies):
            stream.wait_until_at(head)

    assert (tickets(alices), tickets(bobs), tickets(charlies)) == ([*keys], [first], [])


def test_a_system_admin_hears_of_projects_without_being_a_member(live: Server, keys: tuple[str, str]) -> None:
    with Listener(live.client("sue"), EVERYWHERE) as stream:
        make(live.client("alice"), *keys)
        stream.wait_until_at(live.head())

    assert tickets(stream) == [*keys]


@pytest.mark.parametrize("who", ["alice", "sue"])
def test_it_ends_for_a_new_project_and_whoever_comes_back_hears_of_it(live: Server, who: str) -> None:
    listener, alice, key = live.client(who), live.client("alice"), f"NEW{next(_keys)}"
    with Listener(listener, EVERYWHERE) as stream:
        stream.wait_until_at(live.head())
        alice.post("/api/projects", json={"key": key, "name": "New"})
        stream.wait_for_end()
    make(alice, key)
    with Listener(listener, EVERYWHERE, last_event_id=stream.cursor) as again:
        again.wait_until_at(live.head())

    assert [*stream.types(), *again.types()].count("project.created") == 1
    assert tickets(again) == [key]


def test_one_who_joins_hears_of_the_inside_and_one_who_is_removed_nothing_more(
    live: Server, keys: tuple[str, str]
) -> None:
    alice, bob, second = live.client("alice"), live.client("bob"), keys[1]
    with Listener(bob, EVERYWHERE) as before:
        before.wait_until_at(live.head())
        with live.writing() as session:
            Membership.add(project(session, second), person(session, "bob"), Role.MEMBER)
        before.wait_for_end()
    with Listener(bob, EVERYWHERE, last_event_id=before.cursor) as during:
        make(alice, second)
        during.wait_for_type("ticket.created")
        with live.writing() as session:
            session.delete(Membership.of(project(session, second).id, person(session, "bob").id))
        during.wait_for_end()
    make(alice, second)
    with Listener(bob, EVERYWHERE, last_event_id=during.cursor) as after:
        after.wait_until_at(live.head())

    assert "project.created" in before.types()
    assert [*during.types(), *after.types()].count("project.deleted") == 1
    assert tickets(after) == []


def test_it_is_refused_to_whoever_is_not_the_person_that_a_page_was_made_for(live: Server) -> None:
    bob, alice = live.client("bob"), live.client("alice")
    path = f"/api/events?project=*&person={bob.get('/api/me').json()['id']}"

    with bob.stream("GET", path) as answer:
        assert answer.status_code == 200
    assert alice.get(path).status_code == live.client().get(path).status_code == 401


def test_more_projects_than_are_looked_up_one_by_one_are_replayed_in_order(channel: Channel) -> None:
    topics = [f"{TOPIC} {number}" for number in range(12 * FEW)]
    with writing() as session:
        capture.announce(session, *(Draft("weather.changed", topic, {}) for topic in topics), Draft("foreign", "x", {}))
    stream = channel.stream()

    with db.engine.connect() as connection:
        start = stream.log.head(connection).position - len(topics) - 1
        found = stream.log.since(connection, start, topics=topics, limit=10 * FEW)

    assert [entry.topic for entry in found] == topics[: 10 * FEW]

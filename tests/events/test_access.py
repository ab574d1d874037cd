"""Who hears what, and for how long: an outsider nothing, a former member nothing more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from itertools import count
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from punt.database import now
from punt.models import Membership, Project, Role, User, UserSession
from tests.support.cast import PASSWORD
from tests.support.listener import Listener
from tests.support.patterns import TIMESTAMP
from tests.support.server import Server

LIST, PEOPLE = "/api/projects/events", "/api/users/events"
_keys = count()


@pytest.fixture
def key(live: Server) -> str:
    """A project of its own for a test: Alice owns it, Bob is a member, Charlie is an outsider."""
    key = f"KEY{next(_keys)}"
    with live.writing() as session:
        project = Project.create(person(session, "alice"), key=key, name=f"Project {key}")
        Membership.add(project, person(session, "bob"), Role.MEMBER)
    return key


def person(session: Session, username: str) -> User:
    return session.query(User).filter_by(username=username).one()


def join(server: Server, key: str, username: str) -> None:
    with server.writing() as session:
        Membership.add(session.query(Project).filter_by(key=key).one(), person(session, username), Role.MEMBER)


def remove(server: Server, key: str, username: str) -> None:
    """Take somebody out of a project, as a command would."""
    with server.writing() as session:
        memberships = session.query(Membership).join(Project).join(Membership.user)
        session.delete(memberships.filter(Project.key == key, User.username == username).one())


def events_of(key: str) -> str:
    return f"/api/projects/{key}/events"


@contextmanager
def open_everywhere(server: Server, client: httpx.Client, *paths: str) -> Iterator[list[Listener]]:
    """Listen to several paths, each on every worker."""
    with ExitStack() as stack:
        yield [stream for path in paths for stream in stack.enter_context(server.streams_on_every_worker(client, path))]


def all_end(streams: list[Listener]) -> None:
    for stream in streams:
        stream.wait_for_end()


def change_it(client: httpx.Client, key: str) -> dict[str, Any]:
    answer = client.patch(f"/api/projects/{key}", json={"description": "Other"})
    changed: dict[str, Any] = answer.json()
    assert answer.status_code == 200
    return changed


def test_an_outsider_hears_nothing_of_a_project_live_or_replayed(live: Server, key: str) -> None:
    alice, charlie = live.client("alice"), live.client("charlie")
    cursor = live.head()

    with Listener(charlie, LIST) as stream, Listener(charlie, "/api/events") as everything:
        change_it(alice, key)
        alice.post(f"/api/projects/{key}/tickets", json={"title": "Secret"})
        alice.post("/api/projects", json={"key": f"{key}B", "name": "Another"})
        alice.delete(f"/api/projects/{key}")
        heard = stream.wait_until_at(live.head()), everything.wait_until_at(live.head())
    with Listener(charlie, LIST, last_event_id=cursor) as stream:
        replayed = stream.wait_until_at(live.head())

    assert heard == ([], [])
    assert replayed == []


def test_one_who_joins_hears_of_the_project_from_then_on(live: Server, key: str) -> None:
    alice, charlie = live.client("alice"), live.client("charlie")

    with Listener(charlie, LIST) as stream:
        change_it(alice, key)
        join(live, key, "charlie")
        renamed = alice.patch(f"/api/projects/{key}", json={"name": "New name"}).json()
        stream.wait_until_at(live.head())

        assert stream.types() == ["project.created", "project.updated"]
        assert stream.messages[0]["data"] == {**renamed, "name": f"Project {key}", "updatedAt": TIMESTAMP}
        assert stream.messages[1]["data"] == renamed
    assert charlie.get(f"/api/projects/{key}").status_code == 200


def test_one_who_joins_gets_no_earlier_events(live: Server, key: str) -> None:
    cursor = live.head()
    change_it(live.client("alice"), key)
    join(live, key, "charlie")

    with Listener(live.client("charlie"), LIST, last_event_id=cursor) as stream:
        stream.wait_until_at(live.head())

        assert stream.types() == ["project.created"]


def test_a_deleted_project_is_announced_to_exactly_its_former_members(live: Server, key: str) -> None:
    cursor = live.head()
    former = {name: live.client(name) for name in ("alice", "bob", "sue")}
    outside = {name: live.client(name) for name in ("charlie", "vera")}

    with ExitStack() as stack:
        streams = {name: stack.enter_context(Listener(client, LIST)) for name, client in {**former, **outside}.items()}
        former["alice"].delete(f"/api/projects/{key}")
        heard = {name: stream.wait_until_at(live.head()) and stream.types() for name, stream in streams.items()}
    with Listener(former["bob"], LIST, last_event_id=cursor) as again:
        again.wait_until_at(live.head())

    assert heard == {name: ["project.deleted"] if name in former else [] for name in streams}
    assert again.types() == ["project.deleted"]


def test_a_removed_member_is_cut_off_on_every_worker_at_once(live: Server, key: str) -> None:
    alice, bob = live.client("alice"), live.client("bob")

    with (
        open_everywhere(live, bob, events_of(key), f"/api/events?project={key}") as streams,
        Listener(alice, events_of(key)) as owner,
    ):
        remove(live, key, "bob")
        alice.post(f"/api/projects/{key}/tickets", json={"title": "After Bob"})
        all_end(streams)
        owner.wait_until_at(live.head())

        assert {type_ for stream in streams for type_ in stream.types()} <= {"member.deleted", "project.deleted"}
        assert owner.types() == ["member.deleted", "ticket.created"]
        assert not owner.ended
    assert bob.get(events_of(key)).status_code == 404


def test_a_removed_member_sees_the_project_go_from_the_list(live: Server, key: str) -> None:
    alice, bob = live.client("alice"), live.client("bob")
    cursor, project_id = live.head(), alice.get(f"/api/projects/{key}").json()["id"]

    with Listener(bob, LIST) as stream, Listener(alice, LIST) as owner:
        remove(live, key, "bob")
        change_it(alice, key)
        stream.wait_until_at(live.head())
        owner.wait_until_at(live.head())

        assert [(message["type"], message["data"]) for message in stream.messages] == [
            ("project.deleted", {"id": project_id})
        ]
        assert owner.types() == ["project.updated"]
        assert not stream.ended
    with Listener(bob, LIST, last_event_id=cursor) as again:
        again.wait_until_at(live.head())
        assert again.types() == ["project.deleted"]


def test_a_former_member_gets_no_events_from_the_time_of_their_membership(live: Server, key: str) -> None:
    cursor = live.head()
    change_it(live.client("alice"), key)
    remove(live, key, "bob")

    with Listener(live.client("bob"), LIST, last_event_id=cursor) as stream:
        stream.wait_until_at(live.head())

        assert stream.types() == ["project.deleted"]


def test_a_deleted_project_ends_its_streams_and_no_others(live: Server, key: str) -> None:
    alice, bob = live.client("alice"), live.client("bob")

    with open_everywhere(live, bob, events_of(key)) as streams, Listener(bob, events_of("HARB")) as other:
        alice.delete(f"/api/projects/{key}")
        all_end(streams)
        other.wait_until_at(live.head())

        assert not other.ended
    assert bob.get(events_of(key)).status_code == 404


def test_signing_out_ends_the_streams_of_that_session_alone(live: Server) -> None:
    here, elsewhere = live.client("bob"), live.client("bob")

    with (
        open_everywhere(live, here, events_of("HARB"), LIST, PEOPLE) as streams,
        open_everywhere(live, elsewhere, LIST) as others,
    ):
        assert here.post("/api/auth/logout").status_code == 204
        all_end(streams)
        for other in others:
            other.wait_until_at(live.head())

        assert not any(other.ended for other in others)
    assert here.get(LIST).status_code == 401


def test_a_new_password_ends_the_streams_of_all_other_sessions(live: Server) -> None:
    here, elsewhere = live.client("vera"), live.client("vera")
    change = {"currentPassword": PASSWORD, "newPassword": "another fine sentence"}

    with (
        open_everywhere(live, elsewhere, events_of("HARB"), LIST, PEOPLE) as streams,
        open_everywhere(live, here, LIST) as own,
    ):
        assert here.patch("/api/me/password", json=change).status_code == 204
        all_end(streams)
        for stream in own:
            stream.wait_until_at(live.head())

        assert not any(stream.ended for stream in own)
    assert elsewhere.get(LIST).status_code == 401


def test_a_disabled_person_is_cut_off_everywhere(live: Server) -> None:
    adam, bob = live.client("adam"), live.client("bob")

    with open_everywhere(live, adam, events_of("HARB"), LIST, PEOPLE) as streams, Listener(bob, PEOPLE) as other:
        with live.writing() as session:
            person(session, "adam").is_active = False
        all_end(streams)
        other.wait_until_at(live.head())

        assert not other.ended
        assert other.types() == []
    assert adam.get(LIST).status_code == 401


def test_a_stream_ends_when_its_session_expires(live: Server) -> None:
    staying, ending = live.client("bob"), live.client("bob")
    with live.writing() as session:
        newest_first = sa.select(UserSession).order_by(UserSession.created_at.desc())
        session.scalars(newest_first.limit(1)).one().expires_at = now() + timedelta(seconds=5)

    with Listener(staying, LIST) as stream, Listener(ending, LIST) as over:
        assert over.status == 200
        over.wait_for_end(seconds=15)

        assert not stream.ended
    assert ending.get(LIST).status_code == 401
    assert staying.get("/api/me").status_code == 200

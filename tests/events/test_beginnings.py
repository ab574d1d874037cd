"""What was before somebody was let in is not theirs, however old a cursor they show, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count

import httpx
import pytest

from punt.database import now
from punt.events.log import log
from punt.models import Membership, Project, Role, User
from tests.conftest import running_on
from tests.support.cast import PASSWORD
from tests.support.listener import Listener, Message
from tests.support.server import Server

_numbers = count()


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def live(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server whose streams show quickly that they are live."""
    folder = tmp_path_factory.mktemp("live") / "instance"
    with running_on(request.param, request, folder, 2, {"PUNT_STREAM_KEEPALIVE": "0.2"}) as server:
        yield server


@pytest.fixture
def key(live: Server) -> str:
    """A project of its own for a test, founded by Alice."""
    key = f"KEY{next(_numbers)}"
    with live.writing() as session:
        Project.create(session.query(User).filter_by(username="alice").one(), key=key, name=key)
    return key


@pytest.fixture(params=["/api/projects/{}/events", "/api/events?project={}", "/api/events?project=*"])
def path(request: pytest.FixtureRequest, key: str) -> str:
    """A stream that tells of the inside of the project."""
    return str(request.param).format(key)


def enrolled(live: Server, *, is_admin: bool = False) -> str:
    """Add somebody and return the username."""
    username = f"late{next(_numbers)}"
    with live.writing() as session:
        hashed = session.query(User).filter_by(username="bob").one().password_hash
        User.enrol(username=username, name="Late", email=None, password_hash=hashed, is_admin=is_admin)
    return username


def invite(live: Server, key: str, username: str) -> str:
    """Let somebody in, and return the membership's id."""
    answer = live.client("alice").post(f"/api/projects/{key}/members", json={"username": username, "role": "member"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def keep_a_secret(live: Server, key: str, word: str = "secret") -> None:
    """Write a ticket, replace what it says, and write one and delete it."""
    alice, tickets = live.client("alice"), f"/api/projects/{key}/tickets"
    kept, gone = (alice.post(tickets, json={"title": f"{word} {n}"}).json()["id"] for n in range(2))
    assert alice.patch(f"{tickets}/{kept}", json={"title": "plain"}).status_code == 200
    assert alice.delete(f"{tickets}/{gone}").status_code == 204


def beginning(live: Server) -> str:
    return f"{live.head().partition('-')[0]}-0"


def heard(live: Server, client: httpx.Client, path: str, cursor: str) -> list[Message]:
    """Go on from a place up to now, and return what came."""
    with Listener(client, path, last_event_id=cursor) as stream:
        return list(stream.wait_until_at(live.head(), seconds=20))


def resets(messages: list[Message]) -> list[str]:
    return [message["data"]["reason"] for message in messages if message["type"] == "stream.reset"]


def test_one_who_joins_later_is_reset_and_gets_no_earlier_events(live: Server, key: str, path: str) -> None:
    keep_a_secret(live, key)
    invite(live, key, "charlie")

    messages = heard(live, live.client("charlie"), path, beginning(live))

    assert resets(messages) == ["access"]
    assert "secret" not in str(messages)


def test_they_hear_what_happens_from_then_on(live: Server, key: str, path: str) -> None:
    keep_a_secret(live, key)
    invite(live, key, "charlie")
    joined = live.head()
    keep_a_secret(live, key, "news")

    messages = heard(live, live.client("charlie"), path, joined)

    assert resets(messages) == []
    assert [each["type"].partition(".")[2] for each in messages] == ["created", "created", "updated", "deleted"]


def test_one_who_was_listening_while_they_joined_is_not_reset(live: Server, key: str) -> None:
    keep_a_secret(live, key)
    charlie = live.client("charlie")
    with Listener(charlie, "/api/events?project=*") as before:
        before.wait_until_at(live.head())
        invite(live, key, "charlie")
        before.wait_for_end(seconds=20)
    keep_a_secret(live, key, "news")

    messages = heard(live, charlie, "/api/events?project=*", before.cursor or "")

    assert resets(messages) == []
    assert [*before.types(), *(each["type"] for each in messages)].count("project.created") == 1
    assert str(messages).count("news") > 1


def test_whoever_was_away_hears_nothing_of_meanwhile(live: Server, key: str, path: str) -> None:
    member, charlie = invite(live, key, "charlie"), live.client("charlie")
    place = live.head()
    live.client("alice").delete(f"/api/projects/{key}/members/{member}")
    keep_a_secret(live, key)
    invite(live, key, "charlie")

    messages = heard(live, charlie, path, place)

    assert resets(messages) == ["access"]
    assert "secret" not in str(messages)


def test_one_who_is_removed_and_let_in_at_once_hears_nothing_of_in_between(live: Server, key: str) -> None:
    invite(live, key, "charlie")
    place = live.head()
    with live.writing() as session:
        person = session.query(User).filter_by(username="charlie").one()
        project = session.query(Project).filter_by(key=key).one()
        session.delete(Membership.of(project.id, person.id))
    keep_a_secret(live, key)
    with live.writing() as session:
        Membership.add(
            session.query(Project).filter_by(key=key).one(),
            session.query(User).filter_by(username="charlie").one(),
            Role.VIEWER,
        )

    messages = heard(live, live.client("charlie"), f"/api/projects/{key}/events", place)

    assert "secret" not in str(messages)
    assert resets(messages) == ["access"]


def test_who_founded_it_hears_all_of_it(live: Server, key: str, path: str) -> None:
    start = live.head()
    keep_a_secret(live, key)

    messages = heard(live, live.client("alice"), path, start)

    assert resets(messages) == []
    assert str(messages).count("secret") > 1


@pytest.mark.parametrize("path", ["/api/projects/{}/events"], indirect=True)
def test_who_founded_it_may_go_on_from_the_very_beginning(live: Server, path: str, key: str) -> None:
    keep_a_secret(live, key)

    messages = heard(live, live.client("alice"), path, beginning(live))

    assert resets(messages) == []
    assert messages[0]["type"] == "member.created"


def test_another_role_is_no_beginning(live: Server, key: str, path: str) -> None:
    member = invite(live, key, "charlie")
    place = live.head()
    keep_a_secret(live, key)
    live.client("alice").patch(f"/api/projects/{key}/members/{member}", json={"role": "admin"})

    messages = heard(live, live.client("charlie"), path, place)

    assert resets(messages) == []
    assert str(messages).count("secret") > 1


def test_nothing_is_missed_where_nothing_happened_before(live: Server, key: str) -> None:
    place = live.head()
    invite(live, key, "charlie")
    keep_a_secret(live, key)

    messages = heard(live, live.client("charlie"), f"/api/projects/{key}/events", place)

    assert resets(messages) == []
    assert messages[0]["type"] == "member.created"


def test_a_new_account_hears_nothing_of_the_people_of_before(live: Server) -> None:
    live.client("bob").patch("/api/me", json={"name": "Bob Secret"})
    live.client("bob").patch("/api/me", json={"name": "Bob Keller"})
    username = enrolled(live)

    for path in ("/api/users/events", "/api/events", "/api/events?project=*"):
        messages = heard(live, live.client(username), path, beginning(live))
        assert (resets(messages), "Secret" in str(messages)) == (["access"], False), path


@pytest.mark.parametrize("path", ["/api/projects/events", "/api/events?project=*", "/api/projects/{}/events"])
def test_one_who_administers_hears_nothing_of_before(live: Server, key: str, path: str) -> None:
    username = enrolled(live)
    place = live.head()
    alice, sue = live.client("alice"), live.client("sue")
    alice.patch(f"/api/projects/{key}", json={"name": "secret"})
    alice.patch(f"/api/projects/{key}", json={"name": "plain"})
    keep_a_secret(live, key)
    account = sue.get("/api/admin/users", params={"q": username}).json()[0]["id"]
    assert sue.put(f"/api/admin/users/{account}/admin", json={"yourPassword": PASSWORD}).status_code == 200

    messages = heard(live, live.client(username), path.format(key), place)

    assert (resets(messages), "secret" in str(messages)) == (["access"], False)


def test_who_administers_no_longer_keeps_what_their_membership_gave(live: Server, key: str) -> None:
    username = enrolled(live)
    invite(live, key, username)
    place = live.head()
    keep_a_secret(live, key)
    for is_admin in (True, False):
        with live.writing() as session:
            session.query(User).filter_by(username=username).one().is_admin = is_admin

    messages = heard(live, live.client(username), f"/api/projects/{key}/events", place)

    assert (resets(messages), "secret" in str(messages)) == ([], True)


def test_one_who_was_disabled_hears_nothing_of_meanwhile(live: Server, key: str) -> None:
    username = enrolled(live)
    invite(live, key, username)
    place = live.head()
    for is_active in (False, True):
        with live.writing() as session:
            session.query(User).filter_by(username=username).one().is_active = is_active
        if not is_active:
            keep_a_secret(live, key)

    messages = heard(live, live.client(username), f"/api/projects/{key}/events", place)

    assert (resets(messages), "secret" in str(messages)) == (["access"], False)


def by_form(live: Server, key: str) -> None:
    form = {"username": "charlie", "role": "member"}
    assert live.client("alice").post(f"/projects/{key}/members", data=form).status_code == 302


def by_shell(live: Server, key: str) -> None:
    assert live.flask("member", "add", key, "charlie", "member").returncode == 0


@pytest.mark.parametrize("let_in", [by_form, by_shell])
def test_a_membership_begins_however_somebody_was_let_in(
    live: Server, key: str, let_in: Callable[[Server, str], None]
) -> None:
    keep_a_secret(live, key)
    let_in(live, key)

    messages = heard(live, live.client("charlie"), f"/api/projects/{key}/events", beginning(live))

    assert (resets(messages), "secret" in str(messages)) == (["access"], False)


def test_once_the_mark_is_pruned_nothing_of_before_is_left(live: Server, key: str) -> None:
    keep_a_secret(live, key)
    invite(live, key, "charlie")
    keep_a_secret(live, key, "news")
    with live.writing() as session:
        log.prune(session.connection(), older_than=now() - timedelta(days=1), keep=3, limit=100_000)

    messages = heard(live, live.client("charlie"), f"/api/projects/{key}/events", beginning(live))

    assert (resets(messages), "secret" in str(messages)) == (["expired"], False)

"""Who has a project open."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from punt.database import db, now, writing
from punt.events.log import LoggedEvent
from punt.models import PresenceLease, presence
from tests.support.board import HARB, column_ids, made, person, ticket
from tests.support.cast import PASSWORD

PRESENCE = f"{HARB}/presence"
There = list[tuple[str, list[str]]]


def stay(client: FlaskClient, tab: str = "one", *, ticket_id: str | None = None) -> TestResponse:
    """Report that a tab has the project open."""
    return client.put(PRESENCE, json={"ticketId": ticket_id}, headers={"X-Tab-Id": tab})


def leave(client: FlaskClient, tab: str = "one") -> None:
    """Report that a tab closes."""
    assert client.delete(PRESENCE, headers={"X-Tab-Id": tab}).status_code == 204


def there(data: Any) -> There:
    """Return the user names of everybody present, each with their tickets."""
    return [(each["username"], each["ticketIds"]) for each in data["people"]]


def told(app: Flask) -> list[There]:
    """Return all presence events so far."""
    with app.app_context():
        query = sa.select(LoggedEvent.message).where(LoggedEvent.type == "presence.changed")
        return [there(json.loads(text)["data"]) for text in db.session.scalars(query.order_by(LoggedEvent.position))]


def let_time_pass(app: Flask, seconds: float) -> None:
    """Make every lease older."""
    with app.app_context(), writing() as session:
        for lease in session.scalars(sa.select(PresenceLease)):
            lease.expires_at -= timedelta(seconds=seconds)


def ends(app: Flask) -> list[float]:
    """Return in how many seconds each lease expires."""
    with app.app_context():
        return sorted(
            round((end - now()).total_seconds()) for end in db.session.scalars(sa.select(PresenceLease.expires_at))
        )


def test_who_comes_is_told_who_is_there_and_the_others_hear_of_it(
    app: Flask, alice: FlaskClient, bob: FlaskClient
) -> None:
    first, second = stay(alice), stay(bob)

    assert there(first.json) == [("alice", [])]
    assert there(second.json) == [("alice", []), ("bob", [])]
    assert told(app) == [[("alice", [])], [("alice", []), ("bob", [])]]
    assert (second.json or {})["people"][1] == {
        "id": person(bob),
        "username": "bob",
        "name": "Bob Keller",
        "avatarColor": (bob.get("/api/me").json or {})["avatarColor"],
        "avatarUrl": None,
        "ticketIds": [],
    }


def test_renewing_is_no_news(app: Flask, alice: FlaskClient, bob: FlaskClient) -> None:
    stay(alice)
    stay(bob)
    let_time_pass(app, 20)

    answers = [stay(alice), stay(bob), stay(alice)]

    assert [there(answer.json) for answer in answers] == [[("alice", []), ("bob", [])]] * 3
    assert len(told(app)) == 2
    assert ends(app) == [45, 45]


def test_a_lease_that_is_fresh_is_not_written_again(app: Flask, alice: FlaskClient) -> None:
    stay(alice)
    let_time_pass(app, 5)

    stay(alice)

    assert ends(app) == [40]


def test_two_tabs_are_one_person_until_both_are_closed(app: Flask, bob: FlaskClient) -> None:
    stay(bob, "one")
    stay(bob, "two")
    leave(bob, "one")
    leave(bob, "one")
    assert told(app) == [[("bob", [])]]

    leave(bob, "two")

    assert told(app) == [[("bob", [])], []]


def test_a_ticket_open_for_editing_is_news_and_so_is_its_end(app: Flask, alice: FlaskClient, bob: FlaskClient) -> None:
    one, two = ticket(alice)["id"], ticket(alice)["id"]
    stay(alice)

    stay(bob, ticket_id=one)
    stay(bob, "two", ticket_id=two)
    stay(bob)

    assert told(app)[1:] == [[("alice", []), ("bob", tickets)] for tickets in ([one], [one, two], [two])]


def test_a_lease_that_was_not_given_back_ends_by_its_time(app: Flask, alice: FlaskClient, bob: FlaskClient) -> None:
    stay(bob)
    let_time_pass(app, 30)
    stay(alice)
    let_time_pass(app, 16)

    answer = stay(alice)

    assert there(answer.json) == [("alice", [])]
    assert told(app)[-1] == [("alice", [])]
    assert ends(app) == [45]


def test_who_comes_back_after_their_lease_ended_is_there_again_without_news(app: Flask, bob: FlaskClient) -> None:
    stay(bob)
    let_time_pass(app, 60)

    stay(bob)

    assert told(app) == [[("bob", [])]]
    assert ends(app) == [45]


def test_all_leases_of_a_session_end_with_it_and_no_others(
    app: Flask, alice: FlaskClient, bob: FlaskClient, sign_in: Callable[[str], FlaskClient]
) -> None:
    made(bob, "/api/projects", key="BOAT", name="Boat")
    elsewhere = sign_in("bob")
    stay(alice)
    stay(bob, "one")
    stay(bob, "two")
    bob.put("/api/projects/BOAT/presence", json={}, headers={"X-Tab-Id": "three"})
    stay(elsewhere, "four", ticket_id=(one := ticket(alice)["id"]))
    before = len(told(app))

    bob.post("/api/auth/logout")
    assert len(ends(app)) == 2
    assert told(app)[before:] == [[]]
    elsewhere.post("/logout")

    assert told(app)[before + 1 :] == [[("alice", [])]]
    assert one not in str(stay(alice).json)


@pytest.mark.parametrize("how", ["ended elsewhere", "a new password", "disabled", "deleted", "another signs in"])
def test_whichever_way_a_session_ends_its_person_is_gone(
    how: str, app: Flask, alice: FlaskClient, bob: FlaskClient, sign_in: Callable[[str], FlaskClient]
) -> None:
    elsewhere, sue, path = sign_in("bob"), sign_in("sue"), f"/api/admin/users/{person(bob)}"
    stay(alice)
    stay(bob)

    answer = {
        "ended elsewhere": lambda: elsewhere.delete("/api/me/sessions"),
        "a new password": lambda: elsewhere.patch(
            "/api/me/password", json={"currentPassword": PASSWORD, "newPassword": "a mast and three sails"}
        ),
        "disabled": lambda: sue.patch(path, json={"isActive": False}),
        "deleted": lambda: sue.delete(path, json={"yourPassword": PASSWORD}),
        "another signs in": lambda: bob.post("/api/auth/login", json={"username": "alice", "password": PASSWORD}),
    }[how]()

    assert answer.status_code in {200, 204}, answer.json
    assert told(app)[-1] == [("alice", [])]


def test_a_tab_belongs_to_who_signed_in_last(
    app: Flask, bob: FlaskClient, sign_in: Callable[[str], FlaskClient]
) -> None:
    again = sign_in("bob")
    stay(bob)
    stay(again)

    bob.post("/api/auth/logout")

    assert ends(app) == [45]


def test_a_program_stays_until_its_lease_ends(app: Flask, bob: FlaskClient) -> None:
    secret = made(bob, "/api/me/tokens", name="Robot", scope="write")["token"]
    bearer = {"Authorization": f"Bearer {secret}", "X-Tab-Id": "robot"}
    assert app.test_client().put(PRESENCE, json={}, headers=bearer).status_code == 200

    bob.post("/api/auth/logout")

    assert ends(app) == [45]


def test_a_viewer_and_a_system_admin_are_there_too(sign_in: Callable[[str], FlaskClient]) -> None:
    stay(sign_in("vera"))

    assert there(stay(sign_in("sue")).json) == [("sue", []), ("vera", [])]


def test_only_tickets_of_the_project_are_open_there(bob: FlaskClient) -> None:
    made(bob, "/api/projects", key="BOAT", name="Boat")
    [foreign] = [made(bob, "/api/projects/BOAT/tickets", title="Foreign")["id"]]

    answers = [stay(bob, ticket_id=each).json for each in (foreign, "nothing")]

    assert [there(answer) for answer in answers] == [[("bob", [])]] * 2


def test_each_project_has_its_own(bob: FlaskClient) -> None:
    made(bob, "/api/projects", key="BOAT", name="Boat")
    stay(bob)
    bob.put("/api/projects/BOAT/presence", json={}, headers={"X-Tab-Id": "one"})
    leave(bob)

    assert there(bob.put("/api/projects/BOAT/presence", json={}).json) == [("bob", [])]


def test_leases_go_with_their_project_and_a_ticket_that_goes_is_open_no_more(
    app: Flask, alice: FlaskClient, bob: FlaskClient
) -> None:
    gone = ticket(alice, columnId=column_ids(alice)[0])["id"]
    stay(bob, ticket_id=gone)

    alice.delete(f"{HARB}/tickets/{gone}")
    assert there(stay(alice).json)[1] == ("bob", [])
    alice.delete(HARB)

    assert ends(app) == []


def test_changes_are_limited_for_each_person(
    app: Flask, alice: FlaskClient, bob: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "CHANGES", 3)
    one = ticket(alice)["id"]

    statuses = [stay(bob, ticket_id=each).status_code for each in (one, None, one, None)]

    assert statuses == [200, 200, 200, 429]
    assert len(told(app)) == 3
    assert stay(bob, ticket_id=one).status_code == 200
    assert stay(alice).status_code == 200

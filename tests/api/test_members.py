"""Members in the API."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
from flask import Flask
from flask.testing import FlaskClient

from punt.database import db, writing
from punt.models import User
from tests.support.board import HARB, fields, made, nothing_changes, shown, ticket
from tests.support.cast import ROLES, enrol
from tests.support.patterns import ID, Like

MEMBERS = f"{HARB}/members"
MANAGERS = {"owner": ("alice", "sue"), "admin": ("alice", "sue", "adam")}
"""Who manages owners, and who everybody below them."""
INSIDE = ["alice", "adam", "bob", "vera", "sue"]

SignIn = Callable[[str], FlaskClient]


def member_id(client: FlaskClient, username: str) -> str:
    """Return the id of somebody's membership of the project."""
    return next(str(each["id"]) for each in client.get(MEMBERS).json or () if each["user"]["username"] == username)


def roles(client: FlaskClient) -> dict[str, str]:
    """Return everybody's role."""
    return {each["user"]["username"]: each["role"] for each in client.get(MEMBERS).json or ()}


def managers(*several: str) -> tuple[str, ...]:
    return MANAGERS["owner" if "owner" in several else "admin"]


def test_the_members_are_listed_by_name_with_their_roles(bob: FlaskClient) -> None:
    members = bob.get(f"{HARB}/members").json or []

    assert [(each["user"]["username"], each["role"]) for each in members] == [
        ("adam", "admin"),
        ("alice", "owner"),
        ("bob", "member"),
        ("vera", "viewer"),
    ]
    assert members[2] == {
        "id": ID,
        "role": "member",
        "user": {
            "id": ID,
            "username": "bob",
            "name": "Bob Keller",
            "avatarColor": Like("#[0-9a-f]{6}"),
            "avatarUrl": None,
        },
    }


def test_one_who_is_let_in_has_the_project_among_theirs(alice: FlaskClient, charlie: FlaskClient) -> None:
    member = made(alice, MEMBERS, username=" Charlie ", role="Viewer")

    assert member | {"user": member["user"]["username"]} == {"id": ID, "role": "viewer", "user": "charlie"}
    assert [each["key"] for each in charlie.get("/api/projects").json or ()] == ["HARB"]


def test_one_who_is_in_already_is_said_to_be(app: Flask, alice: FlaskClient) -> None:
    with nothing_changes(app):
        answer = alice.post(MEMBERS, json={"username": "BOB", "role": "admin"})

    assert (answer.status_code, fields(answer)) == (409, ["username"])
    assert (answer.json or {})["error"] == "Bob Keller is in this project already."


def test_whoever_cannot_sign_in_cannot_be_let_in(app: Flask, alice: FlaskClient) -> None:
    enrol(app, "gone")
    with app.app_context(), writing():
        left = User.named("gone")
        assert left
        left.is_active = False

    with nothing_changes(app):
        answer = alice.post(MEMBERS, json={"username": "gone", "role": "member"})

    assert (answer.status_code, answer.json) == (
        400,
        {
            "error": "username: There is nobody called gone.",
            "details": [{"field": "username", "message": "There is nobody called gone."}],
        },
    )


@pytest.mark.parametrize("who", INSIDE)
def test_who_may_let_in_and_remove_whom(sign_in: SignIn, who: str) -> None:
    client, sue = sign_in(who), sign_in("sue")

    for role in ROLES.values():
        entered = client.post(MEMBERS, json={"username": "charlie", "role": role})
        if entered.status_code != 201:
            made(sue, MEMBERS, username="charlie", role=role)
        place = f"{MEMBERS}/{member_id(sue, 'charlie')}"
        removed = client.delete(place)

        may = who in managers(role)
        assert (role, entered.status_code, removed.status_code) == (role, *((201, 204) if may else (403, 403)))
        assert ("charlie" in roles(sue)) == (not may)
        sue.delete(place)


@pytest.mark.parametrize("who", INSIDE)
def test_who_may_give_whom_which_role(sign_in: SignIn, who: str) -> None:
    client, sue = sign_in(who), sign_in("sue")
    member = made(sue, MEMBERS, username="charlie", role="viewer")

    for whom, role in product(ROLES.values(), ROLES.values()):
        sue.patch(f"{MEMBERS}/{member['id']}", json={"role": whom})
        answer = client.patch(f"{MEMBERS}/{member['id']}", json={"role": role})

        may = who in managers(whom, role)
        assert (whom, role, answer.status_code) == (whom, role, 200 if may else 403)
        assert roles(sue)["charlie"] == (role if may else whom)


@pytest.mark.parametrize("who", ["adam", "bob", "vera"])
def test_everybody_may_leave(sign_in: SignIn, who: str) -> None:
    client = sign_in(who)

    answer = client.delete(f"{MEMBERS}/{member_id(client, who)}")

    assert (answer.status_code, client.get(HARB).status_code) == (204, 404)


@pytest.mark.parametrize("who", ["bob", "vera", "adam"])
def test_nobody_raises_themselves(app: Flask, sign_in: SignIn, who: str) -> None:
    client = sign_in(who)
    own = member_id(client, who)

    with nothing_changes(app):
        answer = client.patch(f"{MEMBERS}/{own}", json={"role": "owner"})

    assert answer.status_code == 403


@pytest.mark.parametrize("who", ["alice", "sue"])
def test_the_last_owner_is_kept(app: Flask, sign_in: SignIn, who: str) -> None:
    client = sign_in(who)
    owner = member_id(client, "alice")

    with nothing_changes(app):
        answers = [client.delete(f"{MEMBERS}/{owner}"), client.patch(f"{MEMBERS}/{owner}", json={"role": "admin"})]

    assert [(answer.status_code, answer.json) for answer in answers] == [
        (409, {"error": "A project keeps at least one owner."})
    ] * 2


def test_an_owner_may_leave_when_there_is_another(alice: FlaskClient, charlie: FlaskClient) -> None:
    made(alice, MEMBERS, username="charlie", role="owner")

    assert alice.delete(f"{MEMBERS}/{member_id(alice, 'alice')}").status_code == 204
    assert roles(charlie) == {"adam": "admin", "bob": "member", "charlie": "owner", "vera": "viewer"}
    assert charlie.delete(f"{MEMBERS}/{member_id(charlie, 'charlie')}").status_code == 409


def test_a_role_that_one_has_already_changes_nothing(app: Flask, alice: FlaskClient) -> None:
    same = {username: member_id(alice, username) for username in ROLES}

    with nothing_changes(app):
        answers = [
            alice.patch(f"{MEMBERS}/{same[username]}", json={"role": role.value}) for username, role in ROLES.items()
        ]

    assert [answer.status_code for answer in answers] == [200] * 4


def test_tickets_keep_the_name_of_one_who_was_removed(alice: FlaskClient, bob: FlaskClient) -> None:
    bobs = (bob.get("/api/me").json or {})["id"]
    one = ticket(alice, assigneeId=bobs)

    alice.delete(f"{MEMBERS}/{member_id(alice, 'bob')}")

    assert shown(alice, one["id"])["assigneeId"] == bobs


def test_one_who_was_removed_is_not_seen_there_any_more(app: Flask, alice: FlaskClient, bob: FlaskClient) -> None:
    for client in (alice, bob):
        client.put(f"{HARB}/presence", json={"ticketId": None}, headers={"X-Tab-Id": "here"})

    alice.delete(f"{MEMBERS}/{member_id(alice, 'bob')}")

    with app.app_context():
        assert db.session.execute(db.text("SELECT count(*) FROM presence_lease")).scalar() == 1


def test_a_member_of_another_project_is_not_found(app: Flask, alice: FlaskClient) -> None:
    made(alice, "/api/projects", key="BOAT", name="Boats")
    foreign = (alice.get("/api/projects/BOAT/members").json or [])[0]["id"]

    with nothing_changes(app):
        answers = [alice.patch(f"{MEMBERS}/{foreign}", json={"role": "admin"}), alice.delete(f"{MEMBERS}/{foreign}")]

    assert [(answer.status_code, answer.json) for answer in answers] == [(404, {"error": "Member not found."})] * 2

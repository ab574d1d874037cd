"""Your own profile in the API."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from punt.services import profile
from tests.support.board import fields, nothing_changes
from tests.support.cast import PASSWORD, signed_in

NEW = "four unrelated words"


def change_password(client: FlaskClient, current: str = PASSWORD, new: str = NEW) -> Any:
    """Ask for a new password."""
    return client.patch("/api/me/password", json={"currentPassword": current, "newPassword": new})


def login(app: Flask, password: str) -> FlaskClient | None:
    """Sign Bob in with a new browser, or not."""
    client = app.test_client()
    answer = client.post("/api/auth/login", json={"username": "bob", "password": password})
    return client if answer.status_code == 200 else None


def test_a_profile_is_changed_field_by_field(bob: FlaskClient) -> None:
    before = bob.get("/api/me").json or {}
    wanted = {"name": "Robert", "email": "robert@example.org", "avatarColor": "#0f7b4d"}

    for name, value in wanted.items():
        bob.patch("/api/me", json={name: value})

    assert bob.get("/api/me").json == before | wanted


def test_an_email_is_optional_and_freed_when_taken_away(bob: FlaskClient, charlie: FlaskClient) -> None:
    removed = bob.patch("/api/me", json={"email": None}).json or {}
    taken_over = charlie.patch("/api/me", json={"email": "BOB@example.org"}).json or {}

    assert (removed["email"], taken_over["email"]) == (None, "bob@example.org")


def test_an_email_is_unique_whatever_the_case(app: Flask, bob: FlaskClient) -> None:
    with nothing_changes(app):
        answer = bob.patch("/api/me", json={"email": "Alice@Example.org", "name": "Robert"})

    assert (answer.status_code, fields(answer)) == (409, ["email"])


@pytest.fixture
def limited(limited: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """An app with rate limits, and few attempts for emails."""
    monkeypatch.setattr(profile, "TRIES", 2)
    return limited


def test_nobody_tries_emails_for_ever_to_learn_who_is_here(limited: Flask) -> None:
    bob, charlie = signed_in(limited, "bob"), signed_in(limited, "charlie")
    known = {"email": "alice@example.org"}

    tried = [bob.patch("/api/me", json=known), bob.post("/profile", data=known)]
    refused = [
        bob.patch("/api/me", json=known),
        bob.patch("/api/me", json={"email": "nobody@example.org"}),
        bob.post("/profile", data=known),
    ]
    others = charlie.patch("/api/me", json=known)

    assert [answer.status_code for answer in tried] == [409, 409]
    assert [answer.status_code for answer in refused] == [429] * 3
    assert all(0 < int(answer.headers["Retry-After"]) <= profile.WINDOW for answer in refused)
    assert "Too many tries" in refused[2].text
    assert others.status_code == 409


def test_what_is_no_other_email_is_not_counted(limited: Flask) -> None:
    bob = signed_in(limited, "bob")
    own = {"name": "Robert", "email": "bob@example.org"}

    pages = [bob.post("/profile", data=own) for _ in range(4)]
    calls = [bob.patch("/api/me", json=body) for body in (own, {"name": "Bob"}, {"email": None})]

    assert [answer.status_code for answer in (*pages, *calls)] == [302] * 4 + [200] * 3


def test_keeping_what_is_there_changes_nothing(app: Flask, bob: FlaskClient) -> None:
    own = bob.get("/api/me").json or {}
    same = {name: own[name] for name in ("name", "email", "avatarColor")}

    with nothing_changes(app):
        answers = [bob.patch("/api/me", json=body) for body in ({}, same)]

    assert [answer.json for answer in answers] == [own, own]


def test_a_new_password_works_and_the_old_one_does_not(app: Flask, bob: FlaskClient) -> None:
    answer = change_password(bob)

    assert (answer.status_code, answer.data) == (204, b"")
    assert login(app, NEW)
    assert not login(app, PASSWORD)


def test_a_new_password_ends_all_other_sessions_of_that_person(
    app: Flask, alice: FlaskClient, bob: FlaskClient
) -> None:
    other = login(app, PASSWORD)
    assert other

    change_password(bob)

    statuses = [client.get("/api/me").status_code for client in (bob, other, alice)]
    assert statuses == [200, 401, 200]


def test_a_password_is_changed_only_by_who_knows_it(app: Flask, bob: FlaskClient) -> None:
    with nothing_changes(app):
        answer = change_password(bob, current="not the password")

    assert answer.status_code == 400
    assert answer.json["details"] == [{"field": "currentPassword", "message": "This is not your password."}]
    assert bob.get("/api/me").status_code == 200


@pytest.mark.parametrize("new", ["short words", "password1234", "aaaabbbbcccc", "qwertyuiop12"])
def test_a_weak_password_is_refused(app: Flask, bob: FlaskClient, new: str) -> None:
    with nothing_changes(app):
        answer = change_password(bob, new=new)

    assert (answer.status_code, fields(answer)) == (400, ["newPassword"])

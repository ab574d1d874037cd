"""Setting up, signing in and out, and the session probe in the API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.board import nothing_changes
from tests.support.cast import PASSWORD, PEOPLE
from tests.support.patterns import ID, TIMESTAMP, Like

SETUP, LOGIN, LOGOUT, SESSION = (f"/api/auth/{name}" for name in ("setup", "login", "logout", "session"))
FIRST = {"username": "Eve", "name": "Eve First", "password": PASSWORD}


def login(app: Flask, username: Any, password: Any = PASSWORD) -> tuple[FlaskClient, Any]:
    """Try to sign in with a new browser."""
    client = app.test_client()
    return client, client.post(LOGIN, json={"username": username, "password": password})


def test_the_first_admin_is_made_once_and_signed_in(empty_app: Flask) -> None:
    client = empty_app.test_client()
    before = client.get(SETUP).json

    answer = client.post(SETUP, json=FIRST | {"email": "Eve@Example.org"})

    assert (before, client.get(SETUP).json) == ({"hasUsers": False}, {"hasUsers": True})
    assert answer.status_code == 201
    assert (answer.json or {})["user"] == {
        "id": ID,
        "username": "Eve",
        "name": "Eve First",
        "avatarColor": Like("#[0-9a-f]{6}"),
        "avatarUrl": None,
        "email": "eve@example.org",
        "language": None,
        "isAdmin": True,
        "createdAt": TIMESTAMP,
    }
    assert (client.get("/api/me").json or {}) == (answer.json or {})["user"]


def test_setting_up_a_second_time_is_403(empty_app: Flask) -> None:
    empty_app.test_client().post(SETUP, json=FIRST)

    with nothing_changes(empty_app):
        answer = empty_app.test_client().post(SETUP, json=FIRST | {"username": "mallory"})

    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers
    assert login(empty_app, "mallory")[1].status_code == 401


def test_registration_is_off(app: Flask) -> None:
    with nothing_changes(app):
        answer = app.test_client().post("/api/auth/register", json=FIRST)

    assert answer.status_code == 403


@pytest.mark.parametrize(
    "name", ["bob", "BOB", "bob@example.org", "Bob@Example.ORG", " bob ", "\tbob@example.org\u00a0"]
)
def test_one_signs_in_by_user_name_or_email_in_any_case_and_with_blanks_around(app: Flask, name: str) -> None:
    client, answer = login(app, name)

    assert (answer.status_code, answer.json["user"]["username"]) == (200, "bob")
    assert client.get("/api/me").json == answer.json["user"]
    assert not {"password", "passwordHash", "password_hash"} & answer.json["user"].keys()


def test_a_failed_sign_in_says_nothing_of_who_exists(app: Flask) -> None:
    answers = [login(app, name, "not the password")[1] for name in ("bob", "nobody", "bob@example.org", "no@body.org")]

    assert {answer.status_code for answer in answers} == {401}
    assert {answer.text for answer in answers} == {'{"error":"Username or password is wrong."}\n'}
    assert all("Set-Cookie" not in answer.headers for answer in answers)


@pytest.mark.parametrize("password", [PASSWORD.upper(), PASSWORD + " ", " " + PASSWORD, PASSWORD[:-1], "\0"])
def test_a_password_is_compared_as_typed(app: Flask, password: str) -> None:
    assert login(app, "bob", password)[1].status_code == 401


def test_an_email_is_no_user_name_of_somebody_without_one(empty_app: Flask) -> None:
    empty_app.test_client().post(SETUP, json=FIRST)

    assert login(empty_app, "eve@example.org")[1].status_code == 401


def test_the_session_probe_is_always_200(app: Flask, bob: FlaskClient) -> None:
    nobody, garbled = app.test_client(), app.test_client()
    garbled.set_cookie(app.config["SESSION_COOKIE_NAME"], "garbage")

    signed_in = bob.get(SESSION).json or {}

    assert [(each.get(SESSION).status_code, each.get(SESSION).json) for each in (nobody, garbled)] == [(200, {})] * 2
    assert signed_in["user"] == bob.get("/api/me").json
    assert signed_in["expires"] == TIMESTAMP


def test_a_session_lasts_as_long_as_the_setting_says(app: Flask) -> None:
    client, _ = login(app, "bob")

    expires = datetime.fromisoformat((client.get(SESSION).json or {})["expires"])

    assert timedelta(days=29) < expires - datetime.now(UTC) <= timedelta(days=30)


def test_signing_out_ends_the_session_and_not_only_the_cookie(app: Flask) -> None:
    client, _ = login(app, "bob")
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = client.get_cookie(name)
    assert cookie

    answer = client.post(LOGOUT)

    thief = app.test_client()
    thief.set_cookie(name, cookie.value)
    assert (answer.status_code, answer.data) == (204, b"")
    assert [each.get("/api/me").status_code for each in (client, thief)] == [401, 401]
    assert thief.get(SESSION).json == {}


def test_signing_out_without_a_session_is_fine(app: Flask) -> None:
    assert app.test_client().post(LOGOUT).status_code == 204


def test_signing_out_leaves_other_browsers_signed_in(app: Flask) -> None:
    one, other = login(app, "bob")[0], login(app, "bob")[0]

    one.post(LOGOUT)

    assert (one.get("/api/me").status_code, other.get("/api/me").status_code) == (401, 200)


def test_signing_in_as_somebody_else_changes_who_one_is(app: Flask) -> None:
    client, _ = login(app, "bob")

    client.post(LOGIN, json={"username": "alice", "password": PASSWORD})

    assert (client.get("/api/me").json or {})["username"] == "alice"


def test_everybody_of_the_cast_can_sign_in(app: Flask) -> None:
    assert [login(app, name)[1].json["user"]["name"] for name in PEOPLE] == list(PEOPLE.values())

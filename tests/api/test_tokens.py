"""API tokens: what they give access to, what not, and how they end."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from punt.access.last_used import COARSE, uses
from punt.database import db, now, writing
from punt.models import ApiToken, User
from punt.models.api_token import MOST
from tests.support.board import HARB, TICKETS, Json, fields, made, nothing_changes, ticket
from tests.support.cast import PASSWORD, signed_in
from tests.support.patterns import ID, TIMESTAMP
from tests.support.pictures import PICTURE
from tests.support.routes import ADMINS, ROUTES, Route, things_of

ADDRESS = "/api/me/tokens"
NO_TOKENS = ["", "x", "punt_", "punt_" + "0" * 64, "punt_" + "x" * 10_000, "ü", "%00", "a b"]
IN_PERSON = [
    route for route in ROUTES if route.rule.startswith(("/api/me/tokens", "/api/me/sessions", "/api/me/password"))
]
READING = [route for route in ROUTES if not route.writes and route not in IN_PERSON and route.who != ADMINS]
WRITING = [route for route in ROUTES if route.writes and not route.rule.startswith("/api/auth")]


def bearer(app: Flask, secret: str, scheme: str = "Bearer") -> FlaskClient:
    """Return a program that presents a token and has no cookie."""
    client = app.test_client(use_cookies=False)
    client.environ_base["HTTP_AUTHORIZATION"] = f"{scheme} {secret}"
    return client


def issue(client: FlaskClient, scope: str = "write", **more: Any) -> Json:
    """Let somebody create a token for themselves."""
    return made(client, ADDRESS, name="A program", scope=scope, **more)


def change(app: Flask, statement: Any) -> None:
    """Change the database behind the app's back."""
    with app.app_context(), writing() as session:
        session.execute(statement)


@pytest.fixture
def token(bob: FlaskClient) -> Json:
    return issue(bob)


@pytest.fixture
def program(app: Flask, token: Json) -> FlaskClient:
    """A program of Bob's that may write."""
    return bearer(app, token["token"])


@pytest.fixture
def reader(app: Flask, bob: FlaskClient) -> FlaskClient:
    """A program of Bob's that may only read."""
    return bearer(app, issue(bob, "read")["token"])


def test_a_token_is_told_once_and_kept_as_a_hash(app: Flask, bob: FlaskClient) -> None:
    answer = made(bob, ADDRESS, name=" Nightly report ", expiresInDays=30.0)

    told = {"name": "Nightly report", "scope": "read", "createdAt": TIMESTAMP, "expiresAt": TIMESTAMP, "usedAt": None}
    assert answer == {"id": ID, **told, "token": answer["token"]}
    assert bob.get(ADDRESS).json == [{name: answer[name] for name in answer if name != "token"}]
    with app.app_context():
        kept = db.session.scalars(sa.select(ApiToken.hash)).all()
        assert timedelta(days=29) < db.session.scalars(sa.select(ApiToken.expires_at)).one() - now()  # type: ignore[operator]
    assert kept == [hashlib.sha256(answer["token"].encode()).hexdigest()]


def test_tokens_differ_and_can_be_searched_for(bob: FlaskClient) -> None:
    tokens = {issue(bob)["token"] for _ in range(5)}

    assert len(tokens) == 5
    assert all(len(each) == 69 and each.startswith("punt_") and int(each[5:], 16) for each in tokens)


@pytest.mark.parametrize(
    "body",
    [
        {"name": ""},
        {"name": "x" * 51},
        {"name": "a\nb"},
        {"name": None},
        {"name": "x", "scope": "admin"},
        {"name": "x", "scope": None},
        {"name": "x", "scope": ["read", "write"]},
        {"name": "x", "expiresInDays": 0},
        {"name": "x", "expiresInDays": -1},
        {"name": "x", "expiresInDays": 3651},
        {"name": "x", "expiresInDays": 1.5},
        {"name": "x", "expiresInDays": True},
        {"name": "x", "expiresInDays": 10**30},
        {"name": "x", "token": "mine"},
        {"name": "x", "userId": "somebody"},
    ],
    ids=str,
)
def test_a_token_that_is_wrongly_asked_for_is_refused(app: Flask, bob: FlaskClient, body: Json) -> None:
    with nothing_changes(app):
        answer = bob.post(ADDRESS, json=body)

    assert (answer.status_code, fields(answer)) == (400, [list(body)[-1]])


def test_nobody_has_more_than_fifty(app: Flask, bob: FlaskClient, charlie: FlaskClient) -> None:
    last = [issue(bob) for _ in range(MOST)][-1]

    with nothing_changes(app):
        refused = bob.post(ADDRESS, json={"name": "x"})
    other = charlie.post(ADDRESS, json={"name": "x"})
    bob.delete(f"{ADDRESS}/{last['id']}")

    assert (refused.status_code, other.status_code) == (409, 201)
    assert refused.json == {"error": "You have 50 API tokens. End one that you no longer need."}
    assert bob.post(ADDRESS, json={"name": "x"}).status_code == 201


def test_a_program_is_its_person(bob: FlaskClient, program: FlaskClient) -> None:
    one = ticket(program, "From a program")

    assert program.get("/api/me").json == bob.get("/api/me").json
    assert one["creatorId"] == (bob.get("/api/me").json or {})["id"]
    assert program.get("/api/auth/session").json == {"user": bob.get("/api/me").json, "expires": None}
    assert program.delete(HARB).status_code == 403


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer "])
def test_the_schemes_case_does_not_matter(app: Flask, token: Json, scheme: str) -> None:
    assert bearer(app, token["token"], scheme).get("/api/me").status_code == 200


def test_what_a_program_does_carries_its_persons_name(app: Flask, bob: FlaskClient, program: FlaskClient) -> None:
    ticket(program)

    with app.app_context():
        message = db.session.scalar(sa.text("SELECT message FROM event_log ORDER BY position DESC LIMIT 1"))
    assert f'"actorId":"{(bob.get("/api/me").json or {})["id"]}"' in message


@pytest.mark.parametrize("route", READING, ids=str)
def test_a_program_that_may_read_reads(app: Flask, sign_in: Callable[[str], FlaskClient], route: Route) -> None:
    program = bearer(app, issue(sign_in("alice"), "read")["token"])

    answer = route.ask(program, things_of(sign_in("alice")), method="HEAD" if route.stream else route.method)

    assert answer.status_code == route.status


@pytest.mark.parametrize("route", WRITING, ids=str)
def test_a_program_that_may_only_read_changes_nothing(app: Flask, alice: FlaskClient, route: Route) -> None:
    program, things = bearer(app, issue(alice, "read")["token"]), things_of(alice)

    with nothing_changes(app):
        answer = route.ask(program, things)

    assert (answer.status_code, answer.json) == (403, {"error": "This API token may only read."})


@pytest.mark.parametrize("route", IN_PERSON, ids=str)
def test_a_program_makes_no_tokens_and_changes_no_password(app: Flask, alice: FlaskClient, route: Route) -> None:
    program, things = bearer(app, issue(alice)["token"]), things_of(alice)

    with nothing_changes(app):
        answer = route.ask(program, things)

    assert (answer.status_code, answer.json) == (
        403,
        {"error": "An API token may not do this. Sign in with a browser."},
    )


@pytest.mark.parametrize("path", ["/api/admin", "/api/admin/users", "/api/admin/anything"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_not_even_a_system_admins_program_administers(
    app: Flask, sign_in: Callable[[str], FlaskClient], path: str, method: str
) -> None:
    program = bearer(app, issue(sign_in("sue"))["token"])

    assert program.get(HARB).status_code == 200
    assert program.open(path, method=method).status_code == 403


@pytest.mark.parametrize("path", ["/", "/profile", "/projects/HARB/board", "/admin"])
def test_a_token_opens_no_page(program: FlaskClient, path: str) -> None:
    answer = program.get(path)

    assert answer.status_code in {302, 404}
    assert answer.headers.get("Location", "/login").startswith("/login")


def test_a_token_opens_pictures(app: Flask, program: FlaskClient, reader: FlaskClient) -> None:
    address = (program.put("/api/me/picture", data=PICTURE).json or {})["avatarUrl"]

    assert (program.get(address).status_code, reader.get(address).status_code) == (200, 200)
    assert bearer(app, "x").get(address).status_code == 401


@pytest.mark.parametrize("secret", NO_TOKENS)
def test_a_wrong_token_is_401_even_where_a_cookie_would_do(app: Flask, bob: FlaskClient, secret: str) -> None:
    header = {"Authorization": f"Bearer {secret}".encode().decode("latin-1")}

    with nothing_changes(app):
        answers = [
            app.test_client().get("/api/me", headers=header),
            bob.get("/api/me", headers=header),
            bob.post(TICKETS, json={"title": "x"}, headers=header),
            bob.get("/api/auth/setup", headers=header),
            bob.get("/api/events", headers=header),
        ]

    for answer in answers:
        assert (answer.status_code, answer.json) == (401, {"error": "This API token is wrong, or has ended."})
        assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def test_who_shows_nothing_is_told_how_to(app: Flask) -> None:
    answer = app.test_client().get("/api/me")

    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_another_scheme_is_not_looked_at(app: Flask, bob: FlaskClient, token: Json) -> None:
    for scheme in ("Basic", "Token", "Bearerx"):
        assert bob.get("/api/me", headers={"Authorization": f"{scheme} {token['token']}"}).status_code == 200
        assert bearer(app, token["token"], scheme).get("/api/me").status_code == 401


def test_where_a_token_is_shown_the_cookie_does_not_count(app: Flask, alice: FlaskClient, token: Json) -> None:
    header = {"Authorization": f"Bearer {token['token']}"}

    assert (alice.get("/api/me", headers=header).json or {})["username"] == "bob"


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://tools.example"}], ids=str)
def test_a_program_on_another_site_may_write(alice: FlaskClient, program: FlaskClient, headers: dict[str, str]) -> None:
    assert program.post(TICKETS, json={"title": "x"}, headers=headers).status_code == 201
    assert alice.post(TICKETS, json={"title": "x"}, headers=headers).status_code == 403


def test_no_cookie_is_given_to_a_program(program: FlaskClient) -> None:
    assert not program.get("/api/me").headers.getlist("Set-Cookie")


def test_a_token_is_ended_by_its_person_only(app: Flask, bob: FlaskClient, alice: FlaskClient, token: Json) -> None:
    with nothing_changes(app):
        foreign, unknown = (alice.delete(f"{ADDRESS}/{each}") for each in (token["id"], "nobodys"))

    ended = bob.delete(f"{ADDRESS}/{token['id']}")

    assert (foreign.status_code, foreign.json) == (404, unknown.json)
    assert (ended.status_code, bob.get(ADDRESS).json) == (204, [])


def test_an_ended_token_opens_nothing(app: Flask, bob: FlaskClient, program: FlaskClient, token: Json) -> None:
    bob.delete(f"{ADDRESS}/{token['id']}")

    with nothing_changes(app):
        statuses = [program.get("/api/me").status_code, program.post(TICKETS, json={"title": "x"}).status_code]
    assert statuses == [401, 401]


def test_an_expired_token_opens_nothing_and_is_still_listed(app: Flask, bob: FlaskClient, program: FlaskClient) -> None:
    change(app, sa.update(ApiToken).values(expires_at=now() - timedelta(milliseconds=1)))

    assert program.get("/api/me").status_code == 401
    assert len(bob.get(ADDRESS).json or []) == 1


def test_a_disabled_persons_tokens_open_nothing(app: Flask, program: FlaskClient) -> None:
    change(app, sa.update(User).where(User.username_key == "bob").values(is_active=False))

    assert program.get("/api/me").status_code == 401


def test_a_new_password_ends_all_tokens(app: Flask, bob: FlaskClient, alice: FlaskClient, program: FlaskClient) -> None:
    other = bearer(app, issue(alice)["token"])

    bob.patch("/api/me/password", json={"currentPassword": PASSWORD, "newPassword": "four unrelated words"})

    assert (program.get("/api/me").status_code, bob.get(ADDRESS).json) == (401, [])
    assert other.get("/api/me").status_code == 200


def test_signing_out_ends_no_token(app: Flask, bob: FlaskClient, program: FlaskClient) -> None:
    bob.delete("/api/me/sessions")
    bob.post("/api/auth/logout")

    assert program.get("/api/me").status_code == 200
    assert len(signed_in(app, "bob").get(ADDRESS).json or []) == 1


def test_its_last_use_is_written_down_later_and_coarsely(app: Flask, bob: FlaskClient, program: FlaskClient) -> None:
    def used() -> Any:
        return (bob.get(ADDRESS).json or [])[0]["usedAt"]

    def written() -> Any:
        with app.app_context():
            uses().write()
        return used()

    program.get("/api/me")
    at_once, first = used(), written()
    program.get("/api/me")
    again = written()
    change(app, sa.update(ApiToken).values(used_at=now() - COARSE))
    program.post(TICKETS, json={"title": "x"})

    assert (at_once, first, again) == (None, TIMESTAMP, first)
    assert written() > again

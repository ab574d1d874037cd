"""Where you are signed in, in the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import gevent
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from punt.access.last_used import COARSE, uses
from punt.database import db, now, writing
from punt.models import UserSession
from tests.conftest import put_away
from tests.support.board import nothing_changes
from tests.support.cast import PASSWORD

ADDRESS = "/api/me/sessions"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0"
SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15"


def enter(app: Flask, agent: str, address: str = "192.0.2.7", username: str = "bob") -> FlaskClient:
    """Sign somebody in with a new browser."""
    client, body = app.test_client(), {"username": username, "password": PASSWORD}
    around: dict[str, Any] = {"headers": {"User-Agent": agent}, "environ_overrides": {"REMOTE_ADDR": address}}
    assert client.post("/api/auth/login", json=body, **around).status_code == 200
    return client


def listed(client: FlaskClient) -> list[dict[str, Any]]:
    return list(client.get(ADDRESS).json or [])


def is_in(client: FlaskClient) -> bool:
    return client.get("/api/me").status_code == 200


@pytest.fixture
def here(app: Flask) -> FlaskClient:
    return enter(app, FIREFOX)


@pytest.fixture
def there(app: Flask, here: FlaskClient) -> FlaskClient:
    return enter(app, SAFARI, "2001:db8::7")


def test_each_session_tells_what_where_and_when(here: FlaskClient, there: FlaskClient) -> None:
    sessions = listed(here)

    told = [(each["agent"], each["address"], each["current"]) for each in sessions]
    assert told == [("Safari on macOS", "2001:db8::7", False), ("Firefox on Linux", "192.0.2.7", True)]
    assert all(each["createdAt"] <= each["usedAt"] < each["expiresAt"] for each in sessions)
    assert [each["current"] for each in listed(there)] == [True, False]


def test_what_is_over_is_not_listed(app: Flask, here: FlaskClient, there: FlaskClient) -> None:
    own = next(each["id"] for each in listed(there) if each["current"])
    with app.app_context(), writing() as session:
        session.execute(sa.update(UserSession).where(UserSession.id == own).values(expires_at=now()))

    assert [each["agent"] for each in listed(here)] == ["Firefox on Linux"]


def test_one_session_is_ended_and_the_others_go_on(here: FlaskClient, there: FlaskClient, alice: FlaskClient) -> None:
    other = next(each["id"] for each in listed(here) if not each["current"])

    assert here.delete(f"{ADDRESS}/{other}").status_code == 204

    assert [is_in(each) for each in (here, there, alice)] == [True, False, True]
    assert here.delete(f"{ADDRESS}/{other}").status_code == 404


def test_signing_out_everywhere_else_keeps_this_one(app: Flask, here: FlaskClient, there: FlaskClient) -> None:
    third, stranger = enter(app, "curl/8"), enter(app, "curl/8", username="charlie")

    assert here.delete(ADDRESS).status_code == 204

    assert [is_in(each) for each in (here, there, third, stranger)] == [True, False, False, True]


def test_ending_the_own_session_is_signing_out(here: FlaskClient, there: FlaskClient) -> None:
    own = next(each["id"] for each in listed(here) if each["current"])

    assert here.delete(f"{ADDRESS}/{own}").status_code == 204

    assert (is_in(here), is_in(there)) == (False, True)


def test_a_session_of_somebody_else_is_not_found(app: Flask, here: FlaskClient, charlie: FlaskClient) -> None:
    own = listed(here)[0]["id"]

    with nothing_changes(app):
        answers = [charlie.delete(f"{ADDRESS}/{each}") for each in (own, "nobodys")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json == answers[1].json


def test_when_it_was_last_used_is_written_down_later_and_coarsely(app: Flask, here: FlaskClient) -> None:
    def used() -> Any:
        with app.app_context():
            return db.session.scalar(sa.select(UserSession.used_at))

    long_ago = now() - COARSE - timedelta(seconds=1)
    for moment, is_news in ((long_ago, True), (now() - COARSE / 2, False)):
        with app.app_context(), writing() as session:
            session.execute(sa.delete(UserSession).where(UserSession.agent.is_(None)))
            session.execute(sa.update(UserSession).values(used_at=moment))

        is_in(here)
        at_once = used()
        with app.app_context():
            uses().write()

        assert at_once == moment
        assert (used() > moment) is is_news


def test_an_app_that_is_put_away_writes_no_more(app: Flask, here: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its connection would disturb later tests."""
    monkeypatch.setattr("punt.access.last_used.PAUSE", 0)
    connected: list[Any] = []
    with app.app_context(), writing() as session:
        session.execute(sa.update(UserSession).values(used_at=None))
        sa.event.listen(db.engine, "connect", lambda connection, _: connected.append(connection))
    is_in(here)
    put_away(app)
    before = len(connected)

    gevent.sleep(0.01)

    assert len(connected) == before


def test_a_session_of_before_is_listed_too(app: Flask, sign_in: Callable[[str], FlaskClient]) -> None:
    vera = sign_in("vera")
    with app.app_context(), writing() as session:
        session.execute(sa.update(UserSession).values(used_at=None))

    assert [(each["agent"], each["address"], each["usedAt"]) for each in listed(vera)] == [(None, None, None)]
    assert "Unknown browser" in vera.get("/profile").text

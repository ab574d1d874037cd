"""What is logged about errors: enough to investigate them, and nothing that people typed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError

from punt.models import User
from tests.support.board import HARB, TICKETS
from tests.support.cast import signed_in

Told = Callable[[], list[str]]


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Iterator[Told]:
    """What has been logged so far, at the level that servers use."""
    with caplog.at_level(logging.INFO, "punt.web.replies"):
        yield lambda: [record.getMessage() for record in caplog.records if record.name == "punt.web.replies"]


def id_of(app: Flask, username: str) -> str:
    with app.app_context():
        person = User.named(username)
        assert person
        return person.id


def test_what_somebody_may_not_is_logged_with_who_and_what(
    app: Flask, bob: FlaskClient, charlie: FlaskClient, told: Told
) -> None:
    bob.delete(HARB)
    bob.post("/projects/HARB/settings", data={"name": "Mine, all mine"})
    charlie.patch(f"{TICKETS}/1?tab=secret", json={"title": "Mine, all mine"})
    bob.get("/admin?q=secret")

    of_bob, of_charlie = (f"of {id_of(app, name)} at 127.0.0.1" for name in ("bob", "charlie"))
    assert told() == [
        f"refused with 403: DELETE '/api/projects/HARB' {of_bob}",
        f"refused with 403: POST '/projects/HARB/settings' {of_bob}",
        f"refused with 404: PATCH '/api/projects/HARB/tickets/1' {of_charlie}",
        f"refused with 403: GET '/admin' {of_bob}",
    ]


def test_what_comes_from_another_site_or_with_a_wrong_token_is_logged(app: Flask, told: Told) -> None:
    app.test_client().post("/api/auth/logout", headers={"Sec-Fetch-Site": "cross-site"})
    app.test_client().get("/api/me", headers={"Authorization": "Bearer punt_secret"})

    assert told() == [
        "refused with 403: POST '/api/auth/logout' of somebody unknown at 127.0.0.1",
        "refused with 401: GET '/api/me' of somebody unknown at 127.0.0.1",
    ]


def test_too_many_tries_are_logged_on_pages_too(limited: Flask, monkeypatch: pytest.MonkeyPatch, told: Told) -> None:
    monkeypatch.setattr("punt.services.sign_in.ACCOUNT_TRIES", 0)

    limited.test_client().post("/login", data={"username": "my pass phrase", "password": "my pass phrase"})

    assert told() == ["refused with 429: POST '/login' of somebody unknown at 127.0.0.1"]


def test_what_is_done_is_not_told_of(bob: FlaskClient, app: Flask, told: Told) -> None:
    bob.get(HARB)
    bob.post(TICKETS, json={"title": ""})
    bob.get("/nothing")
    app.test_client().get(HARB)

    assert not told()


def test_an_unforeseen_failure_is_one_line_with_its_traceback_whatever_is_in_the_address(
    bob: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("punt.access.Grant.ticket", lambda *_: 1 / 0)

    bob.get(f"{TICKETS}/1%0A2026-01-01%20CRITICAL%20punt:%20all%20is%20lost")

    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.getMessage() == (
        r"a request failed: GET '/api/projects/HARB/tickets/1\n2026-01-01 CRITICAL punt: all is lost'"
    )
    assert record.exc_info


def test_a_refused_address_stays_on_one_line(app: Flask, told: Told) -> None:
    charlie = signed_in(app, "charlie")

    charlie.get("/api/projects/HARB%0D%0A%1b[2J%E2%80%A8/tickets")

    (line,) = told()
    assert line.isprintable()


def test_a_clash_is_logged_by_the_name_of_the_rule(
    bob: FlaskClient, monkeypatch: pytest.MonkeyPatch, told: Told
) -> None:
    def clash(*_: object) -> None:
        error = Exception("Key (email)=(eve@example.org) already exists.")
        error.sqlstate, error.diag = "23505", SimpleNamespace(constraint_name="uq_user_email")  # type: ignore[attr-defined]
        raise IntegrityError("UPDATE", {}, error)

    monkeypatch.setattr("punt.models.Ticket.create", clash)

    bob.post(TICKETS, json={"title": "Paint the buoys"})

    assert told() == ["a write clashed with another one: 23505 uq_user_email"]

"""Sessions and their ends, and limits on tries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from punt import sign_in
from punt.database import db, now, writing
from punt.models import RateCounter, User, UserSession
from tests.conftest import app_in
from tests.support.board import TICKETS
from tests.support.cast import PASSWORD


@pytest.fixture
def limited(instance: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """An app with rate limits, lower than they are."""
    monkeypatch.setattr(sign_in, "ACCOUNT_TRIES", 3)
    app = app_in(instance, PUNT_RATE_LIMITS="on")
    yield app
    with app.app_context():
        db.engine.dispose()


def login(app: Flask, username: str, password: str = PASSWORD, **options: Any) -> Any:
    """Try to sign in with a new browser."""
    body = {"username": username, "password": password}
    return app.test_client().post("/api/auth/login", json=body, **options)


def fail(app: Flask, username: str, times: int) -> list[int]:
    """Fail to sign in several times."""
    return [login(app, username, "not the password").status_code for _ in range(times)]


def change(app: Flask, statement: Any) -> None:
    """Change the database behind the app's back."""
    with app.app_context(), writing() as session:
        session.execute(statement)


def test_a_session_ends_at_its_expiry(app: Flask, bob: FlaskClient) -> None:
    assert bob.get("/api/me").status_code == 200

    change(app, sa.update(UserSession).values(expires_at=now() - timedelta(milliseconds=1)))

    statuses = [bob.get("/api/me").status_code, bob.post(TICKETS, json={"title": "x"}).status_code]
    assert statuses == [401, 401]
    assert bob.get("/api/auth/session").json == {}


def test_a_session_ends_when_its_person_is_disabled(app: Flask, bob: FlaskClient) -> None:
    change(app, sa.update(User).where(User.username_key == "bob").values(is_active=False))

    assert bob.get("/api/me").status_code == 401
    assert login(app, "bob").status_code == 401


def test_signing_in_sweeps_what_is_over(app: Flask, bob: FlaskClient) -> None:
    change(app, sa.update(UserSession).values(expires_at=now() - timedelta(days=1)))

    login(app, "bob")

    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(UserSession)) == 1


def test_a_cookie_signed_with_another_key_is_nobodys(app: Flask, bob: FlaskClient) -> None:
    app.secret_key = "another key altogether"

    assert bob.get("/api/auth/session").json == {}


def test_too_many_failures_for_one_account_are_429_with_the_time_to_wait(limited: Flask) -> None:
    assert fail(limited, "bob", sign_in.ACCOUNT_TRIES) == [401] * sign_in.ACCOUNT_TRIES

    answer = login(limited, "bob")

    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= sign_in.WINDOW
    assert answer.json["error"]


def test_a_limited_account_leaves_others_alone(limited: Flask) -> None:
    fail(limited, "bob", sign_in.ACCOUNT_TRIES + 1)

    assert login(limited, "alice").status_code == 200


def test_names_that_nobody_has_are_limited_alike(limited: Flask) -> None:
    statuses = fail(limited, "nobody", sign_in.ACCOUNT_TRIES + 1)

    assert statuses == [401] * sign_in.ACCOUNT_TRIES + [429]


def test_the_case_of_a_name_gives_no_further_tries(limited: Flask) -> None:
    fail(limited, "bob", sign_in.ACCOUNT_TRIES)

    assert login(limited, "BOB").status_code == 429


def test_a_success_forgives_the_failures(limited: Flask) -> None:
    fail(limited, "bob", sign_in.ACCOUNT_TRIES - 1)
    assert login(limited, "bob").status_code == 200

    assert fail(limited, "bob", sign_in.ACCOUNT_TRIES) == [401] * sign_in.ACCOUNT_TRIES


def test_when_the_window_is_over_one_may_try_again(limited: Flask) -> None:
    fail(limited, "bob", sign_in.ACCOUNT_TRIES + 1)

    change(limited, sa.update(RateCounter).values(window_ends=0))

    assert login(limited, "bob").status_code == 200


def test_one_address_may_not_try_names_for_ever(limited: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "ADDRESS_TRIES", 5)
    statuses = [login(limited, f"nobody-{number}", "wrong").status_code for number in range(6)]

    elsewhere = login(limited, "bob", environ_overrides={"REMOTE_ADDR": "192.0.2.7"})

    assert statuses == [401] * 5 + [429]
    assert elsewhere.status_code == 200


def test_tries_to_change_a_password_are_limited_too(limited: Flask) -> None:
    client = limited.test_client()
    client.post("/api/auth/login", json={"username": "bob", "password": PASSWORD})
    body = {"currentPassword": "not the password", "newPassword": "four unrelated words"}

    statuses = [client.patch("/api/me/password", json=body).status_code for _ in range(sign_in.ACCOUNT_TRIES + 1)]

    assert statuses == [400] * sign_in.ACCOUNT_TRIES + [429]


def test_with_limits_off_there_are_none(app: Flask) -> None:
    assert fail(app, "bob", sign_in.ACCOUNT_TRIES + 2) == [401] * (sign_in.ACCOUNT_TRIES + 2)


def test_what_is_limited_is_kept_as_a_hash_only(limited: Flask) -> None:
    fail(limited, "bob", 1)

    with limited.app_context():
        buckets = db.session.scalars(sa.select(RateCounter.bucket)).all()
    assert len(buckets) == 2
    assert not any("bob" in bucket or "127.0.0.1" in bucket for bucket in buckets)

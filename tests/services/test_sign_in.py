"""Sessions and their ends, and limits on attempts."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.json.tag import TaggedJSONSerializer
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer

from punt.access import tokens
from punt.database import db, now, writing
from punt.errors import Conflict
from punt.heavy import passwords
from punt.models import RateCounter, User, UserSession
from punt.services import passwords as own_passwords
from punt.services import setup, sign_in
from tests.conftest import app_in
from tests.support.board import TICKETS, nothing_changes
from tests.support.cast import PASSWORD, signed_in


@pytest.fixture
def limited(limited: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """An app with rate limits, lower than usual."""
    monkeypatch.setattr(sign_in, "ACCOUNT_TRIES", 3)
    monkeypatch.setattr(own_passwords, "TRIES", 3)
    return limited


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


def test_a_cookie_signed_in_another_way_is_nobodys(app: Flask, bob: FlaskClient) -> None:
    name = app.config["SESSION_COOKIE_NAME"]
    own = bob.get_cookie(name)
    assert own
    for digest, known in ((hashlib.sha256, True), (hashlib.sha1, False), (hashlib.md5, False)):
        signer = URLSafeTimedSerializer(
            str(app.secret_key),
            salt="cookie-session",
            serializer=TaggedJSONSerializer(),
            signer_kwargs={"key_derivation": "hmac", "digest_method": digest},
        )
        content = signer.loads_unsafe(own.value)[1]
        bob.set_cookie(name, str(signer.dumps(content)))

        assert bool((bob.get("/api/auth/session").json or {}).get("user")) == known


def test_no_part_of_a_sessions_id_can_be_guessed(app: Flask) -> None:
    with app.app_context(), writing() as session:
        bob = User.named("bob")
        assert bob
        begun = [UserSession.begin(bob, 60) for _ in range(100)]
        session.flush()
        ids = [each.id for each in begun]

    assert {len(each) for each in ids} == {26}  # of 32 characters: 130 bits
    assert min(len(set(characters)) for characters in zip(*ids, strict=True)) > 20


def test_a_password_stays_good_for_years(app: Flask) -> None:
    with app.app_context(), writing() as session:
        session.execute(sa.update(User).values(created_at=now() - timedelta(days=20 * 365)))

    assert login(app, "bob").status_code == 200


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

    statuses = [client.patch("/api/me/password", json=body).status_code for _ in range(own_passwords.TRIES + 1)]

    assert statuses == [400] * own_passwords.TRIES + [429]


def test_what_strangers_fail_at_keeps_nobody_signed_in_from_showing_their_password(limited: Flask) -> None:
    sue = signed_in(limited, "sue")
    bob_id = (signed_in(limited, "bob").get("/api/me").json or {})["id"]
    for name in ("sue", "sue@example.org"):
        fail(limited, name, sign_in.ACCOUNT_TRIES)

    proved = sue.put(f"/api/admin/users/{bob_id}/admin", json={"yourPassword": PASSWORD})
    changed = sue.patch("/api/me/password", json={"currentPassword": PASSWORD, "newPassword": "four unrelated words"})

    assert (proved.status_code, changed.status_code) == (200, 204)
    assert login(limited, "sue", "four unrelated words").status_code == 429


def test_proofs_and_changes_of_a_password_have_their_tries_together(limited: Flask) -> None:
    sue = signed_in(limited, "sue")
    own_id = (sue.get("/api/me").json or {})["id"]
    wrong = {"currentPassword": "not the password", "newPassword": "four unrelated words"}

    statuses = [sue.patch("/api/me/password", json=wrong).status_code for _ in range(own_passwords.TRIES)]
    proof = sue.post(f"/api/admin/users/{own_id}/password", json={"yourPassword": PASSWORD})

    assert (statuses, proof.status_code) == ([400] * own_passwords.TRIES, 429)
    assert login(limited, "sue").status_code == 200


def test_with_limits_off_there_are_none(app: Flask) -> None:
    assert fail(app, "bob", sign_in.ACCOUNT_TRIES + 2) == [401] * (sign_in.ACCOUNT_TRIES + 2)


def test_what_is_limited_is_kept_as_a_hash_only(limited: Flask) -> None:
    fail(limited, "bob", 1)

    with limited.app_context():
        buckets = db.session.scalars(sa.select(RateCounter.bucket)).all()
    assert len(buckets) == 2
    assert not any("bob" in bucket or "127.0.0.1" in bucket for bucket in buckets)


def test_who_used_up_a_limit_costs_no_write(limited: Flask) -> None:
    fail(limited, "bob", sign_in.ACCOUNT_TRIES)

    with nothing_changes(limited):
        answers = [login(limited, "bob", "not the password") for _ in range(3)]

    assert {answer.status_code for answer in answers} == {429}
    assert all(0 < int(answer.headers["Retry-After"]) <= sign_in.WINDOW for answer in answers)


def test_tries_to_set_up_are_limited_for_an_address(empty_instance: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = app_in(empty_instance, PUNT_RATE_LIMITS="on")
    monkeypatch.setattr(setup, "TRIES", 2)
    monkeypatch.setattr(setup, "hash_password", lambda _: refuse())
    first = {"username": "eve", "name": "Eve", "password": PASSWORD}

    answers = [app.test_client().post("/api/auth/setup", json=first) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [409, 409, 429]
    assert int(answers[2].headers["Retry-After"]) <= setup.WINDOW


def refuse() -> str:
    """Fail as a setup does that comes to nothing."""
    raise Conflict("Not now.")


@pytest.mark.parametrize("name", ["bob", "bob@example.org", "nobody", "no@body.org", "disabled"])
def test_whoever_is_named_as_much_is_hashed(app: Flask, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    change(app, sa.update(User).where(User.username_key == "vera").values(username_key="disabled", is_active=False))
    hashed: list[str] = []

    def check(known: str, _: str) -> bool:
        hashed.append(known)
        return False

    monkeypatch.setattr(passwords, "check_password_hash", check)

    answer = login(app, name, "not the password")

    assert (answer.status_code, len(hashed)) == (401, 1)
    assert hashed[0].startswith("scrypt:")


@pytest.mark.parametrize("known", [None, "scrypt:known"], ids=["nobody", "somebody"])
def test_a_storm_on_a_new_worker_hashes_one_password_at_a_time(
    monkeypatch: pytest.MonkeyPatch, known: str | None
) -> None:
    """The very first one prepares what others are compared with, and all others wait for it."""
    running, most, made = 0, 0, Counter[str]()

    def hashing(name: str, answer: Any) -> Callable[..., Any]:
        def work(*_: object) -> Any:
            nonlocal running, most
            running += 1
            most = max(most, running)
            made[name] += 1
            time.sleep(0.01)  # so that others could come in
            running -= 1
            return answer

        return work

    passwords._nobodys_hash.cache_clear()
    monkeypatch.setattr(passwords, "generate_password_hash", hashing("prepared", "scrypt:nobodys"))
    monkeypatch.setattr(passwords, "check_password_hash", hashing("compared", False))
    tries = [threading.Thread(target=passwords.matches, args=(known, "wrong")) for _ in range(8)]

    for each in tries:
        each.start()
    for each in tries:
        each.join()
    passwords._nobodys_hash.cache_clear()

    assert (most, made) == (1, {"prepared": 1, "compared": 8})


def test_a_browser_that_signs_in_gets_a_new_session_and_its_old_one_ends(app: Flask) -> None:
    browser, thief = app.test_client(), app.test_client()
    browser.post("/api/auth/login", json={"username": "bob", "password": PASSWORD})
    name = app.config["SESSION_COOKIE_NAME"]
    before = browser.get_cookie(name)
    assert before
    thief.set_cookie(name, before.value)

    browser.post("/api/auth/login", json={"username": "bob", "password": PASSWORD})

    assert browser.get("/api/me").status_code == 200
    assert thief.get("/api/me").status_code == 401
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(UserSession)) == 1


def test_a_session_that_somebody_planted_is_not_the_one_that_signs_in(app: Flask, bob: FlaskClient) -> None:
    name = app.config["SESSION_COOKIE_NAME"]
    planted = bob.get_cookie(name)
    assert planted
    victim = app.test_client()
    victim.set_cookie(name, planted.value)

    victim.post("/api/auth/login", json={"username": "alice", "password": PASSWORD})

    assert (victim.get("/api/me").json or {})["username"] == "alice"
    assert bob.get("/api/me").status_code == 401


def test_two_names_of_one_account_are_not_told_apart_from_two_accounts(limited: Flask) -> None:
    both = [login(limited, name, "wrong") for name in ("bob", "bob@example.org") * (sign_in.ACCOUNT_TRIES + 1)]
    nobodys = [login(limited, name, "wrong") for name in ("rob", "rob@example.org") * (sign_in.ACCOUNT_TRIES + 1)]

    expected = [401] * (2 * sign_in.ACCOUNT_TRIES) + [429] * 2
    assert [answer.status_code for answer in both] == [answer.status_code for answer in nobodys] == expected


def test_addresses_of_one_network_of_ipv6_count_as_one(limited: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "ADDRESS_TRIES", 2)

    def come_from(address: str) -> int:
        return int(
            login(limited, f"nobody at {address}", "wrong", environ_overrides={"REMOTE_ADDR": address}).status_code
        )

    own = [come_from(f"2001:db8:0:1::{number}") for number in range(1, 4)]
    mapped = [come_from(address) for address in ("::ffff:192.0.2.7", "192.0.2.7", "192.0.2.7")]

    assert own == mapped == [401, 401, 429]
    assert come_from("2001:db8:0:2::1") == 401


def test_a_page_with_a_form_tells_when_to_try_again_too(limited: Flask) -> None:
    fail(limited, "bob", sign_in.ACCOUNT_TRIES)

    page = limited.test_client().post("/login", data={"username": "bob", "password": "wrong"})

    assert (page.status_code, page.content_type) == (429, "text/html; charset=utf-8")
    assert 0 < int(page.headers["Retry-After"]) <= sign_in.WINDOW


def test_wrong_tokens_are_limited_for_an_address_and_right_ones_never(
    limited: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "TRIES", 2)
    bob = signed_in(limited, "bob")
    token = (bob.post("/api/me/tokens", json={"name": "Script", "scope": "read"}).json or {})["token"]

    def show(secret: str) -> int:
        return limited.test_client().get("/api/me", headers={"Authorization": f"Bearer {secret}"}).status_code

    assert [show("wrong") for _ in range(3)] == [401, 401, 429]
    assert show(token) == 200


def test_a_person_makes_so_many_tokens_only(limited: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MADE", 2)
    bob, asked = signed_in(limited, "bob"), {"name": "Script", "scope": "read"}

    made = [bob.post("/api/me/tokens", json=asked) for _ in range(3)]
    page = bob.post("/profile/tokens", data=asked)

    assert [answer.status_code for answer in (*made, page)] == [201, 201, 429, 429]
    assert all(0 < int(answer.headers["Retry-After"]) <= tokens.MADE_WINDOW for answer in (made[2], page))
    assert len(bob.get("/api/me/tokens").json or ()) == 2

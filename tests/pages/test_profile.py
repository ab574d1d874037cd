"""The plain forms of your own profile."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.board import nothing_changes
from tests.support.cast import signed_in
from tests.support.pictures import PICTURE


def choose(client: FlaskClient, content: bytes, name: str = "me.png") -> Any:
    """Submit the form with a file."""
    form = {"picture": (io.BytesIO(content), name)}
    return client.post("/profile/picture", data=form, content_type="multipart/form-data")


def own(client: FlaskClient) -> dict[str, Any]:
    return dict(client.get("/api/me").json or {})


def test_a_picture_is_chosen_seen_and_removed(bob: FlaskClient) -> None:
    chosen = choose(bob, PICTURE)
    address = own(bob)["avatarUrl"]
    page = bob.get("/profile").text

    removed = bob.post("/profile/picture/remove")

    assert [chosen.headers["Location"], removed.headers["Location"]] == ["/profile"] * 2
    assert f'<img src="{address}" alt="">' in page
    assert "Remove picture" in page
    assert own(bob)["avatarUrl"] is None
    assert "Remove picture" not in bob.get("/profile").text


def test_a_file_that_is_no_picture_is_refused_at_its_field(app: Flask, bob: FlaskClient) -> None:
    with nothing_changes(app):
        answers = [choose(bob, b"<svg/>", "me.svg"), bob.post("/profile/picture"), choose(bob, b"")]

    assert [answer.status_code for answer in answers] == [400] * 3
    assert all('id="field-picture-error"' in answer.text for answer in answers)


def test_a_file_that_is_too_large_is_refused_at_its_field(app: Flask, bob: FlaskClient) -> None:
    with nothing_changes(app):
        answer = choose(bob, PICTURE + b"x" * 2 * 1024 * 1024)

    assert answer.status_code == 413
    assert "This is too large: at most 2 MB." in answer.text
    assert 'id="field-picture-error"' in answer.text


def test_other_browsers_are_signed_out_one_by_one_and_all_at_once(app: Flask, bob: FlaskClient) -> None:
    others = [signed_in(app, "bob") for _ in range(3)]
    ids = re.findall('/profile/sessions/([^/]+)/end"', bob.get("/profile").text)

    one = bob.post(f"/profile/sessions/{ids[0]}/end")
    left = [client.get("/api/me").status_code for client in others].count(200)
    rest = bob.post("/profile/sessions/end-others")

    assert (len(ids), left) == (3, 2)
    assert [answer.headers["Location"] for answer in (one, rest)] == ["/profile#profile-sessions"] * 2
    assert [client.get("/api/me").status_code for client in (bob, *others)] == [200, 401, 401, 401]
    assert "/end" not in bob.get("/profile").text


def test_a_token_is_shown_once_and_ended(app: Flask, bob: FlaskClient) -> None:
    asked = {"name": "Nightly report", "scope": "write", "expiresInDays": ""}
    made = bob.get(bob.post("/profile/tokens", data=asked).location)
    secret = re.findall("punt_[0-9a-f]{64}", made.text)[0]
    program, page = app.test_client(), bob.get("/profile").text
    statuses = [program.get("/api/me", headers={"Authorization": f"Bearer {secret}"}).status_code]

    ended = bob.post(re.findall("/profile/tokens/[^/]+/end", page)[0])

    statuses.append(program.get("/api/me", headers={"Authorization": f"Bearer {secret}"}).status_code)
    assert (made.status_code, made.headers["Cache-Control"]) == (200, "no-store")
    assert "Nightly report" in page
    assert secret not in page
    assert ended.headers["Location"] == "/profile#profile-tokens"
    assert statuses == [200, 401]
    assert "/profile/tokens/" not in bob.get("/profile").text


def test_a_token_wrongly_asked_for_is_refused_at_its_field(app: Flask, bob: FlaskClient) -> None:
    with nothing_changes(app):
        nameless = bob.post("/profile/tokens", data={"name": " ", "scope": "write", "expiresInDays": "90"})
        endless = bob.post("/profile/tokens", data={"name": "x", "scope": "read", "expiresInDays": "0"})

    assert (nameless.status_code, endless.status_code) == (400, 400)
    assert 'id="token-name-error"' in nameless.text
    assert '<option value="90" selected dir="auto">' in nameless.text
    assert 'id="field-expiresInDays-error"' in endless.text


def test_no_id_stands_twice_on_the_page(bob: FlaskClient) -> None:
    ids = re.findall(r'\sid="([^"]+)"', bob.get("/profile").text)

    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    "path",
    [
        "/profile/picture",
        "/profile/picture/remove",
        "/profile/sessions/end-others",
        "/profile/sessions/x/end",
        "/profile/tokens",
        "/profile/tokens/x/end",
    ],
)
def test_who_is_not_signed_in_is_led_to_the_login(app: Flask, path: str) -> None:
    answer = app.test_client().post(path)

    assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, "/login")

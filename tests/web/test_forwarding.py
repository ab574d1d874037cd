"""The address of a client, as proxies write it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from flask import Flask

from punt.services import sign_in
from tests.conftest import app_in, inhabited_app, put_away
from tests.support.cast import PASSWORD

PROXY = "127.0.0.1"
WRITTEN = [
    ("203.0.113.7", "203.0.113.7"),
    ("203.0.113.7:5678", "203.0.113.7"),
    ("  203.0.113.7:1 ", "203.0.113.7"),
    ("2001:db8::7", "2001:db8::7"),
    ("2001:DB8:0:0::7", "2001:db8::7"),
    ("[2001:db8::7]", "2001:db8::7"),
    ("[2001:db8::7]:443", "2001:db8::7"),
    ('"[2001:db8::7]:443"', "2001:db8::7"),
    ("fe80::1%eth0", "fe80::1"),
    ("[fe80::1%25eth0]:443", "fe80::1"),
    ("::ffff:203.0.113.7", "203.0.113.7"),
    ("[::ffff:203.0.113.7]:443", "203.0.113.7"),
    ("192.0.2.1, 203.0.113.7:5678", "203.0.113.7"),
    ("[2001:db8::1]:1,[2001:db8::7]:443", "2001:db8::7"),
]
NONSENSE = (
    "unknown",
    "_hidden",
    "",
    ",",
    ":80",
    "[]:80",
    "[::1",
    "::1]:80",
    "203.0.113.7:port",
    "203.0.113.256",
    "1.2.3.4:5:6",
    "localhost:80",
    "x" * 5000,
    "<script>",
    "'; DROP TABLE user; --",
    "203.0.113.7\t203.0.113.8",
    "for=203.0.113.7",
    "\xe9",
)


@pytest.fixture(params=["sqlite", "postgres"])
def behind_one(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An app with one proxy in front."""
    with inhabited_app(request.param, request, tmp_path / "behind", PUNT_PROXY_COUNT="1") as app:
        yield app


def seen(app: Flask, **headers: str) -> str:
    """Sign in, and return the address that the list of sessions shows."""
    client = app.test_client()
    credentials = {"username": "bob", "password": PASSWORD}
    answer = client.post(
        "/api/auth/login", json=credentials, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )
    assert answer.status_code == 200, answer.text
    [own] = [each for each in client.get("/api/me/sessions").json or [] if each["current"]]
    return str(own["address"])


def test_an_address_counts_without_its_port(behind_one: Flask) -> None:
    for written, address in WRITTEN:
        assert seen(behind_one, X_Forwarded_For=written) == address, written


def test_what_is_no_address_is_the_proxys_own_and_no_error(behind_one: Flask) -> None:
    for written in NONSENSE:
        assert seen(behind_one, X_Forwarded_For=written) == PROXY, written


def test_of_several_proxies_as_many_are_believed_as_there_are(inhabited: Path, tmp_path: Path) -> None:
    app = app_in(Path(shutil.copytree(inhabited, tmp_path / "behind")), PUNT_PROXY_COUNT="2")

    through_both = seen(app, X_Forwarded_For="192.0.2.66, 203.0.113.7:5678, [2001:db8::1]:443")
    past_one = seen(app, X_Forwarded_For="203.0.113.7:5678")
    put_away(app)

    assert through_both == "203.0.113.7"
    assert past_one == PROXY


def test_nobody_is_believed_where_there_is_no_proxy(app: Flask) -> None:
    for written in ("203.0.113.7", "203.0.113.7:5678", "[2001:db8::7]:443"):
        assert seen(app, X_Forwarded_For=written, Forwarded=f'for="{written}"', X_Real_IP=written) == PROXY


def test_the_header_that_no_setting_speaks_of_is_not_believed(behind_one: Flask) -> None:
    forwarded = 'for="[2001:db8::7]:443";proto=https;host=evil.example, for=203.0.113.7'

    assert seen(behind_one, Forwarded=forwarded, X_Forwarded_For="203.0.113.9") == "203.0.113.9"


def test_a_limit_counts_the_address_and_not_its_port(
    inhabited: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = app_in(Path(shutil.copytree(inhabited, tmp_path / "behind")), PUNT_PROXY_COUNT="1", PUNT_RATE_LIMITS="on")
    client, statuses = app.test_client(), []
    monkeypatch.setattr(sign_in, "ADDRESS_TRIES", 3)
    guess = {"username": "nobody", "password": "wrong"}
    for port in range(1000, 1004):
        headers = {"X-Forwarded-For": f"203.0.113.7:{port}"}
        statuses.append(client.post("/api/auth/login", json=guess, headers=headers).status_code)
    elsewhere = client.post("/api/auth/login", json=guess, headers={"X-Forwarded-For": "203.0.113.8:1000"}).status_code
    put_away(app)

    assert statuses == [401, 401, 401, 429]
    assert elsewhere == 401


def test_nothing_that_a_proxy_hands_on_is_an_error_of_the_server(behind_one: Flask) -> None:
    names = ("X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-Prefix", "Host")
    values = ("", ",", "[::1", "a b", "evil.example:port", "http://[", "\xe9", "x" * 5000, "::", "*")
    client = behind_one.test_client()

    for name, value, path in product(names, values, ("/", "/login", "/api/projects", "/nowhere")):
        assert client.get(path, headers={name: value}).status_code < 500, (name, value, path)

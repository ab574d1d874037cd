"""Two PUNTs on one host name: browsers send the cookies of one to the other, whatever the port."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy.engine import make_url

from punt.web.cookies import SESSION, THEME
from tests.conftest import app_in, app_on, put_away
from tests.support.cast import PASSWORD, signed_in


@pytest.fixture(params=["a key of its own", "the same key"])
def other(request: pytest.FixtureRequest, inhabited: Path, tmp_path: Path) -> Iterator[Flask]:
    """Another PUNT; a copy of an instance folder has the same secret key."""
    folder = Path(shutil.copytree(inhabited, tmp_path / "another instance"))
    if request.param == "a key of its own":
        (folder / "secret.key").unlink()
    app = app_in(folder)
    yield app
    put_away(app)


class Browser:
    """A browser that uses several PUNTs on one host name: their cookies are in one jar."""

    def __init__(self) -> None:
        self._jar: dict[str, str] = {}

    def post(self, app: Flask, path: str, **options: object) -> int:
        client = self._at(app)
        status = client.post(path, **options).status_code
        self._jar = {cookie.key: cookie.value for cookie in (client._cookies or {}).values()}
        return status

    def sign_in(self, app: Flask, username: str) -> None:
        assert self.post(app, "/api/auth/login", json={"username": username, "password": PASSWORD}) == 200

    def person(self, app: Flask) -> str | None:
        user = (self._at(app).get("/api/auth/session").json or {}).get("user")
        return user["username"] if user else None

    def page(self, app: Flask) -> str:
        return self._at(app).get("/").text

    def _at(self, app: Flask) -> FlaskClient:
        client = app.test_client()
        for name, value in self._jar.items():
            client.set_cookie(name, value)
        return client


def rename_cookies(client: FlaskClient) -> None:
    """Give a browser's cookies the names that PUNT used before they had names of their own."""
    for cookie in list((client._cookies or {}).values()):
        client.delete_cookie(cookie.key)
        client.set_cookie(cookie.key.rpartition("_")[0], cookie.value)


def test_signing_in_and_out_at_one_punt_leaves_the_other_alone(app: Flask, other: Flask) -> None:
    browser = Browser()

    browser.sign_in(app, "alice")
    browser.sign_in(other, "bob")
    both = browser.person(app), browser.person(other)
    browser.post(app, "/api/auth/logout")

    assert both == ("alice", "bob")
    assert (browser.person(app), browser.person(other)) == (None, "bob")


def test_the_theme_chosen_at_one_punt_is_not_the_others(app: Flask, other: Flask) -> None:
    browser = Browser()
    browser.sign_in(app, "alice")
    browser.sign_in(other, "bob")

    browser.post(app, "/theme", data={"theme": "dark"})
    browser.post(other, "/theme", data={"theme": "light"})

    assert 'data-theme="dark"' in browser.page(app)
    assert 'data-theme="light"' in browser.page(other)


def test_who_was_signed_in_before_an_upgrade_stays_so(app: Flask, bob: FlaskClient) -> None:
    bob.post("/theme", data={"theme": "dark"})
    rename_cookies(bob)

    page = bob.get("/")

    assert {cookie.key for cookie in (bob._cookies or {}).values()} == {SESSION, THEME}
    assert (page.status_code, 'data-theme="dark"' in page.text) == (200, True)


def test_who_signs_out_after_an_upgrade_is_signed_out(bob: FlaskClient) -> None:
    rename_cookies(bob)

    bob.post("/api/auth/logout")

    assert bob.get("/api/auth/session").json == {}


def test_a_cookie_from_before_that_is_of_the_other_punt_does_no_harm(app: Flask, other: Flask) -> None:
    theirs = signed_in(other, "bob")
    rename_cookies(theirs)
    left = theirs.get_cookie(SESSION)
    assert left
    browser = app.test_client()
    browser.set_cookie(SESSION, left.value)

    browser.post("/api/auth/login", json={"username": "alice", "password": PASSWORD})

    assert (browser.get("/api/me").json or {})["username"] == "alice"
    kept = browser.get_cookie(SESSION)
    assert kept
    assert kept.value == left.value


def test_a_cookie_of_another_name_counts_only_when_the_key_signed_it(app: Flask, bob: FlaskClient) -> None:
    own = bob.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert own
    content = URLSafeTimedSerializer("x").loads_unsafe(own.value)[1]
    thief = app.test_client()
    thief.set_cookie(SESSION, str(URLSafeTimedSerializer("y" * 32, salt="cookie-session").dumps(content)))

    assert thief.get("/api/me").status_code == 401


def test_who_is_signed_in_stays_so_when_the_database_has_moved(inhabited: Path, tmp_path: Path) -> None:
    before = app_in(Path(shutil.copytree(inhabited, tmp_path / "before")))
    browser = Browser()
    browser.sign_in(before, "alice")
    put_away(before)

    after = app_in((tmp_path / "before").rename(tmp_path / "after"))

    assert browser.person(after) == "alice"
    put_away(after)


def test_a_new_password_of_the_database_signs_nobody_out(populated: str, tmp_path: Path) -> None:
    names = set()
    for password in ("one", "two"):
        address = make_url(populated).set(password=password).render_as_string(hide_password=False)
        with app_on(address, tmp_path, PUNT_SECRET_KEY="k" * 32) as app:
            names.add(app.config["SESSION_COOKIE_NAME"])

    assert len(names) == 1


def test_the_description_of_the_api_names_the_cookie(app: Flask, bob: FlaskClient) -> None:
    description = bob.get("/api/openapi.json").json or {}

    named = description["components"]["securitySchemes"]["session"]["name"]
    assert named == app.config["SESSION_COOKIE_NAME"] != SESSION


def test_both_workers_and_every_start_use_one_name(instance: Path) -> None:
    names = set()
    for _ in range(2):
        app = app_in(instance)
        names.add(app.config["SESSION_COOKIE_NAME"])
        put_away(app)

    assert len(names) == 1

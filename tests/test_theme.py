"""The theme's cookie, and where choosing a theme leads."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.cast import PASSWORD


@pytest.fixture
def nobody(app: Flask) -> FlaskClient:
    """A browser in which nobody is signed in."""
    return app.test_client()


@pytest.mark.parametrize(
    ("referrer", "target"),
    [
        ("http://localhost/projects/HARB/board?assignee=bob", "/projects/HARB/board?assignee=bob"),
        ("http://localhost//evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("http://[", "/"),
        ("http://localhost", "/"),
        (None, "/"),
    ],
)
def test_after_the_choice_one_is_where_one_was(bob: FlaskClient, referrer: str | None, target: str) -> None:
    answer = bob.post("/theme", data={"theme": "dark"}, headers={"Referer": referrer} if referrer else {})

    assert (answer.status_code, answer.location) == (303, target)


def test_the_choice_is_a_cookie_that_only_the_server_reads(app: Flask, bob: FlaskClient) -> None:
    cookie = bob.post("/theme", data={"theme": "dark"}).headers["Set-Cookie"]

    assert cookie.startswith(f"{app.config['THEME_COOKIE_NAME']}=dark; ")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie


def test_over_https_it_is_for_https_only(nobody: FlaskClient) -> None:
    https = "https://localhost"
    nobody.post("/api/auth/login", json={"username": "bob", "password": PASSWORD}, base_url=https)

    answer = nobody.post("/theme", data={"theme": "dark"}, base_url=https)

    assert "Secure" in answer.headers["Set-Cookie"].split("; ")


@pytest.mark.parametrize("odd", ["", "sepia", 'dark"><script>'])
def test_what_is_no_theme_is_neither_kept_nor_shown(app: Flask, bob: FlaskClient, odd: str) -> None:
    kept = bob.post("/theme", data={"theme": odd}).headers.get("Set-Cookie")
    bob.set_cookie(app.config["THEME_COOKIE_NAME"], odd)

    assert kept is None
    assert '<html lang="en" dir="ltr" data-theme="system">' in bob.get("/").text


def test_the_login_page_comes_in_the_chosen_theme_too(nobody: FlaskClient) -> None:
    nobody.set_cookie("punt_theme", "light")

    page = nobody.get("/login").text

    assert '<html lang="en" dir="ltr" data-theme="light">' in page
    assert '<meta name="color-scheme" content="light">' in page


def test_nobody_chooses_before_signing_in(nobody: FlaskClient) -> None:
    assert nobody.post("/theme", data={"theme": "dark"}).headers["Location"].startswith("/login")

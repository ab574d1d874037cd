"""What every request and response passes through."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from punt.database import writing
from punt.models import UserSession
from punt.pages.auth import local
from punt.settings import ROOT
from punt.web.security import BODY_LIMIT, HEADERS, POLICY
from tests.conftest import app_in
from tests.support.board import HARB, TICKETS, nothing_changes, ticket
from tests.support.cast import PASSWORD, signed_in

LOGIN = {"username": "bob", "password": PASSWORD}


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "anything"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost:8080"},
        {"Origin": "http://evil.example/localhost"},
        {"Origin": "http://evil@localhost"},
        {"Origin": "null"},
        {"Origin": "http://["},
        {"Origin": "localhost"},
        {"Origin": "ÿ"},
    ],
    ids=str,
)
def test_a_write_that_another_site_makes_is_refused(app: Flask, bob: FlaskClient, headers: dict[str, str]) -> None:
    ticket(bob)

    with nothing_changes(app):
        answers = [
            bob.post(TICKETS, json={"title": "x"}, headers=headers),
            bob.patch(f"{TICKETS}/1", json={"title": "x"}, headers=headers),
            bob.delete(f"{TICKETS}/1", headers=headers),
            bob.post("/api/auth/login", json=LOGIN, headers=headers),
            bob.post("/api/auth/logout", headers=headers),
            bob.post("/logout", headers=headers),
        ]

    assert [answer.status_code for answer in answers] == [403] * 6


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"},
        {"Origin": "http://localhost"},
        {"Origin": "https://localhost"},
    ],
    ids=str,
)
def test_a_write_of_this_site_or_of_a_program_passes(bob: FlaskClient, headers: dict[str, str]) -> None:
    answer = bob.post(TICKETS, json={"title": "x"}, headers=headers)

    assert answer.status_code == 201


def test_reading_from_elsewhere_is_left_to_the_browsers_own_rules(bob: FlaskClient) -> None:
    answer = bob.get(HARB, headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"})

    assert answer.status_code == 200
    assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


def test_a_trusted_origin_may_write(instance: Path) -> None:
    app = app_in(instance, PUNT_TRUSTED_ORIGINS="https://tools.example https://more.example")
    bob = signed_in(app, "bob")

    statuses = [
        bob.post(TICKETS, json={"title": "x"}, headers={"Sec-Fetch-Site": "cross-site", "Origin": origin}).status_code
        for origin in ("https://tools.example", "https://more.example", "http://tools.example", "https://evil.example")
    ]

    assert statuses == [201, 201, 403, 403]


def test_every_answer_carries_the_safety_headers(app: Flask, alice: FlaskClient, bob: FlaskClient) -> None:
    answers = {
        200: bob.get(HARB),
        201: bob.post(TICKETS, json={"title": "x"}),
        204: app.test_client().post("/api/auth/logout"),
        302: app.test_client().get("/"),
        400: bob.post(TICKETS, json={}),
        401: app.test_client().get(HARB),
        403: bob.delete(HARB),
        404: bob.get("/api/nothing"),
        405: bob.put(HARB),
        409: alice.post("/api/projects", json={"key": "HARB", "name": "x"}),
        413: bob.post(TICKETS, data=b"x" * (1024 * 1024 + 1), content_type="application/json"),
    }

    assert {status: answer.status_code for status, answer in answers.items()} == {each: each for each in answers}
    for answer in answers.values():
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
        assert "Server" not in answer.headers
        assert answer.headers["Cache-Control"]


LARGE = {"title": "Much to say", "description": "ü" * 20_000}
"""Six bytes a character, in JSON as in a form."""


def test_who_is_signed_in_may_send_more_than_strangers(app: Flask, bob: FlaskClient) -> None:
    secret = (bob.post("/api/me/tokens", json={"name": "Script", "scope": "write"}).json or {})["token"]
    program = app.test_client()

    answers = [
        bob.post(TICKETS, json=LARGE),
        program.post(TICKETS, json=LARGE, headers={"Authorization": f"Bearer {secret}"}),
        bob.post("/projects/HARB/tickets", data=LARGE),
    ]

    assert [answer.status_code for answer in answers] == [201, 201, 302]


@pytest.mark.parametrize(
    ("path", "most"),
    [
        (TICKETS, "64 kB from who is not signed in"),
        ("/api/projects", "64 kB"),
        ("/api/nothing", "64 kB"),
        ("/api/auth/login", "16 kB"),
        ("/api/auth/setup", "16 kB"),
        ("/api/auth/register", "16 kB"),
    ],
)
@pytest.mark.parametrize("who", ["a stranger", "one whose session is over", "one with a made up cookie"])
def test_a_stranger_may_send_64_kb_at_most(app: Flask, bob: FlaskClient, path: str, most: str, who: str) -> None:
    client = app.test_client() if who == "a stranger" else bob
    if who == "one whose session is over":
        with app.app_context(), writing() as session:
            session.execute(sa.delete(UserSession))
    if who == "one with a made up cookie":
        client.set_cookie(app.config["SESSION_COOKIE_NAME"], "eyJfdXNlcl9pZCI6IjEifQ.aaaa.bbbb")

    with nothing_changes(app):
        answer = client.post(path, json=LARGE)

    assert (answer.status_code, answer.json) == (413, {"error": f"This is too large: at most {most}."})


def test_a_stranger_is_told_so_on_a_page_too(app: Flask) -> None:
    answer = app.test_client().post("/login", data=LOGIN | {"next": "x" * BODY_LIMIT})

    assert (answer.status_code, answer.mimetype) == (413, "text/html")
    assert "at most 64 kB" in answer.text


def test_a_large_wrong_token_is_refused_before_its_body(app: Flask) -> None:
    answer = app.test_client().post(TICKETS, json=LARGE, headers={"Authorization": "Bearer wrong"})

    assert answer.status_code == 401


def test_an_unforeseen_failure_is_a_clear_500_with_the_same_headers(
    app: Flask, bob: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("punt.api.projects.wire.project", lambda _: 1 / 0)

    answer = bob.get(HARB)

    assert (answer.status_code, answer.content_type) == (500, "application/json")
    assert "ZeroDivisionError" not in answer.text
    assert answer.headers["Content-Security-Policy"] == POLICY


def test_the_policy_allows_nothing_inline_and_nothing_of_others() -> None:
    assert "default-src 'none'" in POLICY
    assert "unsafe" not in POLICY
    assert "http" not in POLICY
    assert "frame-ancestors 'none'" in POLICY


def test_an_answer_without_content_names_no_kind_of_it(alice: FlaskClient) -> None:
    answers = [alice.delete(f"{TICKETS}/{ticket(alice, 'Gone')['id']}"), alice.options("/api/me")]

    assert [answer.headers.get("Content-Type") for answer in answers] == [None, None]


def test_api_answers_are_not_kept_by_browsers(bob: FlaskClient) -> None:
    assert bob.get(HARB).headers["Cache-Control"] == "no-store"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(app: Flask) -> None:
    answer = app.test_client().post("/api/auth/login", json=LOGIN)

    _, *attributes = answer.headers["Set-Cookie"].split("; ")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(attributes)
    assert "Secure" not in attributes
    assert not [each for each in attributes if each.startswith("Domain")]


def test_a_cookie_given_on_https_stays_on_https(app: Flask) -> None:
    answer = app.test_client().post("/api/auth/login", json=LOGIN, base_url="https://localhost")

    assert "Secure" in answer.headers["Set-Cookie"].split("; ")


def test_who_came_by_https_is_to_come_by_https_again(bob: FlaskClient) -> None:
    secure, plain = (bob.get(HARB, base_url=f"{scheme}://localhost").headers for scheme in ("https", "http"))

    assert secure["Strict-Transport-Security"] == "max-age=31536000"
    assert secure["Cross-Origin-Opener-Policy"] == "same-origin"
    assert not {"Strict-Transport-Security", "Cross-Origin-Opener-Policy"} & set(plain.keys())


def test_reading_sets_no_cookie(bob: FlaskClient) -> None:
    assert not bob.get(HARB).headers.getlist("Set-Cookie")


def test_forwarded_headers_count_only_behind_a_known_proxy(instance: Path) -> None:
    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "punt.example"}
    origin = {"Origin": "https://punt.example"}

    statuses = {
        count: signed_in(app_in(instance, PUNT_PROXY_COUNT=count), "bob")
        .post(TICKETS, json={"title": "x"}, headers=forwarded | origin)
        .status_code
        for count in ("0", "1")
    }

    assert statuses == {"0": 403, "1": 201}


@pytest.mark.parametrize("target", ["/projects/HARB/board", "/projects/HARB/tickets/1?a=b#c", "/profile", "/?q=//x"])
def test_after_signing_in_one_goes_where_one_wanted_to(app: Flask, target: str) -> None:
    with app.test_request_context():
        assert local(target) == target


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "https://evil.example",
        "http:evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "\n//evil.example",
        " //evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "evil.example",
        "@evil.example",
        "/login",
        "/login?next=/login",
        "/api/me",
        "/\0",
        "http://[",
        "//[",
    ],
)
def test_signing_in_never_leads_away(app: Flask, target: str | None) -> None:
    with app.test_request_context():
        assert local(target) == "/"


def test_a_login_with_a_foreign_target_leads_home(app: Flask) -> None:
    answer = app.test_client().post("/login", data=LOGIN | {"next": "//evil.example"})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_a_page_without_a_session_leads_to_the_login_and_back(app: Flask) -> None:
    answer = app.test_client().get("/projects/HARB/board?filter=bugs")

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/login?next=/projects/HARB/board?filter%3Dbugs"


ASVS = """
2 9 11 3 2 | 3 3 4 1 | 0 2 4 6 5 0 2 | 3 1 2 4 | 1 3 2 3 | 3 12 4 4 5 3 0 4 | 3 4 2 5 2 2 | 2 3 1 1 | 3 4 |
2 2 4 11 5 2 3 | 2 3 3 4 1 1 | 3 2 4 | 1 5 2 5 | 2 4 3 | 3 3 7 | 1 5 4 3 3 | 1 4 2
"""
"""How many requirements of levels 1 and 2 each section of OWASP ASVS 5.0.0 has, by chapter; those of level 3 follow."""
POINTS = [
    f"{chapter}.{section}.{number + 1}"
    for chapter, sections in enumerate(ASVS.split("|"), 1)
    for section, most in enumerate(sections.split(), 1)
    for number in range(int(most))
]


def points_in(cell: str) -> list[str]:
    """Read ``V1.2.3``, a section, a chapter, or ``V1.2.6 to V1.2.8``; what is not a requirement stays as it is."""
    told: list[str] = []
    for first, last in re.findall(r"V([\d.]*\d)(?: to V([\d.]*\d))?", cell):
        if last:
            told += POINTS[POINTS.index(first) : POINTS.index(last) + 1]
        else:
            told += [point for point in POINTS if f"{point}.".startswith(f"{first}.")] or [first]
    return told


def test_every_point_of_asvs_is_in_one_table_of_the_page_on_security() -> None:
    page = (ROOT / "docs" / "security.md").read_text()

    told = Counter(point for cell in re.findall(r"^\| (V[^|]*) \|", page, re.MULTILINE) for point in points_in(cell))

    assert len(POINTS) == 253
    assert not set(POINTS) - set(told), "missing"
    assert not set(told) - set(POINTS), "no such point of these levels"
    assert not [point for point, times in told.items() if times > 1]


def test_every_proof_that_the_page_on_security_names_is_there() -> None:
    page = (ROOT / "docs" / "security.md").read_text()
    met = page[page.index("### Met\n") : page.index("### Met by documentation")]
    named = re.findall(r"`([\w/]+\.py)(?:::(\w+))?`", page)
    proofs = [(file, name) for file, name in named if "test_" in file]

    lost = [
        (file, name)
        for file, name in proofs
        if not (path := ROOT / "tests" / file).exists() or (name and f"def {name}(" not in path.read_text())
    ]
    unproven = [line for line in met.splitlines() if line.startswith("| V") and "test_" not in line.split("|")[3]]

    assert len(proofs) > 100
    assert not lost
    assert not unproven

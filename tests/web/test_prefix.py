"""PUNT below a path of its host: every address that it builds leads back to it."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import Client

from punt import addresses
from punt.database import db
from punt.settings import ROOT, Settings
from tests.conftest import app_in, put_away
from tests.support.cast import PASSWORD, signed_in
from tests.support.pages import PAGES, PUBLIC, things_with_numbers

PREFIX = "/tools/punt"
HTML = re.compile(r"""\s(?:href|src|action|formaction|data-events|data-picture|data-prefix)="([^"]*)\"""")
SCRIPTED = re.compile(r"""["'`]/[a-z]{2}""")


def below(inhabited: Path, folder: Path, prefix: str) -> Flask:
    """Build an app below a path."""
    return app_in(Path(shutil.copytree(inhabited, folder)), PUNT_URL_PREFIX=prefix)


@pytest.fixture
def app(inhabited: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """An app below a path; afterwards everything else in this process is where it was."""
    monkeypatch.setattr(addresses._Place, "prefix", "")
    app = below(inhabited, tmp_path / "below", PREFIX)
    yield app
    put_away(app)


def bare(app: Flask, client: FlaskClient | None = None) -> Callable[..., tuple[int, str, dict[str, str]]]:
    """Request a path as it is on the wire, without what Flask's client knows of the app."""
    cookies = "; ".join(f"{each.key}={each.value}" for each in ((client._cookies if client else None) or {}).values())

    def ask(path: str) -> tuple[int, str, dict[str, str]]:
        answer = Client(app, use_cookies=False).get(path, base_url="http://localhost/", headers={"Cookie": cookies})
        return answer.status_code, answer.data.decode(errors="replace"), dict(answer.headers)

    return ask


def test_every_address_on_every_page_is_below_the_path(app: Flask) -> None:
    sue = signed_in(app, "sue")
    things = things_with_numbers(signed_in(app, "alice"))

    for page in PAGES:
        if page.method == "GET" and page.who is not PUBLIC and page.status == 200:
            text = page.ask(sue, things).text
            wrong = [
                each for each in HTML.findall(text) if each.startswith("/") and not f"{each}/".startswith(f"{PREFIX}/")
            ]
            assert not wrong, f"{page}: {wrong}"
            assert page.rule == "/metrics" or f'href="{PREFIX}/' in text, page


def test_pages_for_strangers_lead_below_the_path(app: Flask) -> None:
    login = app.test_client().get("/login").text

    assert f'action="{PREFIX}/login"' in login
    assert f'href="{PREFIX}/static/' in login
    assert app.test_client().get("/profile").location == f"{PREFIX}/login?next={PREFIX}/profile"


@pytest.mark.parametrize("kept", [PREFIX, ""])
def test_it_does_not_matter_whether_the_proxy_keeps_the_path_or_takes_it_off(app: Flask, kept: str) -> None:
    ask = bare(app, signed_in(app, "alice"))

    for path in ("/", "/projects/HARB/board", "/api/projects", "/healthz", "/login"):
        status, text, headers = ask(f"{kept}{path}")
        assert status == (302 if path == "/login" else 200), path
        assert headers.get("Location", PREFIX).startswith(PREFIX)
        assert text.count('href="/') == text.count(f'href="{PREFIX}/')


def test_the_path_itself_is_the_first_page_and_what_only_begins_like_it_is_not(app: Flask) -> None:
    ask = bare(app, signed_in(app, "alice"))

    assert [ask(path)[0] for path in (PREFIX, f"{PREFIX}/", f"{PREFIX}er", f"{PREFIX}er/login", "/tools")] == [
        200,
        200,
        404,
        404,
        404,
    ]


def test_cookies_are_for_what_is_below_the_path_only(app: Flask) -> None:
    client = app.test_client()

    signed_in = client.post("/api/auth/login", json={"username": "bob", "password": PASSWORD}).headers["Set-Cookie"]
    themed = client.post("/theme", data={"theme": "dark"}).headers["Set-Cookie"]
    signed_out = client.post("/logout").headers["Set-Cookie"]

    assert [each.partition("Path=")[2].partition(";")[0] for each in (signed_in, themed, signed_out)] == [PREFIX] * 3


@pytest.mark.parametrize(
    ("wanted", "target"),
    [
        (f"{PREFIX}/projects/HARB/board?q=x", f"{PREFIX}/projects/HARB/board?q=x"),
        ("/projects/HARB/board", f"{PREFIX}/projects/HARB/board"),
        (PREFIX, f"{PREFIX}/"),
        (f"{PREFIX}//evil.example", f"{PREFIX}/"),
        ("//evil.example", f"{PREFIX}/"),
        ("https://evil.example", f"{PREFIX}/"),
        (f"{PREFIX}/login", f"{PREFIX}/"),
        (f"{PREFIX}/api/projects", f"{PREFIX}/"),
        (f"{PREFIX}er/x", f"{PREFIX}{PREFIX}er/x"),
        (None, f"{PREFIX}/"),
    ],
)
def test_signing_in_leads_to_where_one_wanted_below_the_path(app: Flask, wanted: str | None, target: str) -> None:
    credentials = {"username": "bob", "password": PASSWORD}

    answer = app.test_client().post("/login", data=credentials | ({"next": wanted} if wanted else {}))

    assert (answer.status_code, answer.location) == (302, target)


def test_who_must_sign_in_anew_comes_back_to_the_page_of_the_form(app: Flask) -> None:
    page = f"http://localhost{PREFIX}/projects/HARB/settings"

    answer = app.test_client().post("/projects/HARB/settings", data={"name": "x"}, headers={"Referer": page})

    assert answer.location == f"{PREFIX}/login?next={PREFIX}/projects/HARB/settings"


def test_the_next_page_of_a_list_is_below_the_path(app: Flask) -> None:
    alice = signed_in(app, "alice")
    for title in ("one", "two", "three"):
        alice.post("/api/projects/HARB/tickets", json={"title": title})

    first = alice.get("/api/projects/HARB/tickets?limit=1")
    link = re.fullmatch(r'<([^>]+)>; rel="next"', first.headers["Link"])

    assert link
    assert link[1].startswith(f"{PREFIX}/api/projects/HARB/tickets?")
    status, text, _ = bare(app, alice)(link[1])
    assert (status, "two" in text) == (200, True)


def test_a_picture_is_below_the_path_in_answers_and_in_events(app: Flask) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    bob = signed_in(app, "bob")

    address = (bob.put("/api/me/picture", data=picture.getvalue()).json or {})["avatarUrl"]

    assert address.startswith(f"{PREFIX}/avatars/")
    assert bare(app, bob)(address)[0] == 200
    with app.app_context():
        [message] = (
            db.session.connection()
            .exec_driver_sql(
                "SELECT message FROM event_log WHERE message LIKE '%avatarUrl%' ORDER BY position DESC LIMIT 1"
            )
            .scalars()
        )
    assert address in str(message)


def test_the_description_of_the_api_says_where_it_is(app: Flask) -> None:
    description = signed_in(app, "bob").get("/api/openapi.json").json or {}

    assert description["servers"] == [{"url": PREFIX}]


def test_a_forged_prefix_counts_for_nothing(app: Flask) -> None:
    headers = {"X-Forwarded-Prefix": "/evil", "X-Script-Name": "/evil"}

    assert "/evil" not in app.test_client().get("/login", headers=headers).text


@pytest.mark.parametrize(
    ("written", "meant"), [("/punt", "/punt"), ("/punt/", "/punt"), ("/", ""), ("/a/b.c_d~e-F", "/a/b.c_d~e-F")]
)
def test_a_path_is_taken_with_or_without_a_slash_at_its_end(written: str, meant: str) -> None:
    assert Settings.from_environ({"PUNT_URL_PREFIX": written}).url_prefix == meant


def test_no_script_names_an_address_without_the_path() -> None:
    scripts = sorted((ROOT / "static" / "js").rglob("*.js"))

    lines = [
        f"{file.name}: {line}" for file in scripts for line in file.read_text().splitlines() if SCRIPTED.search(line)
    ]

    assert lines == []


def test_no_sheet_names_an_address_from_the_top_of_the_host() -> None:
    sheets = "".join(file.read_text() for file in (ROOT / "static" / "css").glob("*.css"))

    assert not re.findall(r"url\(\s*[\"']?/", sheets)


@pytest.mark.parametrize("prefix", ["/api", "/projects", "/static", "/login"])
def test_the_path_may_be_called_as_a_page_of_punt_is(
    inhabited: Path, tmp_path: Path, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses._Place, "prefix", "")
    app = below(inhabited, tmp_path / "below", prefix)
    ask = bare(app, signed_in(app, "alice"))

    statuses = [ask(f"{prefix}{path}")[0] for path in ("", "/", "/projects/HARB/board", "/api/projects", "/healthz")]
    put_away(app)

    assert statuses == [200] * 5

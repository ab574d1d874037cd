"""Dangers that PUNT does without: a test fails when one of them is introduced."""

from __future__ import annotations

import ast
import re

from flask import Flask
from flask.testing import FlaskClient

from punt.settings import ROOT
from tests.support.board import HARB, TICKETS, made
from tests.support.cast import PASSWORD
from tests.test_layers import SOURCES, imports

RUNNERS = {"eval", "exec", "compile", "__import__"}
UNPACKERS = {"pickle", "marshal", "shelve", "xml", "lxml", "yaml", "ldap3", "ctypes"}
ASKERS = {"urllib.request", "http.client", "httpx", "requests", "urllib3", "aiohttp", "smtplib", "imaplib", "ftplib"}
JITTER = {"punt.api.streams", "punt.events.keeper", "punt.events.stream"}
"""Random numbers that anybody might predict."""
SCRIPT = {str(path): path.read_text() for path in sorted((ROOT / "static" / "js").rglob("*.js"))}
FROM_TEXT = re.compile(
    r"\b(inner|outer)HTML\s*\+?=(?!=)|insertAdjacentHTML|document\.write|createContextualFragment"
    r"|\beval\(|\bFunction\(|set(Timeout|Interval)\(\s*[\"'`]|\bRegExp\("
)


def who_imports(*modules: str) -> set[str]:
    """List which modules of PUNT import one of some, or something in it."""
    return {
        name
        for name in SOURCES
        for found in imports(name)
        if any(found == module or found.startswith(f"{module}.") for module in modules)
    }


def test_no_text_becomes_code_or_an_object_of_its_own_choice() -> None:
    called = {
        node.func.id
        for path in SOURCES.values()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }

    assert not called & RUNNERS
    assert who_imports(*UNPACKERS) == {"punt.heavy.processes"}  # between two processes of PUNT's own


def test_a_command_is_run_for_nothing_but_the_script_the_sheet_and_slow_work() -> None:
    assert who_imports("subprocess", "os.system", "os.popen") == {
        "punt.web.assets",
        "punt.web.bundle",
        "punt.heavy.processes",
    }


def test_nobody_else_is_asked_or_told() -> None:
    assert not who_imports(*ASKERS)


def test_hashes_are_sha_2_and_3_and_secrets_come_from_the_system() -> None:
    used = {
        f"{node.value.id}.{node.attr}"
        for path in SOURCES.values()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in {"hashlib", "hmac"}
    }

    assert used == {"hashlib.sha256", "hashlib.file_digest", "hashlib.shake_256", "hmac.compare_digest"}
    assert 'file_digest(file.stream, "sha256")' in SOURCES["punt.web.submissions"].read_text()
    assert who_imports("random") == JITTER
    assert not who_imports("uuid")


def test_the_script_makes_neither_markup_nor_code_nor_patterns_of_text() -> None:
    found = {name: line for name, text in SCRIPT.items() for line in text.splitlines() if FROM_TEXT.search(line)}

    assert len(SCRIPT) > 40
    assert not found
    assert not [name for name, text in SCRIPT.items() if "window.postMessage" in text or '(window, "message"' in text]


def test_a_request_is_not_echoed(bob: FlaskClient) -> None:
    answers = [bob.open(path, method="TRACE") for path in (HARB, "/", "/login", "/static/any/app.js")]

    assert {answer.status_code for answer in answers} <= {404, 405}
    assert not [answer for answer in answers if "punt_session" in answer.text]


def test_folders_are_not_listed(bob: FlaskClient) -> None:
    paths = ("/static/", "/static/any/", "/static/any/js/", "/static/any/js", "/avatars/", "/.git/config", "/instance/")

    assert {path: bob.get(path).status_code for path in paths} == dict.fromkeys(paths, 404)


def test_a_header_counts_before_a_field_and_none_counts_twice(app: Flask, alice: FlaskClient) -> None:
    token = made(alice, "/api/me/tokens", name="Script", scope="read")["token"]
    alice.post("/projects/HARB/tickets", data={"title": "One", "tabId": "field"}, headers={"X-Tab-Id": "header"})
    history = alice.get(f"{TICKETS}/1/history").json or [{}]
    twice = [
        alice.post(TICKETS, json={"title": "Two"}, headers=[("X-Tab-Id", "one"), ("X-Tab-Id", "other")]),
        app.test_client().get("/api/me", headers=[("Authorization", f"Bearer {token}")] * 2),
        alice.post(TICKETS, json={"title": "Two"}, headers=[("Sec-Fetch-Site", "same-origin")] * 2),
    ]

    assert history[-1]["tabId"] == "header"
    assert [answer.status_code for answer in twice] == [400, 401, 403]


def test_a_field_is_taken_from_one_place_and_once(app: Flask, bob: FlaskClient) -> None:
    title = "Paint the buoys"
    kept = made(bob, f"{TICKETS}?title=From+the+address", title=title)
    form = {"title": [title, "Sent twice"]}
    address = bob.post("/projects/HARB/tickets?title=From+the+address", data=form).headers["Location"]
    token = made(bob, "/api/me/tokens", name="Script", scope="read")["token"]

    assert kept["title"] == title
    assert title in bob.get(address).text
    assert len(bob.get("/api/search?q=buoys&q=nothing").json or ()) == 2
    assert app.test_client().post(f"/api/auth/login?username=bob&password={PASSWORD}", json={}).status_code == 400
    assert app.test_client().get(f"/api/me?token={token}&access_token={token}").status_code == 401

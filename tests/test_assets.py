"""Static files: short, in step with each other, and kept for ever by browsers."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from punt import assets
from punt.assets import STATIC, Tree

TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
FILES = sorted(path for path in STATIC.rglob("*") if path.is_file())


@pytest.fixture
def tree() -> Tree:
    return Tree(STATIC)


@pytest.mark.parametrize(
    "path", sorted(path for path in STATIC.rglob("*") if path.is_file()), ids=lambda path: path.name
)
def test_every_file_can_be_shortened_and_is_sent_as_what_it_is(
    app: Flask, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with app.test_request_context():
        address = assets.asset(path.relative_to(STATIC).as_posix())

    answer = app.test_client().get(address)

    assert (answer.status_code, answer.mimetype) == (200, TYPES[path.suffix])
    assert answer.headers["Cache-Control"] == assets.FOR_EVER
    assert len(answer.data) < path.stat().st_size or path.suffix == ".svg"
    assert not caplog.records


def test_a_script_that_cannot_be_shortened_is_sent_as_written_and_complained_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "odd.js").write_text("if (a) {}\n/b/.test(c);\n")

    with caplog.at_level(logging.ERROR):
        served = Tree(tmp_path).served("odd.js")

    assert served == b"if (a) {}\n/b/.test(c);\n"
    assert "odd.js is served as it was written" in caplog.text


def test_a_file_is_shortened_once(tree: Tree) -> None:
    assert tree.served("js/app.js") is tree.served("js/app.js")


def test_what_is_sent_belongs_to_the_version_even_when_the_files_change(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a { color: red; }")
    tree = Tree(tmp_path)

    (tmp_path / "a.css").write_text("a { color: blue; }")

    assert tree.served("a.css") == b"a{color:red}"
    assert Tree(tmp_path).version != tree.version


def test_a_browser_that_has_it_gets_nothing_again(app: Flask) -> None:
    client = app.test_client()
    first = client.get("/static/any/css/card.css")

    again = client.get("/static/any/css/card.css", headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "no-cache"
    assert (again.status_code, again.data) == (304, b"")


def test_a_file_that_is_not_there_is_missing(app: Flask) -> None:
    client = app.test_client()

    assert client.get("/static/any/js/nothing.js").status_code == 404
    assert client.get("/static/any/../app.py").status_code == 404
    assert client.get("/static/any/%2e%2e/wsgi.py").status_code == 404


def test_in_debug_files_are_sent_as_written(app: Flask) -> None:
    app.debug = True

    answer = app.test_client().get("/static/any/js/due.js")

    assert answer.data == (STATIC / "js" / "due.js").read_bytes()


def test_a_page_asks_for_every_module_at_once(app: Flask, alice: FlaskClient, tree: Tree) -> None:
    with app.test_request_context():
        wanted = [assets.asset(name) for name in tree.modules]

    page = alice.get("/projects/HARB/board").text

    assert re.findall(r'rel="modulepreload" href="([^"]+)"', page) == wanted
    assert len(wanted) == len(set(wanted))


def test_every_module_is_imported_from_the_first_one(tree: Tree) -> None:
    assert {path.name for path in (STATIC / "js").iterdir()} == {
        "app.js",
        *(name.removeprefix("js/") for name in tree.modules),
    }

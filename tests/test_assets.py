"""Static files: short, in step with each other, and kept for ever by browsers."""

from __future__ import annotations

import gzip
import logging
from pathlib import Path

import pytest
from flask import Flask

from bench.assets import AIMS
from punt import assets, minify
from punt.assets import STATIC, Tree

TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
FILES = sorted(path for path in STATIC.rglob("*.*") if "__joined__" not in path.parts)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "js").mkdir()
    (tmp_path / "js/app.js").write_text('import { one } from "./one.js";\n\nconsole.log(one);\n')
    (tmp_path / "js/one.js").write_text("export const one = 1;\n")
    return tmp_path


def test_the_sheet_of_all_pages_stays_under_14_kb_behind_a_compressing_proxy() -> None:
    assert len(gzip.compress(Tree(STATIC).served("css/app.css"), 6)) < 14_000


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_file_is_sent_as_what_it_is(app: Flask, path: Path) -> None:
    with app.test_request_context():
        address = assets.asset(path.relative_to(STATIC).as_posix())

    answer = app.test_client().get(address)

    assert (answer.status_code, answer.mimetype) == (200, TYPES[path.suffix])
    assert answer.headers["Cache-Control"] == assets.FOR_EVER


def test_a_script_that_cannot_be_joined_is_sent_as_written_and_complained_of(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "js/app.js").write_text("const a = ;")

    with caplog.at_level(logging.ERROR):
        served = Tree(folder).served("js/app.js")

    assert served == b"const a = ;"
    assert "js/app.js is served as it was written" in caplog.text


@pytest.mark.parametrize("name", assets.JOINED)
def test_what_belongs_together_is_joined(name: str) -> None:
    tree = Tree(STATIC)

    assert len(tree.served(name)) > len(tree.source(name)) * 5


def test_all_script_of_a_page_is_no_longer_than_promised() -> None:
    scripts = [name for name in assets.JOINED if name.endswith(".js")]

    assert sum(len(gzip.compress(Tree(STATIC).served(name), 9)) for name in scripts) <= AIMS["js"]


def test_what_is_joined_is_kept_for_the_next_process(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    joined = Tree(folder).served("js/app.js")

    monkeypatch.setattr(minify, "whole", None)

    assert joined == Tree(folder).served("js/app.js") == b"(()=>{const e=1;console.log(e)})()"
    assert Tree(folder).version == Tree(folder).version
    assert "__joined__" not in "".join(Tree(folder))


def test_where_nothing_may_be_written_it_is_joined_all_the_same(folder: Path) -> None:
    (folder / "__joined__").write_text("in the way")

    assert Tree(folder).served("js/app.js") == b"(()=>{const e=1;console.log(e)})()"


def test_what_is_sent_belongs_to_the_version_even_when_the_files_change(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a { color: red; }")
    tree = Tree(tmp_path)

    (tmp_path / "a.css").write_text("a { color: blue; }")

    assert tree.served("a.css") == b"a { color: red; }"
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

"""Static files: small, in step with each other, and cached for ever by browsers."""

from __future__ import annotations

import gzip
import logging
import re
from pathlib import Path
from unittest.mock import Mock

import brotli
import pytest
from flask import Flask

from bench.assets import AIMS
from punt.web import assets, bundle, compression
from punt.web.assets import STATIC, Tree
from punt.web.compression import ENCODINGS
from tests.support.cast import signed_in

TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
FILES = sorted(path for path in STATIC.rglob("*.*") if "__joined__" not in path.parts)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "js").mkdir()
    (tmp_path / "js/app.js").write_text('import { one } from "./one.js";\n\nconsole.log(one);\n')
    (tmp_path / "js/one.js").write_text("export const one = 1;\n")
    return tmp_path


@pytest.mark.parametrize("kind", AIMS)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_what_a_page_fetches_of_scripts_and_styles_is_no_more_than_promised(
    app: Flask, kind: str, encoding: str
) -> None:
    address = re.findall(rf'"(/static/[^"]+\.{kind})"', signed_in(app, "bob").get("/").text)

    answers = [app.test_client().get(each, headers={"Accept-Encoding": encoding}) for each in address]

    assert [answer.headers["Content-Encoding"] for answer in answers] == [encoding]
    assert sum(len(answer.data) for answer in answers) <= AIMS[kind]


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


def test_what_is_joined_is_kept_for_the_next_process(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    joined = Tree(folder).served("js/app.js")

    monkeypatch.setattr(bundle, "whole", None)

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


def test_each_way_to_send_a_file_has_an_etag_of_its_own(app: Flask) -> None:
    client, path = app.test_client(), "/static/any/css/app.css"
    answers = {each: client.get(path, headers={"Accept-Encoding": each}) for each in ("", *ENCODINGS)}

    for encoding, answer in answers.items():
        known = {"Accept-Encoding": encoding, "If-None-Match": answer.headers["ETag"]}
        again = client.get(path, headers=known)
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == answer.headers["ETag"]
        assert "Accept-Encoding" in again.vary
        assert "Content-Encoding" not in again.headers

    assert len({answer.headers["ETag"] for answer in answers.values()}) == len(answers)


def test_what_is_compressed_is_kept_for_the_next_process(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compressed = Tree(folder).served("js/app.js", "br")

    monkeypatch.setattr(compression, "smallest", None)

    assert compressed == Tree(folder).served("js/app.js", "br")
    assert brotli.decompress(compressed) == Tree(folder).served("js/app.js")


def test_what_could_not_be_joined_does_not_stay_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as once:
        once.setattr(bundle, "whole", Mock(side_effect=ValueError))
        Tree(folder).served("js/app.js", "gzip")

    assert gzip.decompress(Tree(folder).served("js/app.js", "gzip")) == b"(()=>{const e=1;console.log(e)})()"


def test_a_file_that_is_not_there_is_missing(app: Flask) -> None:
    client = app.test_client()

    assert client.get("/static/any/js/nothing.js").status_code == 404
    assert client.get("/static/any/../app.py").status_code == 404
    assert client.get("/static/any/%2e%2e/wsgi.py").status_code == 404


def test_in_debug_files_are_sent_as_written(app: Flask) -> None:
    app.debug = True

    answer = app.test_client().get("/static/any/js/board/due.js")

    assert answer.data == (STATIC / "js" / "board" / "due.js").read_bytes()

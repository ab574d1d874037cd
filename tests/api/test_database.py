"""The whole database in the API: who may, with which proof, and with which result."""

from __future__ import annotations

import gzip
import io
import itertools
import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from punt.database import db
from punt.events.log import log
from punt.events.publication import EVERYONE
from punt.settings import ROOT as HOUSE
from punt.web.uploads import uploaded
from tests.support.board import HARB, fields, made, nothing_changes, ticket
from tests.support.cast import PASSWORD, PEOPLE
from tests.support.export_file import comings_and_goings, everything

ROOT = "/api/admin/database"
PHRASES = {
    "export": "",
    "import": "replace everything",
    "wipe": "wipe everything",
    "wipe-projects": "wipe all projects",
}
TOLD = {"wipe": "database.wiped", "wipe-projects": "database.projects.wiped"}
DOCUMENT = HOUSE / "docs" / "backup.md"
SignIn = Callable[[str], FlaskClient]


def proof(what: str, **other: Any) -> dict[str, Any]:
    return {"yourPassword": PASSWORD, "phrase": PHRASES[what]} | other


def export(sue: FlaskClient) -> bytes:
    answer = sue.post(f"{ROOT}/export", json={"yourPassword": PASSWORD})
    assert answer.status_code == 200, answer.text
    return bytes(answer.data)


def send(client: FlaskClient, content: bytes, **other: Any) -> Any:
    data = proof("import", **other) | {"file": (io.BytesIO(content), "everything.punt")}
    return client.post(f"{ROOT}/import", data=data, content_type="multipart/form-data")


def test_nobody_but_system_admins_may(app: Flask, sign_in: SignIn) -> None:
    clients = {name: sign_in(name) for name in PEOPLE if name != "sue"} | {"nobody": app.test_client()}

    with nothing_changes(app):
        answers = {
            (name, what): client.post(
                f"{ROOT}/{what}", json=proof(what) if what in PHRASES else {"yourPassword": PASSWORD}
            )
            for name, client in clients.items()
            for what in PHRASES
        }

    assert {answer.status_code for (name, _), answer in answers.items() if name != "nobody"} == {403}
    assert {answer.status_code for (name, _), answer in answers.items() if name == "nobody"} == {401}


@pytest.mark.parametrize("what", ["wipe", "wipe-projects"])
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"yourPassword": "another sentence"}, "yourPassword"),
        ({"phrase": "yes"}, "phrase"),
        ({"phrase": ""}, "phrase"),
        ({"phrase": 1}, "phrase"),
        ({"more": 1}, "more"),
    ],
)
def test_without_phrase_and_password_nothing_goes(
    app: Flask, sign_in: SignIn, what: str, wrong: dict[str, Any], field: str
) -> None:
    sue = sign_in("sue")

    with nothing_changes(app):
        answer = sue.post(f"{ROOT}/{what}", json=proof(what, **wrong))

    assert (answer.status_code, fields(answer)) == (400, [field])


@pytest.mark.parametrize("what", ["wipe", "wipe-projects"])
def test_a_wipe_is_told_as_nobodys_own_so_that_the_tab_that_asked_heeds_it_too(
    app: Flask, sign_in: SignIn, what: str
) -> None:
    answer = sign_in("sue").post(f"{ROOT}/{what}", json=proof(what), headers={"X-Tab-Id": "tab-of-sue"})

    with app.app_context(), db.engine.connect() as connection:
        told = [json.loads(entry.message) for entry in log.since(connection, 0, topics={EVERYONE})]
    assert answer.status_code == 204
    assert [(message["type"], message["tabId"]) for message in told] == [(TOLD[what], None)]


def test_an_export_wants_the_password(app: Flask, sign_in: SignIn) -> None:
    answer = sign_in("sue").post(f"{ROOT}/export", json={"yourPassword": "another sentence"})

    assert (answer.status_code, fields(answer)) == (400, ["yourPassword"])


def test_tries_of_the_password_are_limited(app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    sue = sign_in("sue")
    monkeypatch.setitem(app.config, "RATE_LIMITS", True)

    statuses = [sue.post(f"{ROOT}/wipe", json=proof("wipe", yourPassword="wrong")).status_code for _ in range(11)]

    assert statuses == [400] * 10 + [429]


def test_an_export_is_a_file_to_keep(sign_in: SignIn) -> None:
    answer = sign_in("sue").post(f"{ROOT}/export", json={"yourPassword": PASSWORD})

    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert (answer.content_type, answer.headers["Cache-Control"]) == ("application/gzip", "no-store")
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert gzip.decompress(answer.data).startswith(b'{"format":"punt-export"')


def test_an_export_that_is_imported_is_the_same_again(app: Flask, sign_in: SignIn, alice: FlaskClient) -> None:
    sue = sign_in("sue")
    ticket(alice, "Kept")
    content, before = export(sue), everything(app)
    ticket(alice, "Lost")

    answer = send(sue, content)

    assert answer.status_code == 200, answer.text
    assert (answer.json["counts"]["ticket"], everything(app)) == (1, before)
    assert comings_and_goings(app) == [("exported", "sue"), ("imported", "sue")]
    assert [client.get("/api/me").status_code for client in (sue, alice)] == [401, 401]


def test_what_is_told_of_exports_by_rest_works_as_it_is_told(app: Flask) -> None:
    client, exported = app.test_client(), b""
    told = [shlex.split(line) for line in DOCUMENT.read_text().splitlines() if line.startswith("curl ")]

    for words in told:
        address = words[-1].partition(":3000")[2]
        answer = client.post(address, **sent(words, exported))
        assert answer.status_code == 200, (words, answer.text)
        exported = exported or bytes(answer.data if "-o" in words else b"")

    assert [words[-1].rpartition("/")[2] for words in told] == ["login", "export", "import"]


def sent(words: list[str], file: bytes) -> Any:
    """Return what a curl command sends, its placeholders filled in, as arguments of the test client."""
    forms = [word.partition("=") for flag, word in itertools.pairwise(words) if flag == "-F"]
    fields = json.loads(words[words.index("-d") + 1]) if "-d" in words else {name: value for name, _, value in forms}
    for name, value in fields.items():
        gap = "sue" if name == "username" else PASSWORD
        fields[name] = gap if value == "…" else (io.BytesIO(file), "all.punt") if value.startswith("@") else value
    return {"json": fields} if "-d" in words else {"data": fields}


def test_a_file_that_is_wrong_is_refused_and_not_kept(app: Flask, sign_in: SignIn) -> None:
    sue = sign_in("sue")
    content = export(sue)

    with nothing_changes(app):
        answers = [send(sue, content[:-20]), send(sue, b""), send(sue, content, phrase="yes")]
        answers.append(sue.post(f"{ROOT}/import", data=proof("import"), content_type="multipart/form-data"))

    assert [(answer.status_code, fields(answer)) for answer in answers] == [
        (400, ["file"]),
        (400, ["file"]),
        (400, ["phrase"]),
        (400, ["file"]),
    ]
    assert not list((Path(app.instance_path) / "imports").glob("*"))


def test_an_upload_over_the_limit_is_413(app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    sue = sign_in("sue")
    monkeypatch.setattr("punt.services.database.upload_limit", lambda: 1000)

    with nothing_changes(app):
        answer = send(sue, b"x" * 2000)

    assert (answer.status_code, answer.json["error"]) == (413, "This is too large: at most 1,000 bytes.")


@pytest.mark.parametrize("root", [ROOT, "/admin/database"])
def test_no_transaction_is_open_while_a_file_comes(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, root: str) -> None:
    sue, found = sign_in("sue"), list[bool]()

    def look(*arguments: Any) -> Any:
        found.append(db.session().in_transaction())
        return uploaded(*arguments)

    monkeypatch.setattr("punt.services.database.uploaded", look)

    sue.post(f"{root}/import", data={"file": (io.BytesIO(b"no export"), "all.punt")}, buffered=True)

    assert found == [False]


def test_a_wipe_removes_everything(app: Flask, sign_in: SignIn, alice: FlaskClient) -> None:
    answer = sign_in("sue").post(f"{ROOT}/wipe", json=proof("wipe"))

    assert answer.status_code == 204
    assert {len(rows) for rows in everything(app).values()} == {0}
    assert comings_and_goings(app) == [("wiped", None)]
    assert alice.get("/api/auth/setup").json == {"hasUsers": False}


def test_a_wipe_of_projects_keeps_people(app: Flask, sign_in: SignIn, alice: FlaskClient) -> None:
    made(alice, f"{HARB}/labels", name="tide")

    answer = sign_in("sue").post(f"{ROOT}/wipe-projects", json=proof("wipe-projects"))

    left = everything(app)
    assert (answer.status_code, len(left["user"]), len(left["project"]), len(left["label"])) == (204, 6, 0, 0)
    assert alice.get("/api/me").status_code == 200

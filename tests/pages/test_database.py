"""The page “Database”: plain forms, step by step."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from punt.services import database
from tests.support.board import nothing_changes, ticket
from tests.support.cast import PASSWORD
from tests.support.export_file import comings_and_goings, everything

PAGE = "/admin/database"
SignIn = Callable[[str], FlaskClient]


def export(sue: FlaskClient) -> bytes:
    answer = sue.post(f"{PAGE}/export", data={"yourPassword": PASSWORD})
    assert answer.status_code == 200
    return bytes(answer.data)


def upload(sue: FlaskClient, content: bytes) -> Any:
    data = {"file": (io.BytesIO(content), "everything.punt")}
    sent = sue.post(f"{PAGE}/import", data=data, content_type="multipart/form-data")
    return sue.get(sent.location, buffered=True) if sent.status_code == 302 else sent


def waiting(app: Flask) -> list[Path]:
    return list((Path(app.instance_path) / "imports").glob("*"))


def confirmation(text: str) -> str:
    """Return the address of the form on a page that replaces everything."""
    found = re.search(r'action="(/admin/database/import/\w+)"', text)
    assert found, text
    return found[1]


@pytest.mark.parametrize(("who", "status"), [("alice", 403), ("charlie", 403), ("sue", 200)])
def test_only_system_admins_see_it(sign_in: SignIn, who: str, status: int) -> None:
    assert sign_in(who).get(PAGE).status_code == status


def test_it_tells_what_there_is(sign_in: SignIn, alice: FlaskClient) -> None:
    ticket(alice)

    text = sign_in("sue").get(PAGE).text

    assert re.search(r"<dt>People</dt><dd>6", text)
    assert re.search(r"<dt>Tickets</dt><dd>1", text)
    assert re.search(r"It takes [\d.]+ [kM]B on the disk", text)


def test_an_import_is_shown_first_and_taken_when_confirmed(app: Flask, sign_in: SignIn, alice: FlaskClient) -> None:
    sue = sign_in("sue")
    content, before = export(sue), everything(app)
    ticket(alice, "Lost")

    shown = upload(sue, content)
    with nothing_changes(app):
        wrong = sue.post(confirmation(shown.text), data={"phrase": "replace", "yourPassword": PASSWORD}, buffered=True)
    action = confirmation(wrong.text)
    taken = sue.post(action, data={"phrase": "Replace everything ", "yourPassword": PASSWORD}, buffered=True)

    assert (shown.status_code, wrong.status_code, taken.status_code) == (200, 400, 200)
    assert "6 people, 1 project, 0 tickets" in shown.text
    assert "Type: replace everything" in wrong.text
    assert "Everything has been replaced by the file" in taken.text
    assert (everything(app), waiting(app)) == (before, [])
    assert comings_and_goings(app) == [("exported", "sue"), ("imported", "sue")]


@pytest.mark.parametrize("moment", ["waiting_room", "confirm", "checked", "hold_everything"])
def test_whoever_confirms_twice_is_never_told_that_nothing_was_changed(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    sue, twin = sign_in("sue"), sign_in("sue")
    action = confirmation(upload(sue, export(sue)).text)
    proof = {"phrase": "replace everything", "yourPassword": PASSWORD}
    whole, texts = getattr(database, moment), []

    def overtaken(*arguments: Any) -> Any:
        monkeypatch.setattr(database, moment, whole)
        texts.append(twin.post(action, data=proof, buffered=True).text)
        return whole(*arguments)

    monkeypatch.setattr(database, moment, overtaken)
    texts.append(sue.post(action, data=proof, buffered=True).text)

    assert ["Everything has been replaced by the file" in text for text in texts].count(True) == 1
    assert not any("Nothing was changed" in text for text in texts)


def test_a_file_that_is_wrong_says_so_and_does_not_wait(app: Flask, sign_in: SignIn) -> None:
    sue = sign_in("sue")
    content = export(sue)

    with nothing_changes(app):
        answers = [upload(sue, content[:-20]), upload(sue, b"no export"), upload(sue, b"")]

    assert all("Nothing was changed" in answer.text for answer in answers)
    assert "only a part of it is here" in answers[0].text
    assert waiting(app) == []


def test_what_does_not_wait_cannot_be_confirmed(app: Flask, sign_in: SignIn) -> None:
    sue, proof = sign_in("sue"), {"phrase": "replace everything", "yourPassword": PASSWORD}

    with nothing_changes(app):
        answers = [sue.post(f"{PAGE}/import/{name}", data=proof) for name in ("0" * 32, "..", "punt.sqlite3")]

    assert {answer.status_code for answer in answers} == {404}


def test_who_sets_punt_up_anew_is_told_who_wiped_it(sign_in: SignIn) -> None:
    sue = sign_in("sue")
    sue.post(f"{PAGE}/wipe", data={"phrase": "wipe everything", "yourPassword": PASSWORD})
    sue.post("/setup", data={"username": "nora", "name": "Nora", "password": PASSWORD})

    text = re.sub(r"<[^>]+>|\s+", " ", sue.get("/admin/audit").text)

    assert re.search(r"Deleted person +wiped +everything, by @sue", text), text


@pytest.mark.parametrize(
    ("what", "phrase", "goes"), [("wipe", "wipe everything", "/setup"), ("wipe-projects", "wipe all projects", "/")]
)
def test_a_wipe_wants_its_own_phrase(app: Flask, sign_in: SignIn, what: str, phrase: str, goes: str) -> None:
    sue = sign_in("sue")

    with nothing_changes(app):
        wrong = sue.post(f"{PAGE}/{what}", data={"phrase": "replace everything", "yourPassword": PASSWORD})
    done = sue.post(f"{PAGE}/{what}", data={"phrase": phrase, "yourPassword": PASSWORD})

    assert (wrong.status_code, done.status_code, done.location) == (400, 302, goes)
    assert f"Type: {phrase}" in wrong.text
    assert PASSWORD not in wrong.text
    assert everything(app)["project"] == []

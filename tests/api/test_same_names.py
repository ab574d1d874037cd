"""Names that differ only by composition or by invisible characters are the same name."""

from __future__ import annotations

import io
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from punt.checks.running import repair
from punt.database import db, new_id, writing
from punt.models import Label, Project
from punt.models.texts import key_of
from punt.services import sign_in as signing
from tests.support.board import HARB, TICKETS, made, shown, ticket
from tests.support.cast import PASSWORD, signed_in

COMPOSED, APART, UNSEEN = "Résumé", "Re\u0301sume\u0301", "Ré\u200bsumé\u2060"
LABELS = f"{HARB}/labels"


def names(client: FlaskClient) -> list[str]:
    return [each["name"] for each in client.get(LABELS).json or ()]


@pytest.mark.parametrize("other", [APART, UNSEEN, "RÉSUMÉ"])
def test_a_label_of_the_same_name_is_refused_by_its_field(either: Flask, other: str) -> None:
    bob = signed_in(either, "bob")
    made(bob, LABELS, name=COMPOSED)
    second = made(bob, LABELS, name="other")["id"]

    created = bob.post(LABELS, json={"name": other})
    renamed = bob.patch(f"{LABELS}/{second}", json={"name": other})
    by_form = bob.post("/projects/HARB/labels", data={"name": other})

    assert [answer.status_code for answer in (created, renamed, by_form)] == [409] * 3
    assert [each["field"] for each in (created.json or {})["details"]] == ["name"]
    assert sorted(names(bob)) == sorted([COMPOSED, "other"])


@pytest.mark.parametrize("other", [APART, UNSEEN])
def test_a_label_made_in_passing_is_the_one_that_is_there(either: Flask, other: str) -> None:
    bob = signed_in(either, "bob")
    label = made(bob, LABELS, name=COMPOSED)["id"]

    bob.post("/projects/HARB/tickets", data={"title": "x", "newLabel": other})

    found = shown(bob, "HARB-1")
    assert [each["id"] for each in found["labels"]] == [label]
    assert names(bob) == [COMPOSED]


def test_a_name_is_kept_as_it_was_written_and_may_be_written_otherwise(either: Flask) -> None:
    bob = signed_in(either, "bob")
    label = made(bob, LABELS, name="👩\u200d🚀 می\u200cخواهم")["id"]

    assert names(bob) == ["👩\u200d🚀 می\u200cخواهم"]
    assert bob.patch(f"{LABELS}/{label}", json={"name": "👩🚀 میخواهم"}).status_code == 200
    assert names(bob) == ["👩🚀 میخواهم"]


@pytest.mark.parametrize("typed", ["bob\u200b", "\u2060BOB", "b\u00adob", "bob@exam\u200bple.org"])
def test_who_pastes_something_invisible_signs_in(app: Flask, typed: str) -> None:
    answer = app.test_client().post("/api/auth/login", json={"username": typed, "password": PASSWORD})

    assert answer.status_code == 200


def test_invisible_characters_give_no_further_tries_at_an_account(
    limited: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing, "ACCOUNT_TRIES", 2)
    client = limited.test_client()

    answers = [
        client.post("/api/auth/login", json={"username": "bob" + nth * "\u200b", "password": "wrong"})
        for nth in range(3)
    ]

    assert [answer.status_code for answer in answers] == [401, 401, 429]


def test_who_is_let_in_by_a_name_with_something_invisible_is_the_one_meant(either: Flask) -> None:
    alice = signed_in(either, "alice")

    answer = alice.post(f"{HARB}/members", json={"username": "char\u200blie", "role": "viewer"})

    assert (answer.status_code, dict(answer.json or {})["user"]["username"]) == (201, "charlie")


def test_an_import_finds_columns_labels_and_people_however_they_are_written(either: Flask) -> None:
    alice = signed_in(either, "alice")
    label = made(alice, LABELS, name=COMPOSED)["id"]
    alice.patch("/api/me", json={"name": COMPOSED})
    table = f"Title,Column,Labels,Assignee\none,To\u200b Do,{APART},{UNSEEN}\ntwo,TO DO,{UNSEEN},ali\u2060ce\n"
    columns = len(alice.get(f"{HARB}/columns").json or ())

    sent = alice.post(
        "/projects/HARB/import", data={"file": (io.BytesIO(table.encode()), "table.csv")}, follow_redirects=True
    )
    alice.post(sent.request.path, data={"do": "take"})

    found: Any = alice.get(TICKETS).json
    assert len(found) == 2
    assert [[each["id"] for each in one["labels"]] for one in found] == [[label], [label]]
    assert {one["assigneeId"] for one in found} == {(alice.get("/api/me").json or {})["id"]}
    assert len(alice.get(f"{HARB}/columns").json or ()) == columns


def harbour() -> str:
    return str(db.session.scalar(sa.select(Project.id).where(Project.key == "HARB")))


def twins(app: Flask) -> tuple[str, str]:
    """Insert two labels as an older PUNT accepted them, and return their ids."""
    with app.app_context(), writing() as session:
        ids = new_id(), new_id()
        for own_id, name in zip(ids, (COMPOSED, APART), strict=True):
            row = {"id": own_id, "project_id": harbour(), "name": name, "name_key": name.casefold()}
            session.execute(sa.insert(Label).values(row | {"color": "#000000"}))
    return ids


def keys(app: Flask) -> dict[str, str]:
    with app.app_context():
        found = {row.name: row.name_key for row in db.session.execute(sa.select(Label.name, Label.name_key))}
        db.session.rollback()
    return found


def test_twins_of_an_older_punt_both_work_until_a_repair_makes_them_one(either: Flask) -> None:
    one, other = twins(either)
    bob = signed_in(either, "bob")
    tagged = ticket(bob, labelIds=[one, other])["id"]
    assert bob.patch(f"{LABELS}/{other}", json={"color": "#0f7b4d"}).status_code == 200
    assert len(shown(bob, tagged)["labels"]) == 2

    with either.app_context(), writing():
        repair()

    assert len(names(bob)) == 1
    assert len(shown(bob, tagged)["labels"]) == 1
    assert set(keys(either).values()) == {key_of(COMPOSED)}


def test_an_export_of_an_older_punt_still_comes_in(app: Flask) -> None:
    twins(app)
    with app.app_context(), writing() as session:
        row = {"id": new_id(), "project_id": harbour(), "name": UNSEEN, "name_key": UNSEEN.casefold()}
        alone = row | {"id": new_id(), "name": "Ca\u200bfé", "name_key": "ca\u200bfé"}
        for each in (row, alone):
            session.execute(sa.insert(Label).values(each | {"color": "#000000"}))
    sue = signed_in(app, "sue")
    exported = sue.post("/api/admin/database/export", json={"yourPassword": PASSWORD}).data
    form = {"yourPassword": PASSWORD, "phrase": "replace everything", "file": (io.BytesIO(exported), "all.punt")}

    answer = sue.post("/api/admin/database/import", data=form, content_type="multipart/form-data")

    assert answer.status_code == 200, answer.text
    assert len(keys(app)) == 4
    assert keys(app)["Ca\u200bfé"] == key_of("Café")

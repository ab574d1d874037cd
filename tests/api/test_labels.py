"""Labels in the API."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from punt.database import db
from punt.models.palette import LABELS
from tests.support.board import HARB, fields, made, nothing_changes, shown, ticket
from tests.support.patterns import ID

LABEL = f"{HARB}/labels"


def test_a_label_is_made_changed_and_listed_by_name(bob: FlaskClient) -> None:
    made(bob, LABEL, name="wind")
    label = made(bob, LABEL, name=" Boats ", color="#ABCDEF")

    changed = bob.patch(f"{LABEL}/{label['id']}", json={"name": "yachts"}).json

    assert label == {"id": ID, "name": "Boats", "color": "#abcdef"}
    assert changed == label | {"name": "yachts"}
    assert [each["name"] for each in bob.get(LABEL).json or ()] == ["wind", "yachts"]


def test_labels_without_a_colour_get_the_next_of_the_palette(bob: FlaskClient) -> None:
    colors = [made(bob, LABEL, name=f"label {number}")["color"] for number in range(len(LABELS) + 1)]

    assert colors == [*LABELS, LABELS[0]]


@pytest.mark.parametrize("name", ["Straße", "STRASSE", " straße "])
def test_a_name_is_unique_in_the_project_whatever_the_case(app: Flask, bob: FlaskClient, name: str) -> None:
    made(bob, LABEL, name="Strasse")
    other = made(bob, LABEL, name="Other")

    with nothing_changes(app):
        answers = [bob.post(LABEL, json={"name": name}), bob.patch(f"{LABEL}/{other['id']}", json={"name": name})]

    assert [(answer.status_code, fields(answer)) for answer in answers] == [(409, ["name"])] * 2


def test_a_label_may_change_the_case_of_its_own_name(bob: FlaskClient) -> None:
    label = made(bob, LABEL, name="quay")

    changed = bob.patch(f"{LABEL}/{label['id']}", json={"name": "QUAY"}).json

    assert changed == label | {"name": "QUAY"}


def test_another_project_may_have_a_label_of_the_same_name(alice: FlaskClient) -> None:
    made(alice, "/api/projects", key="BOAT", name="Boats")
    made(alice, LABEL, name="quay")

    assert made(alice, "/api/projects/BOAT/labels", name="quay")["name"] == "quay"


def test_a_name_that_grows_when_its_case_is_folded_fits(bob: FlaskClient) -> None:
    name = "ΐ" * 50

    assert made(bob, LABEL, name=name)["name"] == name


def test_a_deleted_label_goes_from_all_its_tickets(bob: FlaskClient) -> None:
    gone, kept = (made(bob, LABEL, name=name)["id"] for name in ("gone", "kept"))
    one = ticket(bob, labelIds=[gone, kept])

    answer = bob.delete(f"{LABEL}/{gone}")

    assert answer.status_code == 204
    assert [each["id"] for each in shown(bob, one["id"])["labels"]] == [kept]


def test_a_change_of_nothing_changes_nothing(app: Flask, bob: FlaskClient) -> None:
    label = made(bob, LABEL, name="quay")

    with nothing_changes(app):
        answers = [bob.patch(f"{LABEL}/{label['id']}", json=body) for body in ({}, {"name": "quay"})]

    assert [answer.json for answer in answers] == [label, label]


def test_a_label_of_another_project_is_not_found(app: Flask, alice: FlaskClient) -> None:
    made(alice, "/api/projects", key="BOAT", name="Boats")
    foreign = made(alice, "/api/projects/BOAT/labels", name="quay")["id"]

    with nothing_changes(app):
        answers = [alice.patch(f"{LABEL}/{foreign}", json={"name": "mine"}), alice.delete(f"{LABEL}/{foreign}")]

    assert [(answer.status_code, answer.json) for answer in answers] == [(404, {"error": "Label not found."})] * 2


def test_a_label_merged_into_another_is_gone_and_its_tickets_carry_the_other(bob: FlaskClient) -> None:
    one, other, third = (made(bob, LABEL, name=name) for name in ("one", "other", "third"))
    wanted = {"a": [one, third], "b": [one, other], "c": [other], "d": []}
    ids = {
        title: ticket(bob, title, labelIds=[each["id"] for each in carried])["id"] for title, carried in wanted.items()
    }
    before = {title: shown(bob, ids[title])["version"] for title in ids}

    answer = bob.post(f"{LABEL}/{one['id']}/merge", json={"into": other["id"]})

    after = {title: shown(bob, ids[title]) for title in ids}
    assert (answer.status_code, answer.json) == (200, other)
    assert [each["name"] for each in bob.get(LABEL).json or ()] == ["other", "third"]
    assert {title: [each["name"] for each in after[title]["labels"]] for title in ids} == {
        "a": ["other", "third"],
        "b": ["other"],
        "c": ["other"],
        "d": [],
    }
    assert {title for title in ids if after[title]["version"] > before[title]} == {"a", "b"}


def test_a_merge_tells_of_each_ticket_and_of_the_label(app: Flask, bob: FlaskClient) -> None:
    one, other = (made(bob, LABEL, name=name)["id"] for name in ("one", "other"))
    ids = [ticket(bob, labelIds=[one])["id"] for _ in range(2)]

    bob.post(f"{LABEL}/{one}/merge", json={"into": other})

    with app.app_context():
        rows = db.session.execute(sa.text("SELECT message FROM event_log ORDER BY position DESC LIMIT 3")).scalars()
        told = [json.loads(row) for row in reversed(rows.all())]
    assert [each["type"] for each in told] == ["ticket.updated", "ticket.updated", "label.deleted"]
    assert sorted(each["data"]["id"] for each in told[:2]) == sorted(ids)
    assert told[2]["data"] == {"id": one}
    assert [[label["id"] for label in each["data"]["labels"]] for each in told[:2]] == [[other]] * 2
    assert [each["changed"] for each in told[:2]] == [["labels"]] * 2


def test_a_label_is_not_merged_into_itself_or_into_one_of_another_project(app: Flask, alice: FlaskClient) -> None:
    made(alice, "/api/projects", key="BOAT", name="Boats")
    foreign = made(alice, "/api/projects/BOAT/labels", name="quay")["id"]
    one = made(alice, LABEL, name="one")["id"]

    with nothing_changes(app):
        answers = [alice.post(f"{LABEL}/{one}/merge", json={"into": other}) for other in (one, foreign, "nope")]

    assert [(answer.status_code, fields(answer)) for answer in answers] == [(400, ["into"])] * 3

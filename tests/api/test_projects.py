"""Projects in the API."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from punt.models.palette import PROJECTS
from tests.support.board import HARB, fields, made, nothing_changes, ticket
from tests.support.patterns import ID, TIMESTAMP


def test_a_new_project_is_its_founders_and_has_the_default_columns(charlie: FlaskClient) -> None:
    project = made(charlie, "/api/projects", key="boat", name=" Boats ", description="All\r\nof them", color="#ABCDEF")

    members = charlie.get(f"/api/projects/{project['id']}/members").json
    columns = charlie.get("/api/projects/BOAT/columns").json
    assert project == {
        "id": ID,
        "key": "BOAT",
        "name": "Boats",
        "description": "All\nof them",
        "color": "#abcdef",
        "createdAt": TIMESTAMP,
        "updatedAt": TIMESTAMP,
    }
    assert [(each["role"], each["user"]["username"]) for each in members or ()] == [("owner", "charlie")]
    assert [each["name"] for each in columns or ()] == ["To Do", "In Progress", "Review", "Done"]
    assert [each["order"] for each in columns or ()] == [0, 1, 2, 3]


def test_a_project_without_a_colour_gets_one_of_the_palette(charlie: FlaskClient) -> None:
    project = made(charlie, "/api/projects", key="BOAT", name="Boats", color=None)

    assert project["color"] in PROJECTS
    assert project["description"] == ""


@pytest.mark.parametrize("key", ["B", "B" * 11, "1B", "B-1", "BÖ", "", "B B", "ﬁ1", 7, None])
def test_a_key_is_2_to_10_letters_and_digits_with_a_letter_first(charlie: FlaskClient, key: Any) -> None:
    answer = charlie.post("/api/projects", json={"key": key, "name": "Boats"})

    assert answer.status_code == 400
    assert fields(answer) == ["key"]


@pytest.mark.parametrize("key", ["HARB", "harb", " Harb "])
def test_a_key_that_is_taken_is_409(app: Flask, charlie: FlaskClient, key: str) -> None:
    with nothing_changes(app):
        answer = charlie.post("/api/projects", json={"key": key, "name": "Boats"})

    assert (answer.status_code, fields(answer)) == (409, ["key"])


@pytest.mark.parametrize("reference", ["HARB", "harb", "Harb"])
def test_a_project_is_found_by_its_key_in_any_case(alice: FlaskClient, reference: str) -> None:
    project = alice.get(f"/api/projects/{reference}").json or {}

    assert alice.get(f"/api/projects/{project['id']}").json == project


def test_a_change_changes_what_was_sent_and_nothing_else(alice: FlaskClient) -> None:
    before = alice.get(HARB).json or {}

    after = alice.patch(HARB, json={"name": "Harbours", "color": "#A3296F"}).json or {}

    assert after == before | {"name": "Harbours", "color": "#a3296f", "updatedAt": after["updatedAt"]}
    assert after["updatedAt"] >= before["updatedAt"]
    assert alice.get(HARB).json == after


def test_a_key_is_fixed_for_life(alice: FlaskClient) -> None:
    answer = alice.patch(HARB, json={"key": "PORT"})

    assert (answer.status_code, fields(answer)) == (400, ["key"])


def test_a_change_of_nothing_changes_nothing(app: Flask, alice: FlaskClient) -> None:
    project = alice.get(HARB).json or {}
    same = {name: project[name] for name in ("name", "description", "color")}

    with nothing_changes(app):
        answers = [alice.patch(HARB, json=body) for body in ({}, same)]

    assert [answer.json for answer in answers] == [project, project]


def test_tickets_made_in_a_project_are_no_change_of_the_project(alice: FlaskClient) -> None:
    before = alice.get(HARB).json

    ticket(alice)

    assert alice.get(HARB).json == before


def test_a_deleted_project_takes_everything_in_it_along(alice: FlaskClient) -> None:
    label = made(alice, f"{HARB}/labels", name="quay")["id"]
    parent = ticket(alice, labelIds=[label])
    ticket(alice, parentId=parent["id"])

    answer = alice.delete(HARB)

    assert answer.status_code == 204
    assert answer.data == b""
    assert alice.get("/api/projects").json == []
    assert [alice.get(f"{HARB}/{what}").status_code for what in ("tickets", "columns", "labels")] == [404] * 3


def test_the_list_is_by_name_whatever_the_case(charlie: FlaskClient) -> None:
    for key, name in (("CC", "cranes"), ("AA", "Anchors"), ("BB", "boats")):
        made(charlie, "/api/projects", key=key, name=name)

    found = charlie.get("/api/projects").json or []

    assert [each["name"] for each in found] == ["Anchors", "boats", "cranes"]

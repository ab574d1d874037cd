"""Tickets in the API, one by one: creating, editing, deleting."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from punt.models import Priority, TicketType
from tests.support.board import (
    HARB,
    TICKETS,
    column_ids,
    fields,
    made,
    nothing_changes,
    person,
    shown,
    ticket,
    tickets,
    titles,
)
from tests.support.patterns import ID, TIMESTAMP


def test_only_the_title_is_required(bob: FlaskClient) -> None:
    answer = bob.post(TICKETS, json={"title": "  Paint the buoys "})

    made_ticket = answer.json or {}
    assert answer.status_code == 201
    assert answer.headers["ETag"] == '"1"'
    assert made_ticket == {
        "id": ID,
        "key": "HARB-1",
        "number": 1,
        "title": "Paint the buoys",
        "description": "",
        "type": "Task",
        "priority": "Medium",
        "projectId": (bob.get(HARB).json or {})["id"],
        "columnId": column_ids(bob)[0],
        "order": 0,
        "rank": made_ticket["rank"],
        "assigneeId": None,
        "creatorId": person(bob),
        "parentId": None,
        "labels": [],
        "storyPoints": None,
        "estimate": None,
        "startDate": None,
        "dueDate": None,
        "version": 1,
        "createdAt": TIMESTAMP,
        "updatedAt": TIMESTAMP,
    }


def test_every_field_is_kept_as_sent(alice: FlaskClient, bob: FlaskClient) -> None:
    labels = [made(alice, f"{HARB}/labels", name=name) for name in ("wind", "boats")]
    parent = ticket(alice)
    sent = {
        "title": "Ä" * 200,
        "description": "# Plan\n\n" + "x" * 49_992,
        "type": "Bug",
        "priority": "Critical",
        "columnId": column_ids(alice)[2],
        "assigneeId": person(bob),
        "parentId": parent["id"],
        "storyPoints": 999,
        "estimate": "2d",
        "startDate": "2024-02-29",
        "dueDate": "2024-03-01",
    }

    created = ticket(alice, **sent, labelIds=[each["id"] for each in labels])

    assert {name: created[name] for name in sent} == sent
    assert created["labels"] == [labels[1], labels[0]]
    assert shown(alice, created["id"]) == created


def test_new_tickets_go_to_the_bottom(bob: FlaskClient) -> None:
    first, _, review, _ = column_ids(bob)

    tickets(bob, "a", "b")
    tickets(bob, "c", "d", columnId=review)

    assert (titles(bob, first), titles(bob, review)) == ("a b", "c d")


@pytest.mark.parametrize("spelt", [str.lower, str.upper, str.title, " {} ".format])
def test_types_and_priorities_are_taken_in_any_case(bob: FlaskClient, spelt: Any) -> None:
    pairs = [(kind, priority) for kind, priority in zip([*TicketType, TicketType.TASK], Priority, strict=True)]

    created = [ticket(bob, type=spelt(kind), priority=spelt(priority)) for kind, priority in pairs]

    assert [(each["type"], each["priority"]) for each in created] == pairs


def test_a_ticket_is_found_by_id_key_and_number(bob: FlaskClient) -> None:
    created = ticket(bob)

    found = [shown(bob, reference) for reference in (created["id"], "HARB-1", "harb-1", "1")]

    assert found == [created] * 4


@pytest.mark.parametrize("reference", ["HARB-2", "2", "BOAT-1", "HARB-", "-1", "0", "01", "1.0", "HARB-1x", "1" * 26])
def test_what_is_no_ticket_of_the_project_is_not_found(visit: Any, reference: str) -> None:
    answer = visit("bob").get(f"{TICKETS}/{reference}")

    assert (answer.status_code, answer.json) == (404, {"error": "Ticket not found."})


def test_numbers_are_never_reused(bob: FlaskClient) -> None:
    ids = tickets(bob, "one", "two", "three")
    for ticket_id in ids[1:]:
        bob.delete(f"{TICKETS}/{ticket_id}")

    assert [ticket(bob)["key"] for _ in range(2)] == ["HARB-4", "HARB-5"]
    assert bob.get(f"{TICKETS}/3").status_code == 404


def test_a_refused_ticket_takes_no_number(bob: FlaskClient) -> None:
    refused = bob.post(TICKETS, json={"title": "One", "parentId": "nope"})

    assert refused.status_code == 400
    assert ticket(bob)["number"] == 1


def test_numbers_count_from_1_in_each_project(alice: FlaskClient) -> None:
    made(alice, "/api/projects", key="BOAT", name="Boats")
    ticket(alice)

    first = made(alice, "/api/projects/BOAT/tickets", title="First")

    assert first["key"] == "BOAT-1"


def test_an_edit_changes_what_was_sent_and_nothing_else(bob: FlaskClient) -> None:
    created = ticket(bob, description="Old", storyPoints=3, dueDate="2024-03-01")

    edited = bob.patch(f"{TICKETS}/1", json={"title": "New", "priority": "high", "storyPoints": None}).json or {}

    wanted = {"title": "New", "priority": "High", "storyPoints": None, "version": 2, "updatedAt": TIMESTAMP}
    assert edited == created | wanted
    assert edited["updatedAt"] >= created["updatedAt"]
    assert shown(bob, "1") == edited


@pytest.mark.parametrize("name", ["assigneeId", "parentId", "storyPoints", "estimate", "startDate", "dueDate"])
def test_what_is_optional_can_be_taken_away(bob: FlaskClient, name: str) -> None:
    full = {
        "assigneeId": person(bob),
        "parentId": ticket(bob)["id"],
        "storyPoints": 0,
        "estimate": "2h",
        "startDate": "2024-01-01",
        "dueDate": "2024-01-02",
    }
    created = ticket(bob, **full)

    cleared = bob.patch(f"{TICKETS}/2", json={name: None}).json or {}

    assert cleared == created | {name: None, "version": 2, "updatedAt": cleared["updatedAt"]}


def test_labels_are_replaced_as_a_whole(bob: FlaskClient) -> None:
    one, two, three = (made(bob, f"{HARB}/labels", name=name) for name in ("one", "two", "three"))
    ticket(bob, labelIds=[one["id"], two["id"]])

    replaced = bob.patch(f"{TICKETS}/1", json={"labelIds": [three["id"], two["id"], two["id"]]}).json or {}
    emptied = bob.patch(f"{TICKETS}/1", json={"labelIds": []}).json or {}

    assert (replaced["labels"], replaced["version"]) == ([three, two], 2)
    assert (emptied["labels"], emptied["version"]) == ([], 3)


def test_a_change_of_nothing_changes_nothing(app: Flask, bob: FlaskClient) -> None:
    label = made(bob, f"{HARB}/labels", name="quay")["id"]
    created = ticket(bob, description="Text", labelIds=[label], assigneeId=person(bob), dueDate="2024-03-01")
    readonly = {"id", "key", "number", "projectId", "creatorId", "rank", "labels", "version", "createdAt", "updatedAt"}
    same = {name: value for name, value in created.items() if name not in readonly} | {"labelIds": [label]}

    with nothing_changes(app):
        answers = [bob.patch(f"{TICKETS}/1", json=body) for body in ({}, same)]

    assert [answer.json for answer in answers] == [created, created]
    assert [answer.headers["ETag"] for answer in answers] == ['"1"', '"1"']


@pytest.mark.parametrize("name", ["id", "number", "key", "rank", "version", "creatorId", "projectId", "labels"])
def test_what_is_not_for_clients_to_say_is_refused(visit: Any, town: Flask, name: str) -> None:
    created = ticket(visit("bob"))

    with nothing_changes(town):
        answer = visit("bob").patch(f"{TICKETS}/{created['id']}", json={name: created[name]})

    assert (answer.status_code, fields(answer)) == (400, [name])


def test_references_into_another_project_are_not_found(app: Flask, alice: FlaskClient, charlie: FlaskClient) -> None:
    made(alice, "/api/projects", key="BOAT", name="Boats")
    column = (alice.get("/api/projects/BOAT/columns").json or [])[0]["id"]
    label = made(alice, "/api/projects/BOAT/labels", name="quay")["id"]
    other = made(alice, "/api/projects/BOAT/tickets", title="Other")["id"]
    own = ticket(alice)
    wrong = {"columnId": column, "labelIds": [label], "parentId": other, "assigneeId": person(charlie)}
    places = {"before": other, "after": other}

    with nothing_changes(app):
        answers = {
            name: [alice.patch(f"{TICKETS}/{own['id']}", json={name: value})]
            + ([alice.post(TICKETS, json={"title": "x", name: value})] if name in wrong else [])
            for name, value in (wrong | places).items()
        }
        reached = [alice.open(f"{TICKETS}/{other}", method=method, json={}) for method in ("GET", "PATCH", "DELETE")]

    for name, refused in answers.items():
        assert {(each.status_code, *fields(each)) for each in refused} == {(400, name)}
        assert all("not found" in each.text for each in refused)
    assert [each.status_code for each in reached] == [404] * 3


def test_a_system_admin_who_is_no_member_cannot_be_assigned(bob: FlaskClient, sign_in: Any) -> None:
    answer = bob.post(TICKETS, json={"title": "x", "assigneeId": person(sign_in("sue"))})

    assert (answer.status_code, fields(answer)) == (400, ["assigneeId"])


def test_a_deleted_ticket_is_gone(bob: FlaskClient) -> None:
    ids = tickets(bob, "one", "two", "three")

    answer = bob.delete(f"{TICKETS}/HARB-2")

    assert (answer.status_code, answer.data) == (204, b"")
    assert [bob.get(f"{TICKETS}/{each}").status_code for each in ids] == [200, 404, 200]
    assert titles(bob, column_ids(bob)[0]) == "one three"

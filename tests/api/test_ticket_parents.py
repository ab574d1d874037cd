"""Tickets inside tickets."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from tests.support.board import TICKETS, fields, nothing_changes, shown, ticket, tickets


def test_a_subtask_is_created_under_a_parent(bob: FlaskClient) -> None:
    parent = ticket(bob)

    child = ticket(bob, type="subtask", parentId=parent["id"])

    assert (child["type"], child["parentId"]) == ("Subtask", parent["id"])


def test_a_parent_may_be_named_by_its_key(bob: FlaskClient) -> None:
    parent = ticket(bob)

    assert ticket(bob, parentId="harb-1")["parentId"] == parent["id"]


def test_a_subtask_cannot_be_a_parent(app: Flask, bob: FlaskClient) -> None:
    subtask, other = ticket(bob, type="Subtask"), ticket(bob)

    with nothing_changes(app):
        answers = [
            bob.post(TICKETS, json={"title": "x", "parentId": subtask["id"]}),
            bob.patch(f"{TICKETS}/{other['id']}", json={"parentId": subtask["id"]}),
        ]

    assert [(answer.status_code, fields(answer)) for answer in answers] == [(400, ["parentId"])] * 2


def test_a_ticket_with_children_cannot_become_a_subtask(app: Flask, bob: FlaskClient) -> None:
    parent = ticket(bob)
    ticket(bob, parentId=parent["id"])

    with nothing_changes(app):
        answer = bob.patch(f"{TICKETS}/1", json={"type": "subtask", "title": "Changed"})

    assert (answer.status_code, fields(answer)) == (400, ["type"])


def test_nobody_is_their_own_ancestor(app: Flask, bob: FlaskClient) -> None:
    top = ticket(bob)
    middle = ticket(bob, parentId=top["id"])
    bottom = ticket(bob, parentId=middle["id"])

    with nothing_changes(app):
        answers = [bob.patch(f"{TICKETS}/1", json={"parentId": each["id"]}) for each in (top, middle, bottom)]

    assert [(answer.status_code, fields(answer)) for answer in answers] == [(400, ["parentId"])] * 3


def test_a_bulk_change_makes_no_cycle_either(app: Flask, bob: FlaskClient) -> None:
    one, two = tickets(bob, "one", "two")

    with nothing_changes(app):
        answer = bob.patch(TICKETS, json={"ticketIds": [one, two], "updates": {"parentId": two}})

    assert (answer.status_code, fields(answer)) == (400, ["parentId"])


def test_children_of_a_deleted_ticket_stay_without_a_parent(bob: FlaskClient) -> None:
    parent = ticket(bob)
    child = ticket(bob, parentId=parent["id"])

    bob.delete(f"{TICKETS}/{parent['id']}")

    orphan = shown(bob, child["id"])
    assert (orphan["parentId"], orphan["version"]) == (None, 2)


def test_parents_and_children_can_be_deleted_together(bob: FlaskClient) -> None:
    parent = ticket(bob)["id"]
    child = ticket(bob, parentId=parent)["id"]

    answer = bob.delete(TICKETS, json={"ticketIds": [parent, child]})

    assert (answer.status_code, bob.get(TICKETS).json) == (204, [])

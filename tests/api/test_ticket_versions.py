"""Writing once, and only if nothing has changed: ``Idempotency-Key``, ``ETag`` and ``If-Match``."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.board import HARB, TICKETS, fields, nothing_changes, shown, ticket


def create(client: FlaskClient, key: str, **body: Any) -> Any:
    """Create a ticket with a key."""
    return client.post(TICKETS, json={"title": "One"} | body, headers={"Idempotency-Key": key})


def test_the_same_key_again_answers_with_the_same_ticket(bob: FlaskClient) -> None:
    answers = [create(bob, "a1") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [201] * 3
    assert [answer.json for answer in answers] == [answers[0].json] * 3
    assert len(bob.get(TICKETS).json or ()) == 1


def test_the_same_key_answers_with_the_ticket_as_it_is_now(bob: FlaskClient) -> None:
    create(bob, "a1")
    changed = bob.patch(f"{TICKETS}/1", json={"title": "Two"}).json

    assert create(bob, "a1").json == changed


def test_another_key_and_another_person_make_another_ticket(alice: FlaskClient, bob: FlaskClient) -> None:
    answers = [create(bob, "a1"), create(bob, "a2"), create(alice, "a1")]

    assert [answer.json["number"] for answer in answers] == [1, 2, 3]


def test_a_key_used_for_another_request_is_409(app: Flask, bob: FlaskClient) -> None:
    create(bob, "a1")

    with nothing_changes(app):
        answer = create(bob, "a1", title="Two")

    assert answer.status_code == 409


def test_a_key_whose_ticket_is_gone_makes_no_second_one_and_says_why(bob: FlaskClient) -> None:
    create(bob, "a1")
    bob.delete(f"{TICKETS}/1")

    answers = [create(bob, "a1"), create(bob, "a1", title="Two")]

    assert [(answer.status_code, answer.json["error"]) for answer in answers] == [
        (409, "The ticket that was created with this Idempotency-Key has been deleted since."),
        (409, "This Idempotency-Key was used for another request."),
    ]
    assert bob.get(TICKETS).json == []


def test_a_key_whose_ticket_came_back_answers_with_it_again(bob: FlaskClient) -> None:
    create(bob, "a1")
    bob.delete(f"{TICKETS}/1")
    back = bob.post(f"{HARB}/bin/1/restore").json

    answer = create(bob, "a1")

    assert (answer.status_code, answer.json) == (201, back)


def test_a_refused_request_does_not_use_its_key_up(bob: FlaskClient) -> None:
    refused = create(bob, "a1", title="")

    assert (refused.status_code, create(bob, "a1").status_code) == (400, 201)


@pytest.mark.parametrize("key", ["", "x" * 201])
def test_a_key_has_1_to_200_characters(app: Flask, bob: FlaskClient, key: str) -> None:
    with nothing_changes(app):
        answer = create(bob, key)

    assert (answer.status_code, fields(answer)) == (400, ["Idempotency-Key"])


@pytest.mark.parametrize("seen", ['"1"', "1", 'W/"1"', "*"])
def test_a_write_of_the_present_version_is_done(bob: FlaskClient, seen: str) -> None:
    ticket(bob)

    answer = bob.patch(f"{TICKETS}/1", json={"title": "New"}, headers={"If-Match": seen})

    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')


@pytest.mark.parametrize("seen", ['"1"', "1", '"3"', "", '""', "x" * 5000, "ÿ", "2.0", "-2"])
def test_a_write_of_any_other_version_is_409_with_the_ticket_as_it_is(app: Flask, bob: FlaskClient, seen: str) -> None:
    ticket(bob)
    bob.patch(f"{TICKETS}/1", json={"title": "Two"})
    current = shown(bob, "1")

    with nothing_changes(app):
        answers = [
            bob.patch(f"{TICKETS}/1", json={"title": "Mine"}, headers={"If-Match": seen}),
            bob.delete(f"{TICKETS}/1", headers={"If-Match": seen}),
        ]

    assert [(answer.status_code, (answer.json or {})["ticket"]) for answer in answers] == [(409, current)] * 2


def test_the_version_grows_with_every_change(bob: FlaskClient) -> None:
    ticket(bob)

    versions = [
        (bob.patch(f"{TICKETS}/1", json={"title": title}).json or {})["version"] for title in ("a", "b", "b", "c")
    ]

    assert versions == [2, 3, 3, 4]

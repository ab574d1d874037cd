"""Sorting a column once in the API."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.board import HARB, TICKETS, column_ids, fields, made, nothing_changes, ticket, tickets, titles
from tests.support.listener import Listener
from tests.support.mirror import Mirror
from tests.support.server import Server


def sort(client: FlaskClient, column_id: str, by: str) -> Any:
    """Ask for a sorted column."""
    return client.post(f"{HARB}/columns/{column_id}/sort", json={"by": by})


def test_the_most_urgent_priority_comes_on_top_and_equal_ones_stay_as_they_lie(alice: FlaskClient) -> None:
    first = column_ids(alice)[0]
    priorities = ("Low", "Medium", "Critical", "Lowest", "High", "Medium", "Highest", "Low")
    for title, priority in zip("abcdefgh", priorities, strict=True):
        ticket(alice, title, priority=priority)

    answer = sort(alice, first, "priority")

    assert answer.status_code == 200
    assert titles(alice, first) == "c g e b f a h d"


def test_the_earliest_due_date_comes_on_top_and_none_last(alice: FlaskClient) -> None:
    first = column_ids(alice)[0]
    for title, due in zip("abcde", (None, "2030-02-01", "2029-12-31", None, "2030-01-15"), strict=True):
        ticket(alice, title, dueDate=due)

    sort(alice, first, "dueDate")

    assert titles(alice, first) == "c e b a d"


def test_only_what_has_to_move_moves_and_is_answered(alice: FlaskClient) -> None:
    for title, priority in (("a", "High"), ("b", "Medium"), ("c", "Critical"), ("d", "Low")):
        ticket(alice, title, priority=priority)

    answer = sort(alice, column_ids(alice)[0], "priority")

    assert [(each["title"], each["order"], each["version"]) for each in answer.json] == [("c", 0, 2)]
    versions = {each["title"]: each["version"] for each in alice.get(TICKETS).json or ()}
    assert versions == {"a": 1, "b": 1, "c": 2, "d": 1}


def test_a_sorted_column_and_an_empty_one_are_left_alone(app: Flask, alice: FlaskClient) -> None:
    first, second, *_ = column_ids(alice)
    tickets(alice, "a", "b", priority="High")

    with nothing_changes(app):
        answers = [sort(alice, column, by) for column in (first, second) for by in ("priority", "dueDate")]

    assert [(answer.status_code, answer.json) for answer in answers] == [(200, [])] * 4


@pytest.mark.parametrize("body", [{}, {"by": "title"}, {"by": None}, {"by": 1}, {"by": "priority", "x": 1}])
def test_what_it_cannot_be_sorted_by_is_said_of_the_field(
    app: Flask, alice: FlaskClient, body: dict[str, object]
) -> None:
    ticket(alice)

    with nothing_changes(app):
        answer = alice.post(f"{HARB}/columns/{column_ids(alice)[0]}/sort", json=body)

    assert (answer.status_code, fields(answer)) == (400, ["x" if "x" in body else "by"])


def test_a_column_of_another_project_is_not_found(alice: FlaskClient) -> None:
    made(alice, "/api/projects", key="BOAT", name="Boats")
    foreign = (alice.get("/api/projects/BOAT/columns").json or [])[0]["id"]

    assert sort(alice, foreign, "priority").status_code == 404


def test_an_order_is_given_back_but_to_those_that_somebody_else_moved_since(
    alice: FlaskClient, bob: FlaskClient
) -> None:
    first, second, *_ = column_ids(alice)
    for title, priority in zip("abcdef", ("Low", "Medium", "Critical", "Lowest", "High", "Medium"), strict=True):
        ticket(alice, title, priority=priority)
    before = [each["id"] for each in alice.get(TICKETS).json or ()]
    sort(alice, first, "priority")
    assert titles(alice, first) == "c e b f a d"
    seen = {each["id"]: each["rank"] for each in alice.get(TICKETS).json or ()}
    bob.patch(f"{TICKETS}/5", json={"order": 5})
    bob.patch(f"{TICKETS}/3", json={"columnId": second})
    ticket(bob, "new")
    gone = ticket(bob, "gone")["id"]
    bob.delete(f"{TICKETS}/{gone}")
    wanted = [{"id": each, "rank": seen[each]} for each in [*before, before[0]]]

    order = f"{HARB}/columns/{first}/order"
    refused = alice.put(order, json={"tickets": [{"id": "nobody", "rank": "a0"}, *wanted]})
    answer = alice.put(order, json={"tickets": [{"id": gone, "rank": "a0"}, *wanted]})

    assert (refused.status_code, answer.status_code) == (404, 200)
    assert titles(alice, first) == "a b d f e new"
    assert titles(alice, second) == "c"


def test_others_hear_of_each_ticket_that_moved_and_of_no_other(server: Server) -> None:
    alice, bob = server.client("alice"), server.client("bob")
    first = alice.get(f"{HARB}/columns").json()[0]["id"]
    for title, priority in (("a", "Low"), ("b", "Medium"), ("c", "High"), ("d", "Lowest")):
        alice.post(TICKETS, json={"title": title, "priority": priority})

    with Listener(bob, f"{HARB}/events") as stream:
        moved = alice.post(f"{HARB}/columns/{first}/sort", json={"by": "priority"}).json()
        stream.wait_until_at(server.head())

    assert len(moved) == 2
    assert [(each["type"], each["changed"]) for each in stream.messages] == [("ticket.moved", ["rank"])] * 2
    assert {each["data"]["id"]: each["data"] for each in stream.messages} == {each["id"]: each for each in moved}


def test_while_others_move_tickets_a_sorted_column_loses_none_and_every_mirror_is_right(server: Server) -> None:
    alice, bob = server.client("alice"), server.client("bob")
    columns = [each["id"] for each in alice.get(f"{HARB}/columns").json()]
    priorities = ("Lowest", "Low", "Medium", "High", "Highest", "Critical")
    ids = [
        alice.post(TICKETS, json={"title": str(n), "priority": random.choice(priorities)}).json()["id"]
        for n in range(24)
    ]

    def work(number: int) -> int:
        column, by = random.choice(columns[:2]), random.choice(("priority", "dueDate"))
        if number % 4 == 0:
            return alice.post(f"{HARB}/columns/{column}/sort", json={"by": by}).status_code
        place = {"columnId": column, "order": random.randrange(12)}
        return alice.patch(f"{TICKETS}/{random.choice(ids)}", json=place).status_code

    with Listener(bob, f"{HARB}/events") as stream:
        mirror = Mirror.of(bob, "HARB")
        with ThreadPoolExecutor(8) as pool:
            statuses = set(pool.map(work, range(160)))
        stream.wait_until_at(server.head())
    for message in stream.messages:
        mirror.apply(message)

    assert statuses <= {200, 409}
    assert mirror.board() == Mirror.of(bob, "HARB").board()
    assert sum(len(column["tickets"]) for column in mirror.board()) == len(ids)

"""Columns in the API."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from tests.support.board import HARB, TICKETS, column_ids, fields, made, nothing_changes, tickets, titles
from tests.support.patterns import ID

COLUMNS = f"{HARB}/columns"


def names(client: FlaskClient) -> str:
    """Return the columns' names, leftmost first, after checking that their orders are dense."""
    columns = client.get(COLUMNS).json or []
    assert [each["order"] for each in columns] == list(range(len(columns)))
    return ", ".join(each["name"] for each in columns)


def test_a_new_column_goes_to_the_right_end(alice: FlaskClient) -> None:
    column = made(alice, COLUMNS, name=" Later ", color="#ABCDEF", wipLimit=3)

    assert column == {"id": ID, "name": "Later", "color": "#abcdef", "wipLimit": 3, "order": 4}
    assert names(alice) == "To Do, In Progress, Review, Done, Later"


def test_colour_and_limit_are_optional_and_can_be_taken_away(alice: FlaskClient) -> None:
    plain = made(alice, COLUMNS, name="Plain")
    coloured = made(alice, COLUMNS, name="Coloured", color="#abcdef", wipLimit=999)

    cleared = alice.patch(f"{COLUMNS}/{coloured['id']}", json={"color": None, "wipLimit": None}).json

    assert (plain["color"], plain["wipLimit"]) == (None, None)
    assert cleared == coloured | {"color": None, "wipLimit": None}


def test_a_column_is_moved_by_its_order(alice: FlaskClient) -> None:
    first = column_ids(alice)[0]

    moved = alice.patch(f"{COLUMNS}/{first}", json={"order": 2, "name": "Open"}).json or {}
    assert (moved["order"], names(alice)) == (2, "In Progress, Review, Open, Done")

    back = alice.patch(f"{COLUMNS}/{first}", json={"order": 0}).json or {}
    assert (back["order"], names(alice)) == (0, "Open, In Progress, Review, Done")


def test_an_order_beyond_the_end_is_the_end(alice: FlaskClient) -> None:
    moved = alice.patch(f"{COLUMNS}/{column_ids(alice)[1]}", json={"order": 999}).json or {}

    assert (moved["order"], names(alice)) == (3, "To Do, Review, Done, In Progress")


def test_all_columns_are_arranged_at_once(alice: FlaskClient) -> None:
    wanted = list(reversed(column_ids(alice)))

    answer = alice.put(f"{COLUMNS}/order", json={"columnIds": wanted})

    assert [each["id"] for each in answer.json or ()] == wanted
    assert names(alice) == "Done, Review, In Progress, To Do"


def test_an_arrangement_names_every_column_exactly_once(app: Flask, alice: FlaskClient, charlie: FlaskClient) -> None:
    made(charlie, "/api/projects", key="BOAT", name="Boats")
    foreign = [each["id"] for each in charlie.get("/api/projects/BOAT/columns").json or ()]
    own = column_ids(alice)

    with nothing_changes(app):
        answers = [
            alice.put(f"{COLUMNS}/order", json={"columnIds": wrong})
            for wrong in ([], own[:3], [*own, own[0]], [*own[:3], own[0]], [*own[:3], "nope"], [*own[:3], foreign[3]])
        ]

    assert [(answer.status_code, fields(answer)) for answer in answers] == [(400, ["columnIds"])] * 6


def test_a_change_to_what_is_already_so_changes_nothing(app: Flask, alice: FlaskClient) -> None:
    own = column_ids(alice)

    with nothing_changes(app):
        same = alice.patch(f"{COLUMNS}/{own[0]}", json={"name": "To Do", "order": 0, "color": None, "wipLimit": None})
        arranged = alice.put(f"{COLUMNS}/order", json={"columnIds": own})

    assert (same.status_code, arranged.status_code) == (200, 200)


def test_an_empty_column_can_be_deleted_and_the_others_close_the_gap(alice: FlaskClient) -> None:
    answer = alice.delete(f"{COLUMNS}/{column_ids(alice)[1]}")

    assert (answer.status_code, names(alice)) == (204, "To Do, Review, Done")


def test_a_column_with_tickets_is_deleted_only_by_naming_where_they_go(app: Flask, alice: FlaskClient) -> None:
    first = column_ids(alice)[0]
    tickets(alice, "one")

    with nothing_changes(app):
        answers = [alice.delete(f"{COLUMNS}/{first}{query}") for query in ("", "?moveTicketsTo=")]
        answers.append(alice.delete(f"{COLUMNS}/{first}?moveTicketsTo={first}"))

    assert [(answer.status_code, fields(answer)) for answer in answers] == [(409, ["moveTicketsTo"])] * 3


def test_tickets_of_a_deleted_column_go_to_the_bottom_of_another_in_their_order(alice: FlaskClient) -> None:
    first, _, _, last = column_ids(alice)
    tickets(alice, "x", "y", columnId=last)
    tickets(alice, "a", "b", "c", columnId=first)

    answer = alice.delete(f"{COLUMNS}/{first}?moveTicketsTo={last}")

    assert answer.status_code == 204
    assert titles(alice, last) == "x y a b c"


def test_a_deletion_that_asks_for_more_than_there_is_deletes_nothing(app: Flask, alice: FlaskClient) -> None:
    with nothing_changes(app):
        answer = alice.delete(f"{COLUMNS}/{column_ids(alice)[1]}?moveTicketTo=typo")

    assert (answer.status_code, fields(answer)) == (400, ["moveTicketTo"])


def test_the_last_column_stays(app: Flask, alice: FlaskClient) -> None:
    *others, last = column_ids(alice)
    for other in others:
        alice.delete(f"{COLUMNS}/{other}")

    with nothing_changes(app):
        answer = alice.delete(f"{COLUMNS}/{last}")

    assert answer.status_code == 409
    assert answer.json == {"error": "A board keeps at least one column."}


def test_a_column_of_another_project_is_not_found(app: Flask, alice: FlaskClient) -> None:
    made(alice, "/api/projects", key="BOAT", name="Boats")
    foreign = (alice.get("/api/projects/BOAT/columns").json or [])[0]["id"]
    first = column_ids(alice)[0]
    tickets(alice, "one", columnId=first)

    with nothing_changes(app):
        answers = [
            alice.patch(f"{COLUMNS}/{foreign}", json={"name": "Mine"}),
            alice.delete(f"{COLUMNS}/{foreign}"),
            alice.delete(f"{COLUMNS}/{first}?moveTicketsTo={foreign}"),
            alice.delete(f"{COLUMNS}/{first}?moveTicketsTo=nope"),
            alice.get(f"{TICKETS}/{foreign}"),
        ]

    assert [answer.status_code for answer in answers] == [404] * 5
    assert {(answer.json or {})["error"] for answer in answers[:4]} == {"Column not found."}

"""Several tickets at once in the API."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.board import HARB, TICKETS, column_ids, fields, made, nothing_changes, ticket, tickets, titles


def change(client: FlaskClient, ids: list[str], **updates: Any) -> Any:
    """Request the same change of several tickets."""
    return client.patch(TICKETS, json={"ticketIds": ids, "updates": updates})


def test_all_get_the_same_edit_and_are_answered_in_the_order_asked_for(bob: FlaskClient) -> None:
    a, b, c = tickets(bob, "a", "b", "c")

    answer = change(bob, [c, a], priority="high", storyPoints=5)

    assert [(each["id"], each["priority"], each["version"]) for each in answer.json] == [(c, "High", 2), (a, "High", 2)]
    assert (bob.get(f"{TICKETS}/{b}").json or {})["priority"] == "Medium"


def test_tickets_named_twice_are_changed_once(bob: FlaskClient) -> None:
    one = ticket(bob)["id"]

    answer = change(bob, [one, one], title="New")

    assert [each["version"] for each in answer.json] == [2]


def test_tickets_go_to_the_bottom_of_a_column_in_the_order_asked_for(bob: FlaskClient) -> None:
    first, second, *_ = column_ids(bob)
    tickets(bob, "x", columnId=second)
    ids = dict(zip("abcd", tickets(bob, *"abcd"), strict=True))

    answer = change(bob, [ids["d"], ids["a"], ids["c"]], columnId=second)

    assert (titles(bob, first), titles(bob, second)) == ("b", "x d a c")
    assert [each["order"] for each in answer.json] == [1, 2, 3]


@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        ({"order": 0}, "d a x y z"),
        ({"order": 1}, "x d a y z"),
        ({"order": 99}, "x y z d a"),
        ({"before": "y"}, "x d a y z"),
        ({"after": "y"}, "x y d a z"),
        ({"after": "z"}, "x y z d a"),
    ],
)
def test_tickets_placed_somewhere_stay_together(bob: FlaskClient, place: dict[str, Any], wanted: str) -> None:
    first, second, *_ = column_ids(bob)
    ids = dict(zip("xyz", tickets(bob, *"xyz", columnId=second), strict=True))
    ids |= dict(zip("abcd", tickets(bob, *"abcd"), strict=True))

    answer = change(
        bob, [ids["d"], ids["a"]], columnId=second, **{name: ids.get(each, each) for name, each in place.items()}
    )

    assert answer.status_code == 200
    assert (titles(bob, first), titles(bob, second)) == ("b c", wanted)


@pytest.mark.parametrize(
    ("place", "wanted"), [({"before": "a"}, "c e a b d"), ({"after": "a"}, "a c e b d"), ({"after": "d"}, "a b d c e")]
)
def test_tickets_are_gathered_inside_their_column(bob: FlaskClient, place: dict[str, str], wanted: str) -> None:
    ids = dict(zip("abcde", tickets(bob, *"abcde"), strict=True))

    change(bob, [ids["c"], ids["e"]], **{name: ids[each] for name, each in place.items()})

    assert titles(bob, column_ids(bob)[0]) == wanted


def test_tickets_of_several_columns_come_together(bob: FlaskClient) -> None:
    first, second, third, _ = column_ids(bob)
    a, x, p = ticket(bob, "a")["id"], ticket(bob, "x", columnId=second)["id"], ticket(bob, "p", columnId=third)["id"]

    change(bob, [p, a, x], columnId=second, order=0, priority="low")

    assert [titles(bob, column) for column in (first, second, third)] == ["", "p a x", ""]


def test_a_bulk_change_to_what_is_already_so_changes_nothing(app: Flask, bob: FlaskClient) -> None:
    first = column_ids(bob)[0]
    a, b, c = tickets(bob, "a", "b", "c")

    with nothing_changes(app):
        answers = [
            change(bob, [a, b]),
            change(bob, [a, b], priority="medium", columnId=first),
            change(bob, [a, b], order=0),
            change(bob, [b, c], after=a),
        ]

    assert {each.status_code for each in answers} == {200}


def test_when_one_cannot_be_changed_none_is(app: Flask, alice: FlaskClient) -> None:
    made(alice, "/api/projects", key="BOAT", name="Boats")
    foreign = made(alice, "/api/projects/BOAT/tickets", title="Foreign")["id"]
    a, b = tickets(alice, "a", "b")
    parent = ticket(alice, "parent")["id"]
    ticket(alice, "child", parentId=parent)

    with nothing_changes(app):
        unknown = [change(alice, [a, b, other], title="New") for other in (foreign, "nope", "HARB-1")]
        deleted = alice.delete(TICKETS, json={"ticketIds": [a, foreign]})
        ruled_out = change(alice, [a, b, parent], title="New", columnId=column_ids(alice)[1], type="subtask")

    assert [each.status_code for each in (*unknown, deleted)] == [404] * 4
    assert {each.json["error"] for each in unknown} == {"Ticket not found."}
    assert (ruled_out.status_code, fields(ruled_out)) == (400, ["type"])


@pytest.mark.parametrize("name", ["before", "after"])
def test_a_ticket_on_the_move_is_no_neighbour(app: Flask, bob: FlaskClient, name: str) -> None:
    a, b, _ = tickets(bob, "a", "b", "c")

    with nothing_changes(app):
        answers = [change(bob, [a, b], **{name: neighbour}) for neighbour in (a, b)]

    assert [each.status_code for each in answers] == [400, 400]


def test_labels_are_replaced_on_all(bob: FlaskClient) -> None:
    old, new = (made(bob, f"{HARB}/labels", name=name)["id"] for name in ("old", "new"))
    a, b = tickets(bob, "a", "b", labelIds=[old])

    answer = change(bob, [a, b], labelIds=[new])

    assert [[label["id"] for label in each["labels"]] for each in answer.json] == [[new], [new]]


def test_several_are_deleted_at_once(bob: FlaskClient) -> None:
    a, b, c = tickets(bob, "a", "b", "c")

    answer = bob.delete(TICKETS, json={"ticketIds": [a, c, a]})

    assert (answer.status_code, answer.data) == (204, b"")
    assert [each["id"] for each in bob.get(TICKETS).json or ()] == [b]


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
@pytest.mark.parametrize("ids", [[], None, "abc", [1], [None], ["x"] * 501, {}])
def test_1_to_500_tickets_are_named(visit: Any, method: str, ids: Any) -> None:
    body = {"ticketIds": ids} | ({"updates": {}} if method == "PATCH" else {})

    answer = visit("bob").open(TICKETS, method=method, json=body)

    assert answer.status_code == 400
    assert all(field.startswith("ticketIds") for field in fields(answer))


def test_many_tickets_are_changed_and_deleted_at_once(bob: FlaskClient) -> None:
    ids = tickets(bob, *map(str, range(60)))

    changed = change(bob, ids, priority="low")
    deleted = bob.delete(TICKETS, json={"ticketIds": ids})

    assert (changed.status_code, deleted.status_code, bob.get(TICKETS).json) == (200, 204, [])


def test_a_wrong_update_is_named_with_its_path(visit: Any) -> None:
    answer = change(visit("bob"), ["x"], storyPoints=1000)

    assert (answer.status_code, fields(answer)) == (400, ["updates.storyPoints"])

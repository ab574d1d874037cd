"""Moving tickets in the API."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.board import TICKETS, column_ids, fields, nothing_changes, shown, ticket, tickets, titles


def move(client: FlaskClient, ticket_id: str, **place: Any) -> Any:
    """Request a move."""
    return client.patch(f"{TICKETS}/{ticket_id}", json=place)


@pytest.mark.parametrize(
    ("order", "wanted"),
    [(0, "d a b c e"), (1, "a d b c e"), (2, "a b d c e"), (4, "a b c e d"), (5, "a b c e d"), (999, "a b c e d")],
)
def test_a_ticket_is_moved_to_an_order_in_its_column(bob: FlaskClient, order: int, wanted: str) -> None:
    ids = tickets(bob, *"abcde")

    moved = move(bob, ids[3], order=order).json

    assert titles(bob, column_ids(bob)[0]) == wanted
    assert moved["order"] == min(order, 4) == wanted.split().index("d")
    assert shown(bob, ids[3]) == moved


@pytest.mark.parametrize(
    ("order", "wanted"), [(0, "d x y"), (1, "x d y"), (2, "x y d"), (3, "x y d"), (1_000_000, "x y d"), (None, "x y d")]
)
def test_a_ticket_is_moved_to_an_order_in_another_column(bob: FlaskClient, order: int | None, wanted: str) -> None:
    first, second, *_ = column_ids(bob)
    tickets(bob, "x", "y", columnId=second)
    ids = tickets(bob, "c", "d", "e")
    place = {"columnId": second} | ({} if order is None else {"order": order})

    moved = move(bob, ids[1], **place).json

    assert (titles(bob, first), titles(bob, second)) == ("c e", wanted)
    assert (moved["columnId"], moved["order"]) == (second, wanted.split().index("d"))


@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        ({"before": "a"}, "e a b c d"),
        ({"before": "d"}, "a b c e d"),
        ({"after": "a"}, "a e b c d"),
        ({"after": "c"}, "a b c e d"),
    ],
)
def test_a_ticket_is_moved_next_to_another(bob: FlaskClient, place: dict[str, str], wanted: str) -> None:
    ids = dict(zip("abcde", tickets(bob, *"abcde"), strict=True))

    move(bob, ids["e"], **{name: ids[title] for name, title in place.items()})

    assert titles(bob, column_ids(bob)[0]) == wanted


def test_a_neighbour_may_be_in_the_column_that_is_named(bob: FlaskClient) -> None:
    _, second, *_ = column_ids(bob)
    neighbour = tickets(bob, "x", "y", columnId=second)[0]
    mover = ticket(bob, "a")["id"]

    moved = move(bob, mover, columnId=second, after=neighbour)

    assert (moved.status_code, titles(bob, second)) == (200, "x a y")


def test_a_neighbour_in_another_column_is_refused(app: Flask, bob: FlaskClient) -> None:
    first, second, third, _ = column_ids(bob)
    here, there = ticket(bob, "a")["id"], ticket(bob, "x", columnId=second)["id"]

    with nothing_changes(app):
        answers = [
            move(bob, here, before=there),
            move(bob, here, after=there, columnId=first),
            move(bob, here, before=there, columnId=third, title="Changed"),
        ]

    assert [(each.status_code, fields(each)) for each in answers] == [
        (400, ["before"]),
        (400, ["after"]),
        (400, ["before"]),
    ]


def test_a_ticket_is_not_its_own_neighbour(app: Flask, bob: FlaskClient) -> None:
    one = ticket(bob)["id"]

    with nothing_changes(app):
        answers = [move(bob, one, **{name: reference}) for name in ("before", "after") for reference in (one, "HARB-1")]

    assert [(each.status_code, *fields(each)) for each in answers] == [(400, "before")] * 2 + [(400, "after")] * 2


@pytest.mark.parametrize("places", [("order", "before"), ("order", "after"), ("before", "after")])
def test_only_one_place_can_be_asked_for(app: Flask, bob: FlaskClient, places: tuple[str, str]) -> None:
    one, two = tickets(bob, "one", "two")
    values = {"order": 0, "before": two, "after": two}

    with nothing_changes(app):
        answer = move(bob, one, **{name: values[name] for name in places})

    assert answer.status_code == 400
    assert all(name in answer.json["error"] for name in places)


def test_a_move_to_where_it_is_changes_nothing(app: Flask, bob: FlaskClient) -> None:
    first = column_ids(bob)[0]
    a, *gone, b, also_gone, c = tickets(bob, "a", "x", "y", "b", "z", "c")
    bob.delete(TICKETS, json={"ticketIds": [*gone, also_gone]})  # now no rank is the one that would be chosen again
    before = shown(bob, b)

    with nothing_changes(app):
        answers = [
            move(bob, b, order=1),
            move(bob, b, columnId=first, order=1),
            move(bob, b, after=a),
            move(bob, b, before=c),
            move(bob, b, columnId=first),
            move(bob, c, order=2),
            move(bob, c, order=50),
        ]

    assert {each.status_code for each in answers} == {200}
    assert shown(bob, b) == before


def test_a_move_changes_place_version_and_time_of_one_ticket_only(bob: FlaskClient) -> None:
    ids = tickets(bob, *"abc")
    before = {each: shown(bob, each) for each in ids}

    moved = move(bob, ids[2], order=0).json

    kept = before[ids[2]] | {name: moved[name] for name in ("order", "rank", "version", "updatedAt")}
    assert (moved, moved["version"]) == (kept, 2)
    assert [shown(bob, each) | {"order": 0} for each in ids[:2]] == [before[each] | {"order": 0} for each in ids[:2]]


def test_a_ticket_is_moved_and_edited_at_once(bob: FlaskClient) -> None:
    second = column_ids(bob)[1]
    one = ticket(bob)["id"]

    changed = move(bob, one, columnId=second, title="Started").json

    assert (changed["columnId"], changed["title"]) == (second, "Started")


MOVES = st.lists(
    st.tuples(
        st.sampled_from("abcdef"), st.integers(0, 1), st.sampled_from(["order", "before", "after"]), st.integers(0, 7)
    ),
    min_size=1,
    max_size=12,
)


def asked_for(lists: list[list[str]], name: str, place: str, number: int, target: int) -> tuple[dict[str, Any], int]:
    """Choose a move, and the index where it must end among the others of its column."""
    others = [each for each in lists[target] if each != name]
    if place == "order" or not others:
        return {"order": number}, min(number, len(others))
    index = number % len(others)
    return {place: others[index]}, index + (place == "after")


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES)
def test_whatever_is_moved_wherever_the_board_is_as_lists_would_be(visit: Any, moves: list[tuple[Any, ...]]) -> None:
    bob = visit("bob")
    bob.delete(TICKETS, json={"ticketIds": [each["id"] for each in bob.get(TICKETS).json]})
    columns, lists = column_ids(bob)[:2], [list("abcdef"), []]
    ids = dict(zip("abcdef", tickets(bob, *"abcdef"), strict=True))

    for name, target, place, number in moves:
        asked, index = asked_for(lists, name, place, number, target)
        wire = {key: ids.get(value, value) if key != "order" else value for key, value in asked.items()}
        assert move(bob, ids[name], columnId=columns[target], **wire).status_code == 200
        lists = [[each for each in names if each != name] for names in lists]
        lists[target].insert(index, name)

    assert [titles(bob, column) for column in columns] == [" ".join(names) for names in lists]

"""Lists of tickets in the API: filters, order, pages."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient

from punt.api import tickets as api_tickets
from punt.heavy.turns import Turns
from punt.models import board
from punt.pages import board as pages_board
from tests.support.board import (
    HARB,
    TICKETS,
    column_ids,
    fields,
    made,
    person,
    ticket,
    tickets,
)


def found(client: FlaskClient, **query: Any) -> str:
    """Return the matching titles, in order."""
    answer = client.get(TICKETS, query_string=query)
    assert answer.status_code == 200, answer.text
    return " ".join(each["title"] for each in answer.json or ())


def pages(client: FlaskClient, **query: Any) -> list[str]:
    """Follow the links from page to page and return the titles of each."""
    answer, read = client.get(TICKETS, query_string=query), []
    while True:
        read.append(" ".join(each["title"] for each in answer.json or ()))
        if "Link" not in answer.headers:
            return read
        address, relation = answer.headers["Link"].split(">; ")
        assert relation == 'rel="next"'
        answer = client.get(address.removeprefix("<"))


def test_all_of_a_board_comes_in_board_order(bob: FlaskClient) -> None:
    first, _, third, _ = column_ids(bob)
    tickets(bob, "x", "y", columnId=third)
    ids = tickets(bob, "a", "b", "c", columnId=first)
    bob.patch(f"{TICKETS}/{ids[2]}", json={"order": 0})

    answer = bob.get(TICKETS)

    assert [(each["title"], each["order"]) for each in answer.json or ()] == [
        ("c", 0),
        ("a", 1),
        ("b", 2),
        ("x", 0),
        ("y", 1),
    ]
    assert "Link" not in answer.headers


def test_a_list_shows_what_each_ticket_shows(bob: FlaskClient) -> None:
    label = made(bob, f"{HARB}/labels", name="quay")["id"]
    created = [ticket(bob, labelIds=[label], dueDate="2024-03-01"), ticket(bob)]

    assert bob.get(TICKETS).json == created


def test_filters_narrow_and_combine(alice: FlaskClient, bob: FlaskClient) -> None:
    label = made(alice, f"{HARB}/labels", name="quay")["id"]
    second = column_ids(alice)[1]
    ticket(alice, "a", type="bug", priority="high", assigneeId=person(bob))
    ticket(alice, "b", type="bug", labelIds=[label], columnId=second)
    ticket(alice, "c", description="Needs a CRANE, 100% sure_ly, über alles")

    assert found(alice, type="BUG") == "a b"
    assert found(alice, priority="high") == "a"
    assert found(alice, assigneeId=person(bob)) == "a"
    assert found(alice, labelId=label) == "b"
    assert found(alice, columnId=second) == "b"
    assert found(alice, type="bug", labelId=label, columnId=second) == "b"
    assert found(alice, type="bug", q="c") == ""
    assert found(alice, type="", labelId="") == "a c b"


@pytest.mark.parametrize(
    ("words", "titles"), [("crane", "c"), ("%", "c"), ("_", "c"), ("A", "a c"), ("ÜBER", "c"), ("\\", "")]
)
def test_text_is_searched_in_titles_and_descriptions_and_taken_as_it_is(
    bob: FlaskClient, words: str, titles: str
) -> None:
    ticket(bob, "a")
    ticket(bob, "b")
    ticket(bob, "c", description="Needs a CRANE, 100% sure_ly, über alles")

    assert found(bob, q=words) == titles


def test_orders_are_those_of_the_whole_column_under_filters_too(bob: FlaskClient) -> None:
    ticket(bob, "a")
    ticket(bob, "b", type="bug")
    ticket(bob, "c", type="bug")

    orders = [each["order"] for each in bob.get(TICKETS, query_string={"type": "bug"}).json or ()]

    assert orders == [1, 2]


@pytest.mark.parametrize("name", ["columnId", "assigneeId", "labelId"])
def test_nothing_matches_what_is_not_there(bob: FlaskClient, name: str) -> None:
    ticket(bob)

    assert bob.get(TICKETS, query_string={name: "nope"}).json == []


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8, 500])
def test_pages_show_everything_exactly_once(bob: FlaskClient, limit: int) -> None:
    first, second, _, fourth = column_ids(bob)
    for names, column in (("abc", first), ("de", second), ("fg", fourth)):
        tickets(bob, *names, columnId=column)

    read = pages(bob, limit=limit)

    assert " ".join(read) == "a b c d e f g"
    assert len(read) == -(-7 // limit)


def test_pages_keep_their_filters(bob: FlaskClient) -> None:
    tickets(bob, "a b", "a", "x", "a c", type="bug")
    tickets(bob, "a d")

    assert pages(bob, limit=1, type="bug", q="a") == ["a b", "a", "a c"]


def test_a_ticket_that_moves_away_meanwhile_does_not_hide_others(bob: FlaskClient) -> None:
    ids = tickets(bob, *"abcd")
    link = bob.get(TICKETS, query_string={"limit": 2}).headers["Link"]

    bob.delete(f"{TICKETS}/{ids[0]}")
    bob.delete(f"{TICKETS}/{ids[1]}")

    rest = bob.get(unquote(link[1 : link.index(">")])).json or []
    assert [each["title"] for each in rest] == ["c", "d"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"),
        ("limit", "-1"),
        ("limit", "501"),
        ("limit", "ten"),
        ("limit", "1.5"),
        ("limit", "9" * 5000),
        ("page", "x"),
        ("page", "0"),
        ("page", "0."),
        ("page", "-1.a0"),
        ("page", "99999.a0"),
        ("page", "0.a0;DROP TABLE ticket"),
        ("page", "0." + "a" * 1001),
        ("type", "saga"),
        ("priority", "urgent"),
        ("columnId", "x" * 65),
        ("assigneeId", "ü"),
        ("labelId", "a b"),
        ("q", "x" * 201),
        ("q", "\x01"),
        ("q", "\u2028"),
        ("sort", "title"),
        ("Type", "bug"),
        ("ticketId", "1"),
    ],
)
def test_a_query_that_makes_no_sense_is_a_400_that_names_it(visit: Any, name: str, value: str) -> None:
    answer = visit("bob").get(TICKETS, query_string={name: value})

    assert (answer.status_code, fields(answer)) == (400, [name])


@pytest.mark.parametrize("path", [TICKETS, "/projects/HARB/board"])
def test_of_large_projects_one_at_a_time_is_read_whole(
    path: str, bob: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = tickets(bob, *(f"{number}" for number in range(5)))
    turns = Turns(line=1, timeout=0.05)
    monkeypatch.setattr(api_tickets, "LONG_LISTS", turns)
    monkeypatch.setattr(pages_board, "LARGE", turns)

    with turns.one():
        small = bob.get(path)
        monkeypatch.setattr(board, "MANY", 4)
        waited, part = bob.get(path), bob.get(f"{TICKETS}?limit=2")
    later = bob.get(path)

    assert [answer.status_code for answer in (small, waited, part, later)] == [200, 503, 200, 200]
    assert all(ticket_id in later.text for ticket_id in ids)


def test_a_long_list_is_told_some_at_a_time_and_says_the_same(
    bob: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = [column["id"] for column in bob.get(f"{HARB}/columns").json or ()]
    for number in range(7):
        ticket(bob, f"{number}", columnId=columns[number % 2], description=f"about {number}")
    whole = bob.get(TICKETS).json

    monkeypatch.setattr(board, "ROWS", 2)

    assert bob.get(TICKETS).json == whole

"""Boards are read in a constant number of queries."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from punt.database import db, writing
from punt.models import Label, Project, Ticket, wire
from punt.models.board import cards, matching, pages_of, with_orders
from tests.models.conftest import Harbour, statements
from tests.support.board import HARB, TICKETS, made, ticket


def queries(app: Flask, client: FlaskClient, path: str) -> int:
    """Count the queries of a request."""
    with app.app_context():
        engine = db.engine
    with statements(engine) as sent:
        assert client.get(path).status_code == 200
    return sum(each.startswith("SELECT") for each in sent)


def test_a_list_takes_as_many_queries_for_forty_tickets_as_for_one(app: Flask, bob: FlaskClient) -> None:
    label = made(bob, f"{HARB}/labels", name="quay")["id"]
    ticket(bob, labelIds=[label])
    one = {path: queries(app, bob, path) for path in (TICKETS, f"{TICKETS}?limit=100", f"{TICKETS}?q=a")}

    for _ in range(39):
        ticket(bob, labelIds=[label])

    assert {path: queries(app, bob, path) for path in one} == one
    assert max(one.values()) <= 8


def test_a_board_of_a_thousand_cards_takes_as_many_queries_as_one_of_one(app: Flask, bob: FlaskClient) -> None:
    label = made(bob, f"{HARB}/labels", name="quay")["id"]
    ticket(bob, labelIds=[label])
    one = {path: queries(app, bob, path) for path in ("/projects/HARB/board", TICKETS)}

    with app.app_context(), writing():
        project, quay = db.session.query(Project).one(), db.session.get(Label, label)
        for number in range(1000):
            Ticket.create(project, project.columns()[number % 4], None, {"title": f"{number}", "labels": [quay]})

    assert {path: queries(app, bob, path) for path in one} == one


def test_a_card_says_the_same_as_its_ticket(harbour: Harbour) -> None:
    for number in range(5):
        harbour.add(str(number), column=number % 2)
    tickets = pages_of(matching(harbour.project.id, {}), None, None).tickets

    shown = cards(harbour.project.id)

    assert [card.items() <= wire.ticket(each).items() for card, each in zip(shown, tickets, strict=True)] == [True] * 5


def test_orders_counted_in_one_query_are_those_each_ticket_counts_for_itself(harbour: Harbour) -> None:
    for number in range(5):
        harbour.add(str(number), column=number % 2)
    tickets = pages_of(matching(harbour.project.id, {}), None, None).tickets

    expected = [(each, each.order()) for each in tickets]

    assert with_orders(harbour.project.id, tickets) == expected
    assert [wire.ticket(each, order) for each, order in expected] == [wire.ticket(each) for each in tickets]

"""Boards are read in a constant number of queries."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from punt.database import db, writing
from punt.models import Label, Project, Ticket, wire
from punt.models.board import cards, matching, pages_of
from punt.models.together import as_json, orders_of
from tests.models.conftest import Harbour, statements
from tests.support.board import HARB, TICKETS, made, ticket


def queries(app: Flask, client: FlaskClient, path: str) -> int:
    """Count the queries of a request."""
    with app.app_context():
        engine = db.engine
    with statements(engine) as sent:
        assert client.get(path).status_code == 200
    return sum(each.startswith("SELECT") for each in sent)


def test_a_list_takes_as_many_queries_for_forty_tickets_as_for_five(app: Flask, bob: FlaskClient) -> None:
    label = made(bob, f"{HARB}/labels", name="quay")["id"]
    for _ in range(5):
        ticket(bob, labelIds=[label])
    few = {path: queries(app, bob, path) for path in (TICKETS, f"{TICKETS}?limit=100", f"{TICKETS}?q=a")}

    for _ in range(35):
        ticket(bob, labelIds=[label])

    assert {path: queries(app, bob, path) for path in few} == few
    assert max(few.values()) <= 14  # a search authenticates again after it waited for its turn


def test_a_board_of_a_thousand_cards_takes_as_many_queries_as_one_of_one(app: Flask, bob: FlaskClient) -> None:
    label = made(bob, f"{HARB}/labels", name="quay")["id"]
    ticket(bob, labelIds=[label])
    one = {path: queries(app, bob, path) for path in ("/projects/HARB/board", TICKETS)}

    with app.app_context(), writing():
        project, quay = db.session.query(Project).one(), db.session.get(Label, label)
        for number in range(1000):
            Ticket.create(project, project.columns()[number % 4], None, {"title": f"{number}", "labels": [quay]})

    many = {path: queries(app, bob, path) for path in one}
    assert many["/projects/HARB/board"] <= one["/projects/HARB/board"] + 2  # a large one has waited: the same person?
    assert many[TICKETS] <= one[TICKETS] + 2 * 1000 / 100 + 10  # texts and labels by the hundred, orders by 500


def test_a_card_says_the_same_as_its_ticket(harbour: Harbour) -> None:
    for number in range(5):
        harbour.add(str(number), column=number % 2)
    tickets = pages_of(matching(harbour.project.id, {}), None, None).tickets

    shown = cards(harbour.project.id)

    assert [card.items() <= wire.ticket(each).items() for card, each in zip(shown, tickets, strict=True)] == [True] * 5


def test_orders_counted_in_one_query_are_those_each_ticket_counts_for_itself(harbour: Harbour) -> None:
    for number in range(9):
        harbour.add(str(number), column=number % 2)
    tickets = pages_of(matching(harbour.project.id, {}), None, None).tickets

    expected = [each.order() for each in tickets]

    assert [orders_of(tickets)[each.id] for each in tickets] == expected
    assert [orders_of([each])[each.id] for each in tickets] == expected
    assert list(as_json(tickets)) == [wire.ticket(each) for each in tickets]


def test_tickets_loaded_without_their_texts_are_told_with_them_and_keep_them_no_longer(harbour: Harbour) -> None:
    with writing():
        label = Label.create(harbour.project.id, "quay")
    for number in range(5):
        harbour.add(str(number), description=f"about {number}", labels=[label])
    whole = pages_of(matching(harbour.project.id, {}), None, None).tickets
    expected = [wire.ticket(each) for each in whole]
    column_id = whole[0].column_id
    db.session.expunge_all()

    lean = Ticket.in_column(column_id)

    assert list(as_json(lean)) == expected
    assert all("description" in sa.inspect(each).unloaded for each in lean)

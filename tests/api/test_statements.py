"""How many statements a write takes, and that none depends on how much there is: each one is a round trip."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from punt.database import db, writing
from punt.events.log import LoggedEvent
from punt.models import Column, Project, Ticket
from punt.models.orders import NEAR
from tests.models.conftest import statements
from tests.support import cast
from tests.support.board import HARB, TICKETS, column_ids, made, shown, ticket, tickets

ONLY_ON_POSTGRESQL = re.compile(r"SELECT pg_advisory_xact_lock_shared|SELECT membership\.role .* FOR SHARE")
"""What SQLite's one writer at a time makes needless: the lock of all writers, a last look at the author's role."""


def sent_by(app: Flask, client: FlaskClient, method: str, path: str, **fields: Any) -> list[str]:
    """Return the statements of a request that succeeds, without those that begin and end the transaction."""
    with app.app_context():
        engine = db.engine
    with statements(engine) as sent:
        assert client.open(path, method=method, json=fields).status_code in {200, 201}
    return [each for each in sent if not each.startswith(("BEGIN", "PRAGMA")) and not ONLY_ON_POSTGRESQL.match(each)]


def last_event(app: Flask, kind: str) -> Any:
    query = sa.select(LoggedEvent.message).where(LoggedEvent.type == kind).order_by(LoggedEvent.position.desc())
    with app.app_context(), db.engine.connect() as connection:
        return json.loads(str(connection.scalar(query.limit(1))))


@pytest.fixture
def bob(either: Flask) -> FlaskClient:
    """Bob is a member."""
    return cast.signed_in(either, "bob")


@pytest.mark.parametrize("name", ["bob", "sue"])
@pytest.mark.parametrize("named", [False, True])
def test_a_creation_takes_eight_statements_at_the_most(either: Flask, name: str, named: bool) -> None:
    client = cast.signed_in(either, name)
    ticket(client, "warm")
    where = {"columnId": column_ids(client)[1]} if named else {}

    sent = sent_by(either, client, "POST", TICKETS, title="Paint the pier", **where)

    assert len(sent) <= 8, "\n".join(sent)


def test_an_edit_takes_ten_statements_at_the_most(either: Flask, bob: FlaskClient) -> None:
    one = ticket(bob)["id"]

    sent = sent_by(either, bob, "PATCH", f"{TICKETS}/{one}", title="Another title")

    assert len(sent) <= 10, "\n".join(sent)


@pytest.mark.parametrize("place", ["order", "before", "bottom"])
def test_a_move_takes_fourteen_statements_at_the_most(either: Flask, bob: FlaskClient, place: str) -> None:
    one, *_ = tickets(bob, "a", "b")
    other = column_ids(bob)[1]
    there = [ticket(bob, title, columnId=other)["id"] for title in "cde"]
    asked = {"order": {"order": 1}, "before": {"before": there[1]}, "bottom": {}}[place]

    sent = sent_by(either, bob, "PATCH", f"{TICKETS}/{one}", columnId=other, **asked)

    assert len(sent) <= 14, "\n".join(sent)


def test_orders_are_dense_and_the_same_in_answers_and_events_however_full_the_column(
    either: Flask, bob: FlaskClient
) -> None:
    with either.app_context(), writing():
        project = db.session.query(Project).one()
        many = [Ticket.create(project, project.columns()[0], None, {"title": f"{n}"}).id for n in range(NEAR + 20)]
    bottom = ticket(bob)

    orders = [shown(bob, each)["order"] for each in (*many[:3], many[NEAR // 2], *many[-3:], bottom["id"])]
    moved = bob.patch(f"{TICKETS}/{bottom['id']}", json={"order": 10}).json

    assert orders == [0, 1, 2, NEAR // 2, NEAR + 17, NEAR + 18, NEAR + 19, NEAR + 20]
    assert bottom["order"] == NEAR + 20
    assert moved
    assert last_event(either, "ticket.moved")["data"]["order"] == shown(bob, bottom["id"])["order"] == 10
    assert moved["order"] == 10


def test_a_new_ticket_above_which_another_one_left_in_the_same_transaction_has_its_order_of_the_commit(
    either: Flask, bob: FlaskClient
) -> None:
    first, _ = tickets(bob, "a", "b")
    with either.app_context(), writing() as session:
        project = session.query(Project).one()
        columns = project.columns()
        made = Ticket.create(project, columns[0], None, {"title": "c"})
        session.get_one(Ticket, first).move_to(columns[1])
        made_id = made.id

    created = last_event(either, "ticket.created")

    assert created["data"]["id"] == made_id
    assert created["data"]["order"] == shown(bob, made_id)["order"] == 1


def test_what_a_savepoint_knew_of_an_order_ends_with_it(either: Flask, bob: FlaskClient) -> None:
    one, two = tickets(bob, "a", "b")
    with either.app_context(), writing() as session:
        column = session.query(Project).one().columns()[0]
        moved = session.get_one(Ticket, two)
        savepoint = session.begin_nested()
        moved.move_to(column, order=0)
        inside = moved.order()
        savepoint.rollback()

        outside = moved.order(), session.get_one(Ticket, one).order()

    assert inside == 0
    assert outside == (1, 0)


def test_the_count_of_a_column_follows_every_way_in_and_out(either: Flask, bob: FlaskClient) -> None:
    ids = tickets(bob, *"abcdef")
    first, second, *_ = column_ids(bob)

    def counts() -> list[int]:
        with either.app_context(), db.engine.connect() as connection:
            return [
                connection.scalar(sa.select(Column.ticket_count).where(Column.id == each)) or 0
                for each in (first, second)
            ]

    seen = [counts()]
    bob.patch(f"{TICKETS}/{ids[0]}", json={"columnId": second})
    seen.append(counts())
    bob.patch(TICKETS, json={"ticketIds": ids[1:3], "updates": {"columnId": second}})
    seen.append(counts())
    bob.delete(f"{TICKETS}/{ids[1]}")
    seen.append(counts())
    bob.delete(TICKETS, json={"ticketIds": ids[2:4]})
    seen.append(counts())
    bob.post(f"/api/projects/HARB/bin/{ids[1]}/restore")
    seen.append(counts())
    bob.post(TICKETS, json={"title": "x", "columnId": first, "parentId": "nobody"})
    seen.append(counts())

    assert seen == [[6, 0], [5, 1], [3, 3], [3, 2], [2, 1], [2, 2], [2, 2]]


LISTS = {
    "projects": "/api/projects",
    "columns": f"{HARB}/columns",
    "labels": f"{HARB}/labels",
    "members": f"{HARB}/members",
    "bin": f"{HARB}/bin",
    "people": "/api/admin/users",
    "sessions": "/api/me/sessions",
    "tokens": "/api/me/tokens",
    "audit": "/api/admin/audit",
    "search": "/api/search?q=thing",
}


def furnish(app: Flask, sue: FlaskClient, number: int) -> None:
    """Create one more of everything that is listed."""
    cast.signed_in(app, "sue")
    person = cast.enrol(app, f"person-{number}")
    made(sue, f"{HARB}/members", username=person, role="member")
    made(sue, "/api/projects", key=f"THING{number}", name=f"Thing {number}")
    made(sue, f"{HARB}/columns", name=f"Thing {number}")
    made(sue, f"{HARB}/labels", name=f"thing {number}")
    made(sue, "/api/me/tokens", name=f"thing {number}", scope="read")
    ticket(sue, f"A thing {number}")
    sue.delete(f"{TICKETS}/{ticket(sue, 'For the bin')['id']}")


def test_no_list_takes_more_statements_for_many_things_than_for_few(app: Flask) -> None:
    sue = cast.signed_in(app, "sue")
    for number in range(2):
        furnish(app, sue, number)
    few = {name: len(sent_by(app, sue, "GET", path)) for name, path in LISTS.items()}

    for number in range(2, 8):
        furnish(app, sue, number)

    assert {name: len(sent_by(app, sue, "GET", path)) for name, path in LISTS.items()} == few

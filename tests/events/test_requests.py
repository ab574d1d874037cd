"""What one request changes becomes its events: in the order asked for, and none when nothing changed."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.events.conftest import News

HARB = "/api/projects/HARB"
TICKETS = f"{HARB}/tickets"


def make(client: FlaskClient, *titles: str) -> list[str]:
    """Create tickets and return their ids."""
    return [client.post(TICKETS, json={"title": title}).get_json()["id"] for title in titles]


def columns(client: FlaskClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"{HARB}/columns").get_json()
    return found


def test_each_change_of_fifty_tickets_is_an_event_in_the_order_asked_for(alice: FlaskClient, news: News) -> None:
    ids = make(alice, *(f"ticket {number}" for number in range(50)))
    asked = ids[::-3] + ids[::3] + ids[2::3]

    alice.patch(TICKETS, json={"ticketIds": asked, "updates": {"priority": "high"}})
    alice.patch(TICKETS, json={"ticketIds": asked, "updates": {"columnId": columns(alice)[3]["id"], "order": 0}})
    alice.delete(TICKETS, json={"ticketIds": asked})

    told = [(message["type"], message["data"]["id"]) for message in news.messages()[50:]]
    assert told == [(f"ticket.{verb}", id_) for verb in ("updated", "moved", "deleted") for id_ in asked]
    assert len(told) == 150


@pytest.mark.parametrize("verb", ["patch", "delete"])
def test_a_bulk_change_that_cannot_be_completed_emits_nothing(alice: FlaskClient, news: News, verb: str) -> None:
    ids = make(alice, "one", "two")
    updates = {"updates": {"priority": "high"}} if verb == "patch" else {}

    answer = alice.open(TICKETS, method=verb, json={"ticketIds": [*ids, "nobody"], **updates})

    assert answer.status_code == 404
    assert news.types() == ["ticket.created"] * 2


def test_nothing_changed_is_no_event(alice: FlaskClient, news: News) -> None:
    label = alice.post(f"{HARB}/labels", json={"name": "urgent", "color": "#c02b2b"}).get_json()["id"]
    first = columns(alice)[0]["id"]
    [ticket, _] = make(alice, "title", "another")
    alice.patch(f"{TICKETS}/1", json={"labelIds": [label]})
    before = len(news.all())

    answers = [
        alice.patch(f"{TICKETS}/1", json={"title": "title", "priority": "medium", "labelIds": [label]}),
        alice.patch(f"{TICKETS}/1", json={"columnId": first, "order": 0}),
        alice.patch(f"{TICKETS}/1", json={"columnId": first}),
        alice.patch(f"{TICKETS}/1", json={}),
        alice.patch(TICKETS, json={"ticketIds": [ticket], "updates": {"title": "title", "columnId": first}}),
        alice.patch(f"{HARB}/labels/{label}", json={"name": "urgent", "color": "#c02b2b"}),
        alice.patch(f"{HARB}/columns/{first}", json={"name": "To Do", "order": 0}),
        alice.put(f"{HARB}/columns/order", json={"columnIds": [column["id"] for column in columns(alice)]}),
        alice.patch(HARB, json={"name": "Harbour website", "color": "#0b7a70"}),
        alice.patch("/api/me", json={"name": "Alice Lindqvist", "email": "alice@example.org"}),
    ]

    assert [answer.status_code for answer in answers] == [200] * len(answers)
    assert news.all()[before:] == []


def test_a_refused_request_emits_nothing(alice: FlaskClient, charlie: FlaskClient, news: News) -> None:
    answers = [
        alice.post(TICKETS, json={"title": ""}),
        alice.post(TICKETS, json={"title": "one", "assigneeId": "nobody"}),
        charlie.post(TICKETS, json={"title": "one"}),
    ]

    assert [answer.status_code for answer in answers] == [400, 400, 404]
    assert news.all() == []


def test_what_only_the_person_sees_of_themselves_is_no_event(alice: FlaskClient, news: News) -> None:
    alice.patch("/api/me", json={"email": "other@example.org"})

    assert news.all() == []


def test_a_ticket_of_a_deleted_parent_is_published_without_one(alice: FlaskClient, news: News) -> None:
    [parent] = make(alice, "parent")
    child = alice.post(TICKETS, json={"title": "child", "parentId": parent}).get_json()

    alice.delete(f"{TICKETS}/{parent}")

    updated, deleted = news.messages()[2:]
    assert (updated["type"], updated["data"]["id"]) == ("ticket.updated", child["id"])
    assert updated["data"]["parentId"] is None
    assert (deleted["type"], deleted["data"]) == ("ticket.deleted", {"id": parent})


def test_a_deleted_column_tells_first_where_its_tickets_went(alice: FlaskClient, news: News) -> None:
    first, second, *others = (column["id"] for column in columns(alice))
    ids = make(alice, "one", "two")

    alice.delete(f"{HARB}/columns/{first}?moveTicketsTo={second}")

    told = [(message["type"], message["data"]["id"]) for message in news.messages()[2:]]
    assert told[:2] == [("ticket.moved", ids[0]), ("ticket.moved", ids[1])]
    assert set(told[2:]) == {("column.deleted", first), *(("column.updated", column) for column in (second, *others))}


def test_an_event_says_which_tab_and_which_person_it_comes_from(alice: FlaskClient, news: News) -> None:
    own_id = alice.get("/api/me").get_json()["id"]

    alice.post(TICKETS, json={"title": "from a tab"}, headers={"X-Tab-Id": "tab_1-B"})
    alice.post(TICKETS, json={"title": "from a script"})

    told = [(message["tabId"], message["actorId"]) for message in news.messages()]
    assert told == [("tab_1-B", own_id), (None, own_id)]

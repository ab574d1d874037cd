"""The life of a board on PostgreSQL: the REST interface, streams, replay, and retention, over real workers."""

from __future__ import annotations

import json

import pytest

from tests.support.listener import Listener
from tests.support.postgres import PostgresPunt
from tests.support.writers import Writers

HARB = "/api/projects/HARB"
EVENTS, TICKETS = f"{HARB}/events", f"{HARB}/tickets"


def test_what_is_done_by_rest_is_heard_on_every_worker_and_replayed_alike(punt: PostgresPunt) -> None:
    alice, bob, cursor = punt.client("alice"), punt.client("bob"), punt.head()
    columns = [column["id"] for column in alice.get(f"{HARB}/columns").json()]

    with punt.streams_on_every_worker(bob, EVENTS) as streams:
        label = alice.post(f"{HARB}/labels", json={"name": "Été"}).json()["id"]
        made = alice.post(TICKETS, json={"title": "⚓ “ships”", "labelIds": [label]}, headers={"X-Tab-Id": "t1"}).json()
        moved = alice.patch(f"{TICKETS}/{made['id']}", json={"columnId": columns[2], "order": 0}).json()
        alice.patch(f"{TICKETS}/{made['number']}", json={"title": "boats", "storyPoints": 5, "dueDate": "2030-01-15"})
        column = alice.post(f"{HARB}/columns", json={"name": "Later"}).json()
        alice.delete(f"{HARB}/columns/{columns[2]}", params={"moveTicketsTo": column["id"]})
        alice.delete(f"{HARB}/labels/{label}")
        alice.delete(f"{TICKETS}/{made['id']}")
        for stream in streams:
            stream.wait_until_at(punt.head())
    with Listener(bob, EVENTS, last_event_id=cursor) as again:
        again.wait_until_at(punt.head())

    assert again.types()[:4] == ["label.created", "ticket.created", "ticket.moved", "ticket.updated"]
    assert again.types()[-2:] == ["label.deleted", "ticket.deleted"]
    assert (again.messages[1]["data"], again.messages[1]["tabId"]) == (made, "t1")
    assert again.messages[2]["data"] == moved
    for stream in streams:
        assert (stream.ids, stream.messages) == (again.ids, again.messages)


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "x" * 300, "' OR 1=1 --"])
def test_odd_texts_never_break_it(text: str, punt: PostgresPunt) -> None:
    alice = punt.client("alice")
    bodies = ({"title": text}, {"title": "x", "columnId": text}, {"title": "x", "parentId": text}, {"title": text * 9})

    answers = [alice.post(TICKETS, content=json.dumps(body)) for body in bodies]
    found = alice.get(TICKETS, params={"q": text.encode("utf-8", "replace").decode()})

    assert {answer.status_code for answer in (*answers, found)} <= {201, 200, 400}


def test_an_outsider_hears_nothing(punt: PostgresPunt) -> None:
    charlie = punt.client("charlie")

    assert charlie.get(EVENTS).status_code == 404
    with Listener(charlie, "/api/events") as stream:
        punt.client("alice").post(TICKETS, json={"title": "secret"})
        stream.wait_until_at(punt.head())
    assert stream.messages == []


def test_the_log_is_pruned_while_people_write(punt: PostgresPunt) -> None:
    alice, bob, before = punt.client("alice"), punt.client("bob"), punt.head()
    few = PostgresPunt(punt.instance, settings=punt.settings | {"PUNT_EVENT_RETENTION": "10"})

    with Listener(bob, EVENTS) as stream, Writers(alice, 4) as writers:
        stream.wait_for(30)
        pruned = few.flask("events", "prune")
        stream.wait_for(len(stream.messages) + 20)
    with Listener(bob, EVENTS, last_event_id=before) as late:
        late.wait_for_type("stream.reset")

    assert (pruned.returncode, pruned.stdout[:7], pruned.stderr) == (0, "Forgot ", "")
    assert writers.answers.keys() == {"201"}
    assert late.messages[0]["data"] == {"reason": "expired"}

"""The bin: deleted tickets are kept for a while and can be restored."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from punt.database import db, now, writing
from punt.models import BinnedTicket
from punt.models.bin import KEPT
from tests.support.board import (
    HARB,
    TICKETS,
    column_ids,
    fields,
    made,
    nothing_changes,
    person,
    shown,
    ticket,
    tickets,
    titles,
)

BIN = f"{HARB}/bin"


def delete(client: FlaskClient, *references: str) -> None:
    """Delete tickets one after the other."""
    for reference in references:
        assert client.delete(f"{TICKETS}/{reference}").status_code == 204


def restore(client: FlaskClient, reference: str) -> dict[str, Any]:
    """Restore a ticket."""
    answer = client.post(f"{BIN}/{reference}/restore")
    assert answer.status_code == 200, answer.text
    return dict(answer.json or {})


def in_bin(client: FlaskClient) -> list[str]:
    """Return the titles in the bin, as listed."""
    return [each["title"] for each in client.get(BIN).json or ()]


def test_a_deleted_ticket_lies_in_the_bin_and_nowhere_else(bob: FlaskClient) -> None:
    gone = ticket(bob, "Gone")
    ticket(bob, "Stays", description="Gone")

    delete(bob, gone["id"])

    [binned] = bob.get(BIN).json or [{}]
    assert {name: binned[name] for name in ("id", "key", "number", "title", "type", "creatorId")} == {
        name: gone[name] for name in ("id", "key", "number", "title", "type", "creatorId")
    }
    assert binned["deletedById"] == person(bob)
    assert [each["title"] for each in bob.get(TICKETS).json or ()] == ["Stays"]
    assert [bob.get(f"{TICKETS}/{each}").status_code for each in (gone["id"], gone["key"], "1")] == [404] * 3
    assert bob.get("/projects/HARB/tickets/1").status_code == 404


def test_a_restored_ticket_is_what_it_was_but_for_its_version(alice: FlaskClient, bob: FlaskClient) -> None:
    label, parent = made(bob, f"{HARB}/labels", name="quay")["id"], ticket(bob, "Parent")["id"]
    whole = {
        "description": "Red *first*",
        "type": "Bug",
        "priority": "High",
        "assigneeId": person(alice),
        "labelIds": [label],
        "storyPoints": 5,
        "estimate": "2h",
        "startDate": "2030-05-01",
        "dueDate": "2030-05-02",
        "parentId": parent,
    }
    was = ticket(bob, "Whole", **whole)
    delete(alice, was["id"])

    back = restore(alice, was["id"])

    changed = {name for name in was if back[name] != was[name]}
    assert changed <= {"version", "updatedAt"}
    assert back["version"] == was["version"] + 1
    assert shown(bob, was["id"]) == back
    assert in_bin(bob) == []


@pytest.mark.parametrize("reference", ["id", "key", "number"])
def test_it_is_found_by_id_key_and_number(bob: FlaskClient, reference: str) -> None:
    one = ticket(bob)
    delete(bob, one["id"])

    assert restore(bob, str(one[reference]))["id"] == one["id"]


def test_its_number_is_given_to_nobody_meanwhile(bob: FlaskClient) -> None:
    one = ticket(bob)
    delete(bob, one["id"])

    assert [ticket(bob)["number"], restore(bob, one["id"])["number"], ticket(bob)["number"]] == [2, 1, 3]


def test_it_goes_where_it_was(bob: FlaskClient) -> None:
    column = column_ids(bob)[1]
    ids = tickets(bob, *"abc", columnId=column)
    delete(bob, ids[1])

    restore(bob, ids[1])

    assert titles(bob, column) == "a b c"


def test_it_goes_right_below_whoever_took_its_place(bob: FlaskClient) -> None:
    column = column_ids(bob)[1]
    ids = tickets(bob, *"abc", columnId=column)
    delete(bob, *ids[1:])
    tickets(bob, "x", "y", columnId=column)

    for each in ids[1:]:
        restore(bob, each)

    assert titles(bob, column) == "a x b y c"


def test_without_its_column_it_goes_to_the_bottom_of_the_first_one(alice: FlaskClient) -> None:
    column = made(alice, f"{HARB}/columns", name="Soon")["id"]
    gone = ticket(alice, "gone", columnId=column)["id"]
    delete(alice, gone)
    ticket(alice, "first")

    assert alice.delete(f"{HARB}/columns/{column}").status_code == 204
    restore(alice, gone)

    assert titles(alice, column_ids(alice)[0]) == "first gone"


def test_what_it_named_and_is_gone_is_left_out(alice: FlaskClient) -> None:
    labels = [made(alice, f"{HARB}/labels", name=name)["id"] for name in ("gone", "here")]
    parent = ticket(alice, "Parent")["id"]
    child = ticket(alice, "Child", labelIds=labels, parentId=parent)["id"]
    delete(alice, child, parent)
    alice.delete(f"{HARB}/labels/{labels[0]}")

    back = restore(alice, child)

    assert (back["parentId"], [label["name"] for label in back["labels"]]) == (None, ["here"])


def test_a_parent_that_became_a_subtask_is_none_any_more(bob: FlaskClient) -> None:
    parent = ticket(bob, "Parent")["id"]
    child = ticket(bob, "Child", parentId=parent)["id"]
    delete(bob, child)
    bob.patch(f"{TICKETS}/{parent}", json={"type": "Subtask"})

    assert restore(bob, child)["parentId"] is None


def test_it_can_be_deleted_and_restored_again_and_again(bob: FlaskClient) -> None:
    one = ticket(bob)["id"]

    versions = []
    for _ in range(3):
        delete(bob, one)
        versions.append(restore(bob, one)["version"])

    assert versions == [2, 3, 4]


def test_it_is_restored_once(app: Flask, bob: FlaskClient) -> None:
    one = ticket(bob)["id"]
    delete(bob, one)
    restore(bob, one)

    with nothing_changes(app):
        answers = [bob.post(f"{BIN}/{each}/restore") for each in (one, "HARB-1", "77", "nothing")]

    assert [answer.status_code for answer in answers] == [404] * 4


def test_a_member_restores_own_tickets_only(app: Flask, alice: FlaskClient, bob: FlaskClient) -> None:
    own, foreign = ticket(bob)["id"], ticket(alice)["id"]
    delete(alice, own, foreign)

    with nothing_changes(app):
        refused = bob.post(f"{BIN}/{foreign}/restore")
        page = bob.post("/projects/HARB/bin/2/restore")

    assert (refused.status_code, page.status_code) == (403, 403)
    assert restore(bob, own)["id"] == own
    assert restore(alice, foreign)["id"] == foreign


def test_tickets_deleted_together_lie_in_the_bin_one_by_one(bob: FlaskClient) -> None:
    ids = tickets(bob, "one", "two")

    bob.delete(TICKETS, json={"ticketIds": ids})

    assert sorted(in_bin(bob)) == ["one", "two"]
    assert restore(bob, ids[0])["title"] == "one"


def test_another_projects_bin_is_another(alice: FlaskClient) -> None:
    made(alice, "/api/projects", key="BOAT", name="Boat")
    one = ticket(alice)["id"]
    delete(alice, one)

    assert alice.get("/api/projects/BOAT/bin").json == []
    assert alice.post(f"/api/projects/BOAT/bin/{one}/restore").status_code == 404


def test_the_bin_goes_with_its_project(app: Flask, alice: FlaskClient) -> None:
    delete(alice, ticket(alice)["id"])

    alice.delete(HARB)

    with app.app_context():
        assert db.session.query(BinnedTicket).count() == 0


def test_after_thirty_days_it_is_gone(app: Flask, bob: FlaskClient) -> None:
    old, new = tickets(bob, "old", "new")
    delete(bob, old, new)
    with app.app_context(), writing():
        db.session.get_one(BinnedTicket, old).deleted_at = now() - KEPT

    listed, answer = in_bin(bob), bob.post(f"{BIN}/{old}/restore")

    assert (listed, answer.status_code) == (["new"], 404)


def test_the_page_restores_by_a_plain_form(alice: FlaskClient, bob: FlaskClient) -> None:
    ticket(bob, "Of <Bob>")
    ticket(alice, "Of Alice")
    delete(alice, "1", "2")

    page = bob.get("/projects/HARB/bin").text
    answer = bob.post("/projects/HARB/bin/1/restore")

    assert "Of &lt;Bob&gt;" in page
    assert "Of Alice" in page
    assert "/bin/1/restore" in page
    assert "/bin/2/restore" not in page
    assert (answer.status_code, answer.location) == (302, "/projects/HARB/tickets/1")
    assert shown(bob, "1")["title"] == "Of <Bob>"


@pytest.mark.parametrize(("name", "status"), [("charlie", 404), ("vera", 403)])
def test_who_may_delete_nothing_has_no_bin(sign_in: Callable[[str], FlaskClient], name: str, status: int) -> None:
    client = sign_in(name)

    answers = [client.get("/projects/HARB/bin"), client.post("/projects/HARB/bin/1/restore")]

    assert [answer.status_code for answer in answers] == [status] * 2


def test_a_start_after_the_due_date_is_refused_at_the_field_that_was_changed(app: Flask, bob: FlaskClient) -> None:
    ticket(bob, startDate="2030-05-02", dueDate="2030-05-02")

    with nothing_changes(app):
        answers = [
            bob.post(TICKETS, json={"title": "x", "startDate": "2030-05-02", "dueDate": "2030-05-01"}),
            bob.patch(f"{TICKETS}/1", json={"startDate": "2030-05-03"}),
            bob.patch(f"{TICKETS}/1", json={"dueDate": "2030-05-01", "title": "Other"}),
            bob.patch(TICKETS, json={"ticketIds": [shown(bob, "1")["id"]], "updates": {"dueDate": "2030-05-01"}}),
        ]
        form = bob.post("/projects/HARB/tickets/1", data={"dueDate": "2030-05-01"})

    assert [answer.status_code for answer in answers] == [400] * 4
    assert [fields(answer) for answer in answers] == [["startDate"], ["startDate"], ["dueDate"], ["dueDate"]]
    assert (form.status_code, "The due date is before the start." in form.text) == (400, True)


def test_dates_that_were_wrong_before_do_not_stand_in_the_way_of_other_changes(app: Flask, bob: FlaskClient) -> None:
    ticket(bob)
    with app.app_context(), writing() as session:
        session.connection().exec_driver_sql("UPDATE ticket SET start_date = '2030-05-02', due_date = '2030-05-01'")

    answers = [bob.patch(f"{TICKETS}/1", json=change) for change in ({"title": "New"}, {"startDate": None})]

    assert [answer.status_code for answer in answers] == [200, 200]


def test_a_preview_is_what_the_ticket_would_show(app: Flask, bob: FlaskClient) -> None:
    text = "Red *first*\n\n<script>alert(1)</script> [here](javascript:alert(1))"

    with nothing_changes(app):
        answer = bob.post(f"{HARB}/preview", json={"text": text})
    ticket(bob, description=text)

    html = str((answer.json or {})["html"])
    assert answer.status_code == 200
    assert "<em>first</em>" in html
    assert "<script" not in html
    assert html.strip() in bob.get("/projects/HARB/tickets/1").text


def test_a_preview_has_the_limit_of_a_description(bob: FlaskClient) -> None:
    answer = bob.post(f"{HARB}/preview", json={"text": "x" * 50_001})

    assert (answer.status_code, fields(answer)) == (400, ["text"])


def fill(app: Flask, client: FlaskClient, count: int) -> list[str]:
    """Put so many tickets into the bin, two at each moment, and return their ids, newest first."""
    first = ticket(client, "0")
    delete(client, first["id"])
    with app.app_context(), writing():
        one = db.session.get(BinnedTicket, first["id"])
        assert one
        moment = now() - timedelta(minutes=1)
        rows = [
            {
                "id": f"{number:026}",
                "number": number + 2,
                "project_id": one.project_id,
                "deleted_at": moment - timedelta(seconds=number // 2),
                "content": one.content | {"id": f"{number:026}", "number": number + 2},
            }
            for number in range(count - 1)
        ]
        db.session.execute(sa.insert(BinnedTicket), rows)
    return [first["id"], *(row["id"] for row in rows)]


def test_a_long_bin_is_listed_page_by_page(app: Flask, alice: FlaskClient) -> None:
    ids = fill(app, alice, 1206)

    pages, address = [], BIN
    while address:
        answer = alice.get(address)
        pages.append([each["id"] for each in answer.json or ()])
        address = answer.headers.get("Link", "").partition(">")[0].lstrip("<")

    assert [len(page) for page in pages] == [500, 500, 206]
    assert [each for page in pages for each in page] == ids


def test_a_page_says_how_many_there_are_and_leads_on(app: Flask, alice: FlaskClient) -> None:
    ids = fill(app, alice, 501)

    first = alice.get("/projects/HARB/bin").text
    older = html.unescape(re.findall(r'href="([^"]*before=[^"]*)"', first)[0])
    last = alice.get(older).text

    assert "Showing 500 of 501" in first
    assert (ids[-1] in first, ids[-1] in last, ids[0] in last) == (False, True, False)
    assert 'href="/projects/HARB/bin">Newest' in last


def test_a_bin_that_is_shown_whole_says_nothing_of_pages(alice: FlaskClient) -> None:
    delete(alice, ticket(alice)["id"])

    assert "Showing" not in alice.get("/projects/HARB/bin").text


@pytest.mark.parametrize(
    ("query", "field"),
    [("limit=0", "limit"), ("limit=501", "limit"), ("before=x", "before"), ("before=99999999999999999.a", "before")],
)
def test_a_place_in_the_bin_that_is_none_is_refused(alice: FlaskClient, query: str, field: str) -> None:
    answer = alice.get(f"{BIN}?{query}")

    assert (answer.status_code, fields(answer)) == (400, [field])


def test_a_parent_in_another_project_which_an_import_may_name_is_none(
    app: Flask, bob: FlaskClient, charlie: FlaskClient
) -> None:
    made(charlie, "/api/projects", key="FAR", name="Far")
    far, one = made(charlie, "/api/projects/FAR/tickets", title="Far")["id"], ticket(bob)["id"]
    delete(bob, one)
    with app.app_context(), writing():
        binned = db.session.get(BinnedTicket, one)
        assert binned
        binned.content = binned.content | {"parentId": far}

    assert restore(bob, one)["parentId"] is None

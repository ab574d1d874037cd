"""Undoing a deletion restores the family, or reports what is missing. On both databases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from punt.database import db, end_read, now, writing
from punt.models import AuditEntry, BinnedTicket
from punt.models.bin import KEPT
from tests.conftest import app_on
from tests.support import cast
from tests.support.board import HARB, TICKETS, made, person, shown, ticket, tickets
from tests.support.contract import Checked

BIN = f"{HARB}/bin"
ORDERS = [(0, 1, 2), (2, 1, 0), (1, 0, 2), (2, 0, 1)]


@pytest.fixture(scope="module")
def elsewhere(postgres: Any, populated: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An app on PostgreSQL."""
    with app_on(postgres.database(like=populated), tmp_path_factory.mktemp("elsewhere")) as app:
        app.test_client_class = Checked
        yield app


@pytest.fixture(params=["sqlite", "postgres"])
def anywhere(request: pytest.FixtureRequest) -> Flask:
    found: Flask = request.getfixturevalue({"sqlite": "town", "postgres": "elsewhere"}[request.param])
    return found


@pytest.fixture
def alice(anywhere: Flask) -> FlaskClient:
    return cast.signed_in(anywhere, "alice")


def delete(client: FlaskClient, *references: str) -> None:
    """Delete tickets one after the other."""
    for reference in references:
        assert client.delete(f"{TICKETS}/{reference}").status_code == 204


def delete_together(client: FlaskClient, *ids: str) -> None:
    assert client.delete(TICKETS, json={"ticketIds": ids}).status_code == 204


def restore(client: FlaskClient, reference: str) -> dict[str, Any]:
    """Restore a ticket."""
    answer = client.post(f"{BIN}/{reference}/restore")
    assert answer.status_code == 200, answer.text
    return dict(answer.json or {})


def lost(restored: dict[str, Any]) -> list[tuple[str, str]]:
    """List what a response reports as not restored."""
    return [(each["field"], each["message"]) for each in restored.get("notRestored", ())]


def family(client: FlaskClient) -> tuple[str, str, str]:
    """Make a ticket in a ticket in a ticket, topmost first."""
    top = ticket(client, "Top")["id"]
    middle = ticket(client, "Middle", parentId=top)["id"]
    return top, middle, ticket(client, "Bottom", parentId=middle)["id"]


def parents(client: FlaskClient, *ids: str) -> list[str | None]:
    return [shown(client, each)["parentId"] for each in ids]


def key(client: FlaskClient, ticket_id: str) -> str:
    return str(shown(client, ticket_id)["key"])


def test_children_come_back_to_a_restored_parent(alice: FlaskClient) -> None:
    top, *children = ticket(alice)["id"], ticket(alice)["id"], ticket(alice)["id"]
    alice.patch(TICKETS, json={"ticketIds": children, "updates": {"parentId": top}})
    delete(alice, top)
    assert parents(alice, *children) == [None, None]

    back = restore(alice, top)

    assert parents(alice, *children) == [top, top]
    assert lost(back) == []


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("back", ORDERS)
def test_a_family_is_whole_again_in_whatever_order_it_goes_and_comes(
    alice: FlaskClient, order: tuple[int, ...], back: tuple[int, ...], together: bool
) -> None:
    ids = family(alice)
    gone = [ids[each] for each in order]
    if together:
        delete_together(alice, *gone)
    else:
        delete(alice, *gone)

    for each in back:
        restore(alice, ids[each])

    assert parents(alice, *ids) == [None, ids[0], ids[1]]


def test_whoever_comes_back_before_the_family_is_told_where_that_is(alice: FlaskClient) -> None:
    top, middle, bottom = family(alice)
    keys = [key(alice, each) for each in (top, middle, bottom)]
    delete_together(alice, top, middle, bottom)

    back = restore(alice, middle)

    assert lost(back) == [
        ("parentId", f"It was part of {keys[0]}, which is in the bin."),
        ("children", f"{keys[2]}, which was part of it, is in the bin."),
    ]


def test_a_child_that_got_another_parent_meanwhile_keeps_it(alice: FlaskClient) -> None:
    top, middle, bottom = family(alice)
    other = ticket(alice, "Other")
    delete(alice, middle)
    alice.patch(f"{TICKETS}/{bottom}", json={"parentId": other["id"]})

    back = restore(alice, middle)

    assert parents(alice, middle, bottom) == [top, other["id"]]
    assert lost(back) == [("children", f"{key(alice, bottom)} is part of {other['key']} now.")]


def test_a_restored_ticket_never_closes_a_circle(alice: FlaskClient) -> None:
    top, middle, bottom = family(alice)
    delete(alice, middle)
    alice.patch(f"{TICKETS}/{top}", json={"parentId": bottom})

    back = restore(alice, middle)

    assert parents(alice, top, middle, bottom) == [bottom, top, None]
    assert lost(back) == [
        ("children", "{0} cannot be part of it again, for it is itself part of {0} now.".format(key(alice, bottom)))
    ]


def test_a_parent_that_is_a_subtask_by_now_gets_no_children(alice: FlaskClient) -> None:
    top, child = ticket(alice)["id"], ticket(alice)["id"]
    alice.patch(f"{TICKETS}/{child}", json={"parentId": top})
    delete(alice, child)
    alice.patch(f"{TICKETS}/{top}", json={"type": "Subtask"})

    back = restore(alice, child)

    assert lost(back) == [("parentId", f"It was part of {key(alice, top)}, which is a subtask now.")]


def test_a_child_in_the_bin_does_not_come_back_to_a_parent_that_is_a_subtask_by_now(alice: FlaskClient) -> None:
    top, child = ticket(alice)["id"], ticket(alice)["id"]
    alice.patch(f"{TICKETS}/{child}", json={"parentId": top})
    delete(alice, child, top)
    assert lost(restore(alice, child))[0][0] == "parentId"
    delete(alice, child)
    restore(alice, top)
    alice.patch(f"{TICKETS}/{top}", json={"type": "Subtask"})
    delete(alice, top)
    restore(alice, child)

    back = restore(alice, top)

    assert parents(alice, child) == [None]
    assert lost(back) == [("children", f"{key(alice, child)} cannot be part of it again, for it is a subtask.")]


def test_a_relative_who_is_gone_for_good_is_named(anywhere: Flask, alice: FlaskClient) -> None:
    top, middle, bottom = family(alice)
    keys = [key(alice, each) for each in (top, bottom)]
    delete(alice, middle, top, bottom)
    with anywhere.app_context(), writing():
        for each in (top, bottom):
            db.session.get_one(BinnedTicket, each).deleted_at = now() - KEPT

    back = restore(alice, middle)

    assert lost(back) == [
        ("parentId", f"It was part of {keys[0]}, which is gone."),
        ("children", f"{keys[1]}, which was part of it, is gone."),
    ]


def test_of_many_lost_children_some_are_named_and_the_rest_counted(alice: FlaskClient) -> None:
    top, other = ticket(alice)["id"], ticket(alice)["id"]
    children = tickets(alice, *map(str, range(8)), parentId=top)
    delete(alice, top)
    alice.patch(TICKETS, json={"ticketIds": children, "updates": {"parentId": other}})

    [(field, message)] = lost(restore(alice, top))

    assert field == "children"
    assert message.count(f"is part of {key(alice, other)} now.") == 5
    assert message.endswith("So it is with 3 more of its children.")


def test_children_that_come_back_are_told_as_changed_and_the_audit_says_so(anywhere: Flask, alice: FlaskClient) -> None:
    top, child = ticket(alice)["id"], ticket(alice)["id"]
    alice.patch(f"{TICKETS}/{child}", json={"parentId": top})
    delete(alice, top)
    before = shown(alice, child)["version"]

    restore(alice, top)

    assert shown(alice, child)["version"] == before + 1
    entry = latest(anywhere, child)
    assert (entry.verb, entry.changes) == ("updated", {"parent": [None, key(alice, top)]})


def test_the_audit_says_what_did_not_come_back(anywhere: Flask, alice: FlaskClient) -> None:
    column = made(alice, f"{HARB}/columns", name="Soon")["id"]
    labels = [made(alice, f"{HARB}/labels", name=f"{name} {column}")["id"] for name in ("gone", "here")]
    top = ticket(alice)["id"]
    gone = ticket(alice, columnId=column, labelIds=labels, parentId=top)["id"]
    top_key = key(alice, top)
    delete(alice, gone, top)
    alice.delete(f"{HARB}/labels/{labels[0]}")
    alice.delete(f"{HARB}/columns/{column}")
    first = (alice.get(f"{HARB}/columns").json or [{}])[0]["name"]

    back = restore(alice, gone)

    assert lost(back) == [
        ("columnId", f"Its column “Soon” was deleted: it is in “{first}” now."),
        ("labels", f"Its label “gone {column}” was deleted."),
        ("parentId", f"It was part of {top_key}, which is in the bin."),
    ]
    assert latest(anywhere, gone).changes == {
        "column": ["Soon", first],
        "labels": [[f"gone {column}", f"here {column}"], [f"here {column}"]],
        "parent": [top_key, None],
    }
    history = alice.get(f"/projects/HARB/tickets/{back['number']}").text
    assert "column from Soon to To Do" in history


def test_whoever_it_was_assigned_to_and_left_is_named(alice: FlaskClient, anywhere: Flask) -> None:
    bob = cast.signed_in(anywhere, "bob")
    one = ticket(alice, assigneeId=person(bob))["id"]
    [membership] = [each for each in alice.get(f"{HARB}/members").json or () if each["user"]["username"] == "bob"]
    delete(alice, one)
    assert alice.delete(f"{HARB}/members/{membership['id']}").status_code == 204

    back = restore(alice, one)
    made(alice, f"{HARB}/members", username="bob", role="member")

    assert back["assigneeId"] is None
    assert lost(back) == [
        ("assigneeId", f"{membership['user']['name']} is no longer a member: it is assigned to nobody.")
    ]


def test_a_label_that_was_merged_comes_back_as_what_it_became(alice: FlaskClient) -> None:
    one, two, three = (
        made(alice, f"{HARB}/labels", name=name)["id"] for name in ("merged one", "merged two", "merged three")
    )
    both, first = ticket(alice, labelIds=[one, two])["id"], ticket(alice, labelIds=[one])["id"]
    delete(alice, both, first)
    for label, heir in ((one, two), (two, three)):
        assert alice.post(f"/projects/HARB/labels/{label}/merge", data={"into": heir}).status_code == 302

    answers = [restore(alice, each) for each in (both, first)]

    assert [[label["id"] for label in each["labels"]] for each in answers] == [[three], [three]]
    assert [lost(each) for each in answers] == [[], []]


def test_the_page_says_what_did_not_come_back(alice: FlaskClient) -> None:
    top, middle, _ = family(alice)
    top_key, number = key(alice, top), shown(alice, middle)["number"]
    delete(alice, middle, top)

    page = alice.post(f"/projects/HARB/bin/{number}/restore", follow_redirects=True).text

    assert f"Restored HARB-{number}." in page
    assert f"It was part of {top_key}, which is in the bin." in page


def test_what_an_older_punt_put_into_the_bin_comes_back_as_before(anywhere: Flask, alice: FlaskClient) -> None:
    top, middle, bottom = family(alice)
    delete(alice, middle)
    with anywhere.app_context(), writing():
        binned = db.session.get_one(BinnedTicket, middle)
        news = {"columnName", "parentKey", "children"}
        binned.content = {name: value for name, value in binned.content.items() if name not in news}
    delete(alice, top)

    back = restore(alice, middle)

    assert parents(alice, middle, bottom) == [None, None]
    assert lost(back) == [("parentId", f"It was part of HARB-{back['number'] - 1}, which is in the bin.")]


def latest(app: Flask, ticket_id: str) -> AuditEntry:
    """Return the newest audit entry about a ticket."""
    with app.app_context():
        found = db.session.scalars(AuditEntry.about(subject_id=ticket_id)).first()
        assert found
        db.session.expunge(found)
        end_read()
        return found

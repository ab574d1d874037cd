"""Columns with so many moves to one spot that no short rank is left there: they are spread, and nobody notices."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from punt.database import db, writing
from punt.events.log import Entry, log
from punt.models import AuditEntry, Ticket
from punt.models import rank as ranks
from punt.models.spreading import crowded_columns, make_room
from tests.support.board import HARB, TICKETS, column_ids, made, person, shown, ticket, tickets
from tests.support.cast import signed_in
from tests.support.export_file import export, take
from tests.support.mirror import Mirror

LONGEST = 6
on_sqlite = pytest.mark.parametrize("either", ["sqlite"], indirect=True)
"""Marks a test in which the databases do not differ."""


@pytest.fixture
def narrow(either: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """An app where a place is soon crowded."""
    monkeypatch.setattr(ranks, "LONGEST", LONGEST)
    monkeypatch.setattr(ranks, "SHORT", 3)
    return either


def listed(client: FlaskClient, column: str) -> list[Any]:
    """Return a column's tickets, after checking that their ranks increase and are short."""
    found = client.get(TICKETS, query_string={"columnId": column}).json or []
    assert [each["rank"] for each in found] == sorted({each["rank"] for each in found})
    assert max(len(each["rank"]) for each in found) <= ranks.LONGEST
    return list(found)


def put(client: FlaskClient, ticket_id: str, **where: Any) -> Any:
    """Move a ticket."""
    answer = client.patch(f"{TICKETS}/{ticket_id}", json=where)
    assert answer.status_code == 200, answer.text
    return answer.json


def crowd(client: FlaskClient, spot: str, *movers: str, times: int = 40) -> None:
    """Move tickets to one spot, again and again."""
    for nth in range(times):
        put(client, movers[nth % len(movers)], before=spot)


def news(app: Flask, since: int = 0) -> list[Entry]:
    """Return what the log holds."""
    with app.app_context(), db.engine.connect() as connection:
        return list(log.since(connection, since, limit=100_000))


def head(app: Flask) -> int:
    """Return the position of the newest event."""
    with app.app_context(), db.engine.connect() as connection:
        return log.head(connection).position


def mirror_of(client: FlaskClient) -> Mirror:
    """Read the whole board."""
    return Mirror(*(client.get(f"{HARB}/{what}").json or [] for what in ("columns", "labels", "tickets")))


def lengthen(app: Flask, ids: list[str]) -> None:
    """Give tickets the ranks that an earlier version of PUNT gave after thousands of moves to one spot."""
    with app.app_context(), writing() as session:
        for nth, each in enumerate(ids):
            rank = f"a0{'z' * (970 - len(ids) + nth)}V"
            session.execute(sa.update(Ticket).where(Ticket.id == each).values(rank=rank))


def test_however_often_tickets_are_moved_to_a_few_spots_the_board_is_as_lists_would_be(narrow: Flask) -> None:
    bob, random = signed_in(narrow, "bob"), Random(13)
    columns = column_ids(bob)[:2]
    wanted = {columns[0]: tickets(bob, *"abcdef"), columns[1]: tickets(bob, *"xy", columnId=columns[1])}
    screen, since = mirror_of(bob), head(narrow)

    for nth in range(150):
        mover = random.choice([each for ids in wanted.values() for each in ids])
        for ids in wanted.values():
            ids[:] = [each for each in ids if each != mover]
        column = random.choice(columns)
        order = min(random.choice((1, 1, 1, 2, 9)), len(wanted[column]))
        wanted[column].insert(order, mover)
        neighbour = wanted[column][order - 1] if order and nth % 2 else None
        moved = put(bob, mover, columnId=column, **({"after": neighbour} if neighbour else {"order": order}))
        assert moved["order"] == order

    for entry in news(narrow, since):
        screen.apply(json.loads(entry.message))
    assert {column: [each["id"] for each in listed(bob, column)] for column in columns} == wanted
    assert screen.board() == mirror_of(bob).board()


def test_spreading_is_nobodys_act(narrow: Flask) -> None:
    alice, bob = signed_in(narrow, "alice"), signed_in(narrow, "bob")
    *_, resting, spot, mover, other = tickets(alice, *"abcdef")
    before, since = shown(alice, resting), head(narrow)

    crowd(bob, spot, mover, other, times=60)

    messages = [json.loads(entry.message) for entry in news(narrow, since)]
    acts = [each for each in messages if each.get("actorId")]
    quiet = [each for each in messages if not each.get("actorId")]
    assert [each["data"]["id"] for each in acts] == [mover, other] * 30
    assert {each["actorId"] for each in acts} == {person(bob)}
    assert quiet
    assert {(each["type"], *each["changed"], each["tabId"]) for each in quiet} == {("ticket.moved", "rank", None)}
    after = shown(alice, resting)
    same = {name: value for name, value in before.items() if name not in {"rank", "version"}}
    assert same.items() <= after.items()
    with narrow.app_context():
        moved = sa.select(AuditEntry.subject_id).where(AuditEntry.verb == "moved")
        assert set(db.session.scalars(moved)) <= {mover, other}


def test_whoever_works_on_a_ticket_whose_column_is_spread_saves_what_they_began(either: Flask) -> None:
    alice, bob = signed_in(either, "alice"), signed_in(either, "bob")
    *ids, mover = tickets(alice, *"abcdef")
    was = {each: shown(bob, each)["version"] for each in ids}
    for _ in range(2):
        lengthen(either, ids)
        put(alice, mover, before=ids[3])
        put(alice, mover, order=99)
    assert all(shown(bob, each)["version"] == was[each] + 2 for each in ids)

    title, number = {"title": "mine"}, shown(bob, ids[1])["number"]
    answers = [
        bob.patch(f"{TICKETS}/{ids[0]}", json=title, headers={"If-Match": f'"{was[ids[0]]}"'}),
        bob.post(f"/projects/HARB/tickets/{number}", data=title | {"version": was[ids[1]]}),
        bob.patch(f"{TICKETS}/{ids[2]}", json=title, headers={"If-Match": f'W/"{was[ids[2]] + 1}"'}),
        alice.delete(f"{TICKETS}/{ids[3]}", headers={"If-Match": f'"{was[ids[3]]}"'}),
    ]

    assert [each.status_code for each in answers] == [200, 302, 200, 204]
    again = bob.patch(f"{TICKETS}/{ids[0]}", json=title, headers={"If-Match": f'"{was[ids[0]]}"'})
    assert again.status_code == 409


def test_what_others_change_is_not_overwritten_though_a_column_was_spread(either: Flask) -> None:
    alice, bob = signed_in(either, "alice"), signed_in(either, "bob")
    *ids, mover = tickets(alice, *"abcdef")
    lengthen(either, ids)
    changes: list[dict[str, Any]] = [{"title": "new"}, {"order": 0}, {"labelIds": [_label(alice)]}, {"parentId": mover}]

    for path, change in zip(ids, changes, strict=False):
        was = shown(bob, path)
        lengthen(either, ids)
        put(alice, mover, before=ids[3])
        spread = shown(bob, path)["version"]
        put(alice, path, **change)
        stale = [
            bob.patch(f"{TICKETS}/{path}", json={"title": "mine"}, headers={"If-Match": f'"{version}"'}).status_code
            for version in (was["version"] - 1, was["version"], spread, "x", -1)
        ]
        assert (spread > was["version"], stale) == (True, [409] * 5)
        put(alice, mover, order=99)


@on_sqlite
def test_several_are_moved_together_to_where_there_is_no_room(narrow: Flask) -> None:
    bob = signed_in(narrow, "bob")
    first = column_ids(bob)[0]
    top, *movers, end = tickets(bob, *"abcdefgh")

    for nth in range(40):
        wanted = movers[nth % 6 :] + movers[: nth % 6]
        answer = bob.patch(TICKETS, json={"ticketIds": wanted, "updates": {"before": end}})
        assert (answer.status_code, [each["order"] for each in answer.json or ()]) == (200, [1, 2, 3, 4, 5, 6])
        assert [each["id"] for each in listed(bob, first)] == [top, *wanted, end]


@on_sqlite
def test_a_column_is_sorted_and_put_back_where_there_is_no_room(narrow: Flask) -> None:
    alice, random = signed_in(narrow, "alice"), Random(7)
    first = column_ids(alice)[0]
    ids = tickets(alice, *"abcdefgh")

    for _ in range(30):
        random.shuffle(ids)
        seen = {each["id"]: each["rank"] for each in listed(alice, first)}
        wanted = [{"id": each, "rank": seen[each]} for each in ids]
        answer = alice.put(f"{HARB}/columns/{first}/order", json={"tickets": wanted})
        assert answer.status_code == 200
        if [each["id"] for each in listed(alice, first)] != ids:  # it was spread first, and what was seen is outdated
            seen = {each["id"]: each["rank"] for each in listed(alice, first)}
            again = [{"id": each, "rank": seen[each]} for each in ids]
            alice.put(f"{HARB}/columns/{first}/order", json={"tickets": again})
        assert [each["id"] for each in listed(alice, first)] == ids


@on_sqlite
def test_the_plain_form_moves_where_there_is_no_room(narrow: Flask) -> None:
    bob = signed_in(narrow, "bob")
    first = column_ids(bob)[0]
    tickets(bob, *"abc")

    for _ in range(60):
        number = listed(bob, first)[2]["number"]
        answer = bob.post(f"/projects/HARB/tickets/{number}/move", data={"columnId": first, "place": "up"})
        assert answer.status_code == 302

    listed(bob, first)


def test_a_deleted_ticket_comes_back_to_its_old_place_after_its_column_was_spread(either: Flask) -> None:
    alice = signed_in(either, "alice")
    first = column_ids(alice)[0]
    *ids, other = tickets(alice, *"abcdefg")
    lengthen(either, ids)
    alice.delete(TICKETS, json={"ticketIds": [ids[0], ids[2], ids[5]]})

    put(alice, other, before=ids[4])
    statuses = {alice.post(f"{HARB}/bin/{gone}/restore").status_code for gone in (ids[2], ids[5], ids[0])}

    assert statuses == {200}
    assert [each["id"] for each in listed(alice, first)] == [*ids[:4], other, *ids[4:]]


@on_sqlite
def test_tickets_are_restored_to_where_there_is_no_room(narrow: Flask) -> None:
    alice = signed_in(narrow, "alice")
    first = column_ids(alice)[0]
    above, gone, spot, other = tickets(alice, *"abcd")

    for _ in range(40):
        alice.delete(f"{TICKETS}/{gone}")
        put(alice, other, after=above)
        assert alice.post(f"{HARB}/bin/{gone}/restore").status_code == 200
        put(alice, gone, before=spot)

    assert {each["id"] for each in listed(alice, first)} == {above, gone, spot, other}


def test_a_board_with_the_long_ranks_of_an_earlier_version_is_listed_page_by_page(either: Flask) -> None:
    bob = signed_in(either, "bob")
    ids = tickets(bob, *"abcdef")
    lengthen(either, ids)

    answer, read = bob.get(TICKETS, query_string={"limit": 1}), list[str]()
    while True:
        assert answer.status_code == 200, answer.text
        read += [each["id"] for each in answer.json or ()]
        if "Link" not in answer.headers:
            break
        answer = bob.get(answer.headers["Link"].partition(">")[0].removeprefix("<"))

    assert read == ids


@pytest.mark.parametrize("where", ["move", "bulk", "restore"])
def test_a_board_with_the_long_ranks_of_an_earlier_version_heals_where_it_is_touched(either: Flask, where: str) -> None:
    alice = signed_in(either, "alice")
    first = column_ids(alice)[0]
    *ids, mover, other = tickets(alice, *"abcdefgh")
    lengthen(either, ids)
    if where == "restore":
        alice.delete(f"{TICKETS}/{ids[4]}")

    if where == "move":
        put(alice, mover, before=ids[3])
        wanted = [*ids[:3], mover, *ids[3:], other]
    elif where == "bulk":
        alice.patch(TICKETS, json={"ticketIds": [mover, other], "updates": {"after": ids[2]}})
        wanted = [*ids[:3], mover, other, *ids[3:]]
    else:
        alice.post(f"{HARB}/bin/{ids[4]}/restore")
        wanted = [*ids, mover, other]

    assert [each["id"] for each in listed(alice, first)] == wanted


def test_long_ranks_come_out_and_in_again_and_are_short_then(either: Flask, tmp_path: Path) -> None:
    alice = signed_in(either, "alice")
    first = column_ids(alice)[0]
    ids = tickets(alice, *"abcdef")
    lengthen(either, ids)
    alice.delete(f"{TICKETS}/{ids[2]}")
    before = {each: shown(alice, each) for each in ids if each != ids[2]}

    take(either, export(either, tmp_path / "long.punt"))

    sue = signed_in(either, "sue")
    assert [each["id"] for each in listed(sue, first)] == [each for each in ids if each != ids[2]]
    for each, was in before.items():
        assert shown(sue, each) | {"rank": ""} == was | {"rank": ""}
    assert sue.post(f"{HARB}/bin/{ids[2]}/restore").status_code == 200
    assert [each["id"] for each in listed(sue, first)] == ids


def test_what_is_crowded_is_found_and_spread_without_a_move(either: Flask) -> None:
    alice = signed_in(either, "alice")
    first = column_ids(alice)[0]
    ids = tickets(alice, *"abcdef")
    lengthen(either, ids)
    before = [shown(alice, each) for each in ids]

    with either.app_context():
        with db.engine.connect() as connection:
            assert list(crowded_columns(connection)) == [first]
        make_room(first)
        with db.engine.connect() as connection:
            assert not list(crowded_columns(connection))

    assert [each | {"rank": "", "version": 1} for each in listed(alice, first)] == [
        each | {"rank": ""} for each in before
    ]


@on_sqlite
def test_a_column_that_is_gone_needs_no_room(either: Flask) -> None:
    with either.app_context():
        make_room("0" * 26)


@on_sqlite
def test_new_tickets_and_those_at_the_ends_never_wait_for_room(narrow: Flask) -> None:
    bob = signed_in(narrow, "bob")
    first = column_ids(bob)[0]
    ids = tickets(bob, *"abc")
    since = head(narrow)

    for nth in range(70):
        put(bob, ids[nth % 3], order=0 if nth % 2 else 99)
        ticket(bob)

    quiet = [entry for entry in news(narrow, since) if "actorId" not in entry.message]
    assert not quiet
    listed(bob, first)


def _label(client: FlaskClient) -> str:
    return str(made(client, f"{HARB}/labels", name="keel")["id"])

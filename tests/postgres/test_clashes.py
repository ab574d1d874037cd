"""Two people want the same at the same moment: both get it, or the later one gets an error."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask

from punt.database import db, now, writing
from punt.errors import Conflict, TooMany
from punt.models import (
    BinnedTicket,
    Column,
    Label,
    Membership,
    PresenceLease,
    Project,
    RateCounter,
    Role,
    Ticket,
    User,
    UserSession,
)
from punt.models.merging import merge_labels, remove_column
from tests.conftest import app_on
from tests.support.cast import signed_in
from tests.support.postgres import PostgresPunt
from tests.support.rivals import Rival
from tests.support.wait import until

HARB = "/api/projects/HARB"
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
SESSION = "s" * 26
_names = count()


def project() -> Project:
    return db.session.scalars(sa.select(Project).where(Project.key == "HARB")).one()


def column(place: int = 0) -> Column:
    return project().columns()[place]


def create(title: str, place: int = 0) -> str:
    return Ticket.create(project(), column(place), None, {"title": title}).id


def created(app: Flask, *titles: str, place: int = 0) -> list[str]:
    with app.app_context(), writing():
        return [create(title, place) for title in titles]


def move(ticket_id: str, place: int, **where: Any) -> None:
    ticket = db.session.get_one(Ticket, ticket_id, with_for_update=True)
    neighbours: dict[str, Any] = {name: db.session.get_one(Ticket, other) for name, other in where.items()}
    ticket.move_to(column(place), **neighbours)


def titles(app: Flask, place: int) -> list[str]:
    with app.app_context():
        return [ticket.title for ticket in Ticket.in_column(column(place).id)]


def test_two_tickets_made_at_the_bottom_of_a_column_at_once_both_get_a_place(inside: Flask) -> None:
    first = Rival(inside, lambda: create("first")).wait_until_worked()
    second = Rival(inside, lambda: create("second")).wait_until_blocked()

    first.commit()
    second.commit()

    assert titles(inside, 0)[-2:] == ["first", "second"]


def test_the_order_of_a_new_ticket_leaves_out_one_that_leaves_its_column_meanwhile(inside: Flask) -> None:
    going, _ = created(inside, "going", "staying", place=2)
    orders = list[int]()
    first = Rival(inside, lambda: BinnedTicket.take(db.session.get_one(Ticket, going), None)).wait_until_worked()
    second = Rival(inside, lambda: orders.append(db.session.get_one(Ticket, create("new", 2)).order()))
    second.wait_until_blocked()

    first.commit()
    second.commit()

    assert titles(inside, 2)[-2:] == ["staying", "new"]
    assert orders == [titles(inside, 2).index("new")]


def test_two_tickets_that_change_places_between_two_columns_wait_for_each_other_without_a_deadlock(
    inside: Flask,
) -> None:
    (one,), (two,) = created(inside, "eastbound", place=2), created(inside, "westbound", place=3)
    first = Rival(inside, lambda: move(one, 3)).wait_until_worked()
    second = Rival(inside, lambda: move(two, 2)).wait_until_blocked()

    first.commit()
    second.commit()

    assert (titles(inside, 2)[-1], titles(inside, 3)[-1]) == ("westbound", "eastbound")
    with inside.app_context():
        assert [Ticket.count_in(column(place).id) for place in (2, 3)] == [len(titles(inside, each)) for each in (2, 3)]


def test_two_tickets_moved_into_the_same_gap_both_find_room(inside: Flask) -> None:
    above, *_ = created(inside, "above", "below", place=1)
    one, two = created(inside, "one", "two")
    first = Rival(inside, lambda: move(one, 1, after=above)).wait_until_worked()
    second = Rival(inside, lambda: move(two, 1, after=above)).wait_until_blocked()

    first.commit()
    second.commit()

    assert titles(inside, 1) == ["above", "two", "one", "below"]


def test_a_neighbour_that_moves_away_meanwhile_is_no_place_any_more(inside: Flask) -> None:
    neighbour, mover = created(inside, "neighbour", "mover")
    first = Rival(inside, lambda: move(neighbour, 0)).wait_until_worked()
    second = Rival(inside, lambda: move(mover, 0, before=neighbour)).wait_until_blocked()

    first.commit()
    second.commit()

    assert titles(inside, 0)[-2:] == ["mover", "neighbour"]


def test_a_ticket_made_in_a_column_that_goes_meanwhile_is_told_so(inside: Flask) -> None:
    def add() -> str:
        return Column.append_to(project().columns_to_change(), project().id, name="Gone", color=None, wip_limit=None).id

    def remove() -> None:
        remove_column(db.session.get_one(Column, going), project(), None)

    with inside.app_context(), writing():
        going = add()
    first = Rival(inside, remove).wait_until_worked()
    second = Rival(inside, lambda: create("homeless", -1)).wait_until_blocked()

    first.commit()

    with pytest.raises(Conflict):
        second.commit()


def test_a_column_that_goes_and_a_ticket_that_leaves_it_never_wait_in_a_circle(inside: Flask) -> None:
    held, go = threading.Event(), threading.Event()

    def move_out() -> None:
        ticket = db.session.get_one(Ticket, mover, with_for_update=True)
        held.set()
        assert go.wait(20)
        ticket.move_to(column(1))

    with inside.app_context(), writing():
        columns = project().columns_to_change()
        going = Column.append_to(columns, project().id, name="Going", color=None, wip_limit=None).id
    mover, _ = created(inside, "mover", "stayer", place=-1)
    first = Rival(inside, move_out)
    assert held.wait(20)
    second = Rival(
        inside, lambda: remove_column(db.session.get_one(Column, going), project(), column(0))
    ).wait_until_blocked()

    go.set()
    first.commit()
    second.commit()

    assert titles(inside, 1)[-1] == "mover"
    assert titles(inside, 0)[-1] == "stayer"


def test_two_columns_made_at_once_stand_side_by_side(inside: Flask) -> None:
    def add(name: str) -> None:
        Column.append_to(project().columns_to_change(), project().id, name=name, color=None, wip_limit=None)

    first = Rival(inside, lambda: add("east")).wait_until_worked()
    second = Rival(inside, lambda: add("west")).wait_until_blocked()

    first.commit()
    second.commit()

    with inside.app_context():
        assert [each.name for each in project().columns()[-2:]] == ["east", "west"]
        assert [each.position for each in project().columns()] == list(range(len(project().columns())))


def test_the_first_tries_of_a_bucket_at_once_are_all_counted(inside: Flask) -> None:
    def try_it() -> None:
        RateCounter.count("door", limit=2, seconds=60)
        db.session.flush()

    first = Rival(inside, try_it).wait_until_worked()
    second = Rival(inside, try_it).wait_until_blocked()

    first.commit()
    second.commit()

    with inside.app_context(), pytest.raises(TooMany), writing():
        try_it()


def come(username: str) -> list[str]:
    present = PresenceLease.take(project(), named(username), "tab", ticket_id=None, session_id=None)
    return [each["username"] for each in present["people"]]


def test_two_who_come_at_once_are_both_told_of(inside: Flask) -> None:
    first = Rival(inside, lambda: come("alice")).wait_until_worked()
    second = Rival(inside, lambda: come("bob")).wait_until_blocked()

    assert (first.commit(), second.commit()) == (["alice"], ["alice", "bob"])


def test_who_signs_out_waits_for_nobody_who_comes(inside: Flask) -> None:
    with inside.app_context(), writing():
        db.session.add(UserSession(id=SESSION, user=named("alice"), expires_at=now() + timedelta(minutes=1)))
        PresenceLease.take(project(), named("alice"), "tab", ticket_id=None, session_id=SESSION)
    coming = Rival(inside, lambda: come("bob")).wait_until_worked()

    with inside.app_context(), writing():
        db.session.get_one(UserSession, SESSION).end()

    assert coming.commit() == ["alice", "bob"]
    with inside.app_context(), writing():
        assert come("vera") == ["bob", "vera"]


def test_two_labels_of_one_name_at_once_are_one_label_and_a_409(inside: Flask, punt: PostgresPunt) -> None:
    alice = punt.client("alice")
    first = Rival(inside, lambda: Label.create(project().id, "quay")).wait_until_worked()

    with ThreadPoolExecutor() as pool:
        second = pool.submit(alice.post, f"{HARB}/labels", json={"name": "Quay"})
        until(lambda: punt.rows(WAITING)[0][0], what="the second label to wait")
        first.commit()
        answer = second.result(10)

    assert answer.status_code == 409
    assert answer.json() == {"error": "Somebody else changed this meanwhile. Please try again."}
    assert "a write clashed with another one: 23505 uq_label" in punt.log
    assert "quay" not in punt.log.lower()


def named(username: str) -> User:
    person = User.named(username)
    assert person
    return person


def owner(username: str) -> None:
    Membership.add(project(), named(username), Role.OWNER)


def demote(username: str) -> None:
    project().hold_members()
    place = Membership.of(project().id, named(username).id)
    assert place
    place.become(Role.ADMIN)


def test_two_owners_demoted_at_once_are_one_admin_and_the_last_owner(inside: Flask) -> None:
    with inside.app_context(), writing():
        owner("adam")
    first = Rival(inside, lambda: demote("adam")).wait_until_worked()
    second = Rival(inside, lambda: demote("alice")).wait_until_blocked()

    first.commit()

    with pytest.raises(Conflict, match="at least one owner"):
        second.commit()


@pytest.mark.parametrize(("change", "answer"), [(Membership.end, 404), (lambda place: place.become(Role.VIEWER), 403)])
def test_nothing_lands_of_what_somebody_does_while_they_are_removed(
    inside: Flask, punt: PostgresPunt, change: Callable[[Membership], Any], answer: int
) -> None:
    ticket_id = created(inside, "as it was")[0]
    with inside.app_context(), writing():
        Membership.add(project(), named("bob"), Role.MEMBER)
    bob = punt.client("bob")

    def take_away() -> None:
        project().hold_members()
        place = Membership.of(project().id, named("bob").id)
        assert place
        change(place)
        db.session.flush()

    removal = Rival(inside, take_away).wait_until_worked()
    with ThreadPoolExecutor() as pool:
        written = pool.submit(bob.patch, f"{HARB}/tickets/{ticket_id}", json={"title": "changed"})
        until(lambda: punt.rows(WAITING)[0][0], what="the write to wait for the removal")
        removal.commit()

    assert written.result(10).status_code == answer
    with inside.app_context():
        assert db.session.get_one(Ticket, ticket_id).title == "as it was"
    with inside.app_context(), writing():
        Membership.add(project(), named("bob"), Role.MEMBER)


@pytest.mark.parametrize(("change", "answer"), [(Membership.end, 404), (lambda place: place.become(Role.ADMIN), 403)])
@pytest.mark.parametrize(
    "delete",
    [
        lambda client, key: client.delete(f"/api/projects/{key}"),
        lambda client, key: client.post(f"/projects/{key}/settings/delete", data={"key": key}),
    ],
    ids=["api", "page"],
)
def test_an_owner_who_is_removed_or_demoted_meanwhile_deletes_no_project(
    inside: Flask,
    punt: PostgresPunt,
    change: Callable[[Membership], Any],
    answer: int,
    delete: Callable[[httpx.Client, str], httpx.Response],
) -> None:
    key = f"OWN{next(_names)}"
    with inside.app_context(), writing():
        founded = Project.create(named("alice"), key=key, name="Two own it")
        Membership.add(founded, named("bob"), Role.OWNER)
        project_id = founded.id
    bob = punt.client("bob")

    def take_away() -> None:
        db.session.get_one(Project, project_id).hold_members()
        place = Membership.of(project_id, named("bob").id)
        assert place
        change(place)
        db.session.flush()

    removal = Rival(inside, take_away).wait_until_worked()
    with ThreadPoolExecutor() as pool:
        deleted = pool.submit(delete, bob, key)
        until(lambda: punt.rows(WAITING)[0][0], what="the deletion to wait for the removal")
        removal.commit()

    assert deleted.result(10).status_code == answer
    with inside.app_context():
        assert db.session.get(Project, project_id)


def test_a_ticket_labelled_while_its_label_is_merged_carries_the_other_one_too(inside: Flask) -> None:
    def label(ticket_id: str, label_id: str) -> None:
        ticket = db.session.get_one(Ticket, ticket_id, with_for_update=True)
        ticket.edit({"labels": [db.session.get_one(Label, label_id)]})
        db.session.flush()

    one, other = created(inside, "one", "other")
    with inside.app_context(), writing():
        going, staying = (Label.create(project().id, name).id for name in ("going", "staying"))
        label(one, going)
    first = Rival(inside, lambda: label(other, going)).wait_until_worked()
    second = Rival(
        inside, lambda: merge_labels(db.session.get_one(Label, going), db.session.get_one(Label, staying))
    ).wait_until_blocked()

    first.commit()
    second.commit()

    with inside.app_context():
        carried = [[each.name for each in db.session.get_one(Ticket, ticket).labels] for ticket in (one, other)]
        assert carried == [["staying"], ["staying"]]


def test_two_labels_merged_into_each_other_at_once_are_one(inside: Flask) -> None:
    def merge(names: tuple[str, str]) -> None:
        found = [Label.named(project().id, name) for name in names]
        assert all(found)
        merge_labels(*found)  # type: ignore[arg-type]

    with inside.app_context(), writing():
        for name in ("east", "west"):
            Label.create(project().id, name)
    first = Rival(inside, lambda: merge(("east", "west"))).wait_until_worked()
    second = Rival(inside, lambda: merge(("west", "east"))).wait_until_blocked()

    first.commit()

    with pytest.raises(Conflict):
        second.commit()


def test_the_same_creation_sent_twice_at_once_makes_one_ticket(punt: PostgresPunt) -> None:
    alice = punt.client("alice")
    key = {"Idempotency-Key": f"key {next(_names)}"}

    answers = at_once(
        [lambda client: client.post(f"{HARB}/tickets", json={"title": "only once"}, headers=key)] * 8, alice
    )
    again = alice.post(f"{HARB}/tickets", json={"title": "only once"}, headers=key)

    assert set(answers) <= {201, 409}
    assert again.status_code == 201
    assert [ticket["title"] for ticket in alice.get(f"{HARB}/tickets").json()].count("only once") == 1


def test_moves_of_the_same_tickets_in_opposite_orders_never_wait_in_a_circle(punt: PostgresPunt) -> None:
    alice = punt.client("alice")
    one, two = (alice.post(f"{HARB}/tickets", json={"title": title}).json()["id"] for title in ("one", "two"))
    columns = [each["id"] for each in alice.get(f"{HARB}/columns").json()]

    def both(ids: list[str], target: str) -> Callable[[httpx.Client], httpx.Response]:
        body = {"ticketIds": ids, "updates": {"columnId": target, "order": 0}}
        return lambda client: client.patch(f"{HARB}/tickets", json=body)

    def before(mover: str, neighbour: str) -> Callable[[httpx.Client], httpx.Response]:
        return lambda client: client.patch(f"{HARB}/tickets/{mover}", json={"before": neighbour})

    for _ in range(10):
        answers = at_once([both([one, two], columns[0]), both([two, one], columns[1])], alice)
        assert answers == {200: 2}
        answers = at_once([before(one, two), before(two, one)] * 2, alice)
        assert answers == {200: 4}


def test_a_column_sorted_while_others_move_its_tickets_never_waits_in_a_circle(punt: PostgresPunt) -> None:
    alice = punt.client("alice")
    columns = [each["id"] for each in alice.get(f"{HARB}/columns").json()]
    priorities = ("Low", "High", "Lowest", "Critical")
    asked = [{"title": each, "priority": each, "columnId": columns[3]} for each in priorities]
    ids = [alice.post(f"{HARB}/tickets", json=each).json()["id"] for each in asked]

    def sort(client: httpx.Client) -> httpx.Response:
        return client.post(f"{HARB}/columns/{columns[3]}/sort", json={"by": "priority"})

    def to(ticket: str, column: str) -> Callable[[httpx.Client], httpx.Response]:
        return lambda client: client.patch(f"{HARB}/tickets/{ticket}", json={"columnId": column, "order": 0})

    for target in (columns[2], columns[3]) * 5:
        answers = at_once([sort, *(to(each, target) for each in ids), sort], alice)
        assert set(answers) <= {200, 409}


def test_whoever_loses_a_deadlock_gets_what_they_asked_for_all_the_same(punt: PostgresPunt) -> None:
    alice = punt.client("alice")
    parent = alice.post(f"{HARB}/tickets", json={"title": "parent"}).json()["id"]
    child = alice.post(f"{HARB}/tickets", json={"title": "child", "parentId": parent}).json()["id"]
    hold = "SELECT 1 FROM ticket WHERE id = %s FOR UPDATE"

    with psycopg.connect(punt.address) as other, ThreadPoolExecutor() as pool:
        other.execute(hold, [child])
        deletion = pool.submit(alice.delete, f"{HARB}/tickets/{parent}")
        until(lambda: punt.rows(WAITING)[0][0], what="the deletion to wait for the child")
        other.execute(hold, [parent])  # a deadlock: whoever has waited longer loses
        other.commit()

    assert deletion.result(10).status_code == 204
    assert alice.get(f"{HARB}/tickets/{child}").json()["parentId"] is None


def test_who_waits_too_long_for_a_lock_is_told_that_the_server_is_busy(
    database: str, punt: PostgresPunt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("punt.database.WRITE_TIMEOUT", 0.2)
    ticket_id = punt.client("alice").post(f"{HARB}/tickets", json={"title": "held"}).json()["id"]

    with app_on(database, tmp_path) as app, psycopg.connect(punt.address) as other:
        alice = signed_in(app, "alice")
        other.execute("SELECT 1 FROM ticket WHERE id = %s FOR UPDATE", [ticket_id])
        answer = alice.patch(f"{HARB}/tickets/{ticket_id}", json={"title": "changed"})

    assert answer.status_code == 503
    assert answer.json == {"error": "The server is busy. Nothing was changed; please try again."}


def at_once(acts: list[Callable[[httpx.Client], httpx.Response]], person: httpx.Client) -> Counter[int]:
    """Send several requests of a person at once; count the statuses of the responses."""

    def act(number: int) -> int:
        with httpx.Client(base_url=person.base_url, cookies=person.cookies, timeout=20) as client:
            return acts[number](client).status_code

    with ThreadPoolExecutor(len(acts)) as pool:
        return Counter(pool.map(act, range(len(acts))))

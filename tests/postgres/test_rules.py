"""Whatever a rule looks at is locked first: of two who would break it together, the later one gets an error."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import flask_migrate
import httpx
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

from punt.access import PERMISSIONS, Grant
from punt.access.proofs import until_the_commit
from punt.database import db, writing
from punt.errors import Conflict, Invalid, Problem
from punt.events.log import LoggedEvent
from punt.models import BinnedTicket, Label, Membership, Project, RateCounter, Role, Ticket, User, UserSession, roster
from punt.models.merging import remove_column
from tests.conftest import app_on
from tests.postgres.conftest import punt_on
from tests.support.cast import PASSWORD
from tests.support.postgres import Postgres, PostgresPunt
from tests.support.rivals import Rival
from tests.support.wait import until

HARB = "/api/projects/HARB"
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
_numbers = count()


@pytest.fixture(scope="module")
def inside(postgres: Postgres, populated: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An app in this process on a database of its own."""
    with app_on(postgres.database(like=populated), tmp_path_factory.mktemp("inside")) as app:
        yield app


@pytest.fixture(scope="module")
def punt(inside: Flask, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresPunt]:
    """A real server on the same database."""
    with inside.app_context():
        database = db.engine.url.render_as_string(False)
    server = punt_on(database, tmp_path_factory.mktemp("punt"))
    yield server
    server.end()


def project(key: str = "HARB") -> Project:
    return db.session.scalars(sa.select(Project).where(Project.key == key)).one()


def person(username: str) -> User:
    found = User.named(username)
    assert found
    return found


def somebody(app: Flask, role: Role | None = None) -> str:
    """Add a person, to HARB if a role is given, and return their username."""
    username = f"rival-{next(_numbers)}"
    with app.app_context(), writing():
        added = User.enrol(username=username, name=username, email=None, password_hash="none")
        if role:
            Membership.add(project(), added, role)
    return username


def family(app: Flask, *parents: int | None, **fields: Any) -> list[str]:
    """Create tickets, each below an earlier one of the list or below none, and return their ids."""
    ids = list[str]()
    with app.app_context(), writing():
        for parent in parents:
            asked = {"title": "x", "parent_id": None if parent is None else ids[parent]} | fields
            ids.append(Ticket.create(project(), project().columns()[0], None, asked).id)
    return ids


def edit(ticket_id: str, **fields: Any) -> None:
    db.session.get_one(Ticket, ticket_id).edit(fields)
    db.session.flush()


def create_below(parent_id: str) -> str:
    return Ticket.create(project(), project().columns()[0], None, {"title": "child", "parent_id": parent_id}).id


WAYS_TO_GET_A_CHILD = pytest.mark.parametrize(
    "get_a_child",
    [lambda parent, other: edit(other, parent_id=parent), lambda parent, _: create_below(parent)],
    ids=["another ticket", "a new one"],
)


def attribute(app: Flask, ticket_id: str, name: str) -> Any:
    with app.app_context():
        return getattr(db.session.get_one(Ticket, ticket_id), name)


@contextmanager
def asked_meanwhile(
    punt: PostgresPunt, ask: Callable[[], httpx.Response], rival: Rival
) -> Iterator[Future[httpx.Response]]:
    """Let a request wait for a rival's lock, and then let the rival commit."""
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(ask)
        until(lambda: answer.done() or punt.rows(WAITING)[0][0], seconds=20, what="the request to wait")
        rival.commit()
        yield answer


def test_two_changes_of_parents_make_no_circle(inside: Flask) -> None:
    c, b, a = family(inside, None, 0, None)
    first = Rival(inside, lambda: edit(a, parent_id=b)).wait_until_worked()
    second = Rival(inside, lambda: edit(c, parent_id=a)).wait_until_blocked()

    first.commit()

    with pytest.raises(Invalid, match="own ancestor"):
        second.commit()


@WAYS_TO_GET_A_CHILD
def test_a_ticket_that_gets_a_child_meanwhile_becomes_no_subtask(
    inside: Flask, get_a_child: Callable[[str, str], Any]
) -> None:
    parent, other = family(inside, None, None)
    first = Rival(inside, lambda: get_a_child(parent, other)).wait_until_worked()
    second = Rival(inside, lambda: edit(parent, type="Subtask")).wait_until_blocked()

    first.commit()

    with pytest.raises(Invalid, match="children cannot become a subtask"):
        second.commit()


@WAYS_TO_GET_A_CHILD
def test_a_ticket_that_becomes_a_subtask_meanwhile_gets_no_child(
    inside: Flask, get_a_child: Callable[[str, str], Any]
) -> None:
    parent, other = family(inside, None, None)
    first = Rival(inside, lambda: edit(parent, type="Subtask")).wait_until_worked()
    second = Rival(inside, lambda: get_a_child(parent, other)).wait_until_blocked()

    first.commit()

    with pytest.raises(Invalid, match="subtask cannot be a parent"):
        second.commit()


def test_a_ticket_whose_parent_becomes_a_subtask_meanwhile_comes_back_without_it(inside: Flask) -> None:
    def restore() -> None:
        db.session.get_one(BinnedTicket, child).restore(project())

    parent, child = family(inside, None, 0)
    with inside.app_context(), writing():
        BinnedTicket.take(db.session.get_one(Ticket, child), None)
    first = Rival(inside, lambda: edit(parent, type="Subtask")).wait_until_worked()
    second = Rival(inside, restore).wait_until_blocked()

    first.commit()
    second.commit()

    assert attribute(inside, child, "parent_id") is None


def test_a_parent_that_is_deleted_meanwhile_is_none(inside: Flask) -> None:
    parent, other = family(inside, None, None)
    first = Rival(inside, lambda: db.session.get_one(Ticket, parent).delete()).wait_until_worked()
    second = Rival(inside, lambda: edit(other, parent_id=parent)).wait_until_blocked()

    first.commit()

    with pytest.raises(Problem):
        second.commit()


def test_the_walk_over_ancestors_ends_where_they_are_a_circle(inside: Flask, punt: PostgresPunt) -> None:
    alice, (one, two, other) = punt.client("alice"), family(inside, None, 0, None)
    with inside.app_context(), writing() as session:
        session.execute(sa.update(Ticket).where(Ticket.id == one).values(parent_id=two))

    answer = alice.patch(f"{HARB}/tickets/{other}", json={"parentId": one}, timeout=10)

    assert answer.status_code == 200
    with inside.app_context(), writing() as session:
        session.execute(sa.update(Ticket).where(Ticket.id == one).values(parent_id=None))


def step_down(username: str) -> None:
    project().hold_members()
    place = Membership.of(project().id, person(username).id)
    assert place
    place.become(Role.ADMIN)
    db.session.flush()


def remove(username: str, heir: str | None = None) -> None:
    roster.remove(person(username), person(heir) if heir else None)


@pytest.fixture
def alone(inside: Flask) -> Iterator[str]:
    """Somebody who owns HARB beside Alice, who is its only owner afterwards."""
    other = somebody(inside, Role.OWNER)
    yield other
    with inside.app_context(), writing():
        Membership.add(project(), person("alice"), Role.OWNER)
        db.session.flush()
        if found := User.named(other):
            roster.remove(found, None)


def test_an_owner_is_not_deleted_without_an_heir_while_the_other_steps_down(inside: Flask, alone: str) -> None:
    first = Rival(inside, lambda: step_down("alice")).wait_until_worked()
    second = Rival(inside, lambda: remove(alone)).wait_until_blocked()

    first.commit()

    with pytest.raises(Conflict, match="HARB: say who owns"):
        second.commit()


def test_an_owner_does_not_step_down_while_the_other_is_deleted(inside: Flask, alone: str) -> None:
    first = Rival(inside, lambda: remove(alone)).wait_until_worked()
    second = Rival(inside, lambda: step_down("alice")).wait_until_blocked()

    first.commit()

    with pytest.raises(Conflict, match="at least one owner"):
        second.commit()


def test_a_project_that_somebody_founds_while_they_are_deleted_needs_an_heir_too(inside: Flask) -> None:
    founder, key = somebody(inside), f"NEW{next(_numbers)}"
    first = Rival(inside, lambda: Project.create(person(founder), key=key, name="New")).wait_until_worked()
    second = Rival(inside, lambda: remove(founder)).wait_until_blocked()

    first.commit()

    with pytest.raises(Conflict, match=f"{key}: say who owns"):
        second.commit()


@pytest.mark.parametrize("part", ["creator_id", "assignee_id"])
def test_a_ticket_that_comes_to_name_somebody_while_they_are_deleted_is_told_to_name_nobody(
    inside: Flask, part: str
) -> None:
    going, (ticket,) = somebody(inside, Role.MEMBER), family(inside, None)
    first = Rival(inside, lambda: edit(ticket, **{part: person(going).id})).wait_until_worked()
    second = Rival(inside, lambda: remove(going)).wait_until_blocked()

    first.commit()
    second.commit()

    assert (attribute(inside, ticket, part), attribute(inside, ticket, "version")) == (None, 3)


def test_nobody_is_assigned_who_is_removed_meanwhile(inside: Flask, punt: PostgresPunt) -> None:
    def let_go() -> None:
        project().hold_members()
        place = Membership.of(project().id, going_id)
        assert place
        place.end()
        db.session.flush()

    alice, going, (ticket,) = punt.client("alice"), somebody(inside, Role.MEMBER), family(inside, None)
    with inside.app_context():
        going_id = person(going).id
    removal = Rival(inside, let_go).wait_until_worked()
    assign = partial(alice.patch, f"{HARB}/tickets/{ticket}", json={"assigneeId": going_id})

    with asked_meanwhile(punt, assign, removal) as answer:
        refused = answer.result(20)

    assert (refused.status_code, refused.json()["details"][0]["field"]) == (400, "assigneeId")
    assert attribute(inside, ticket, "assignee_id") is None


def test_deleting_an_owner_and_an_edit_by_the_other_never_wait_in_a_circle(inside: Flask) -> None:
    def change() -> None:
        edit(ticket, title="changed")
        alice = person("alice").id
        until_the_commit(db.session(), lambda: Membership.role_of(project().id, alice, hold=True))

    going, (ticket,) = somebody(inside, Role.OWNER), family(inside, None)
    with inside.app_context(), writing():
        edit(ticket, assignee_id=person(going).id)
    first = Rival(inside, change).wait_until_worked()
    second = Rival(inside, lambda: remove(going)).wait_until_blocked()

    first.commit()
    second.commit()

    assert attribute(inside, ticket, "assignee_id") is None


def test_a_ticket_that_moves_and_the_creation_of_its_child_never_wait_in_a_circle(inside: Flask) -> None:
    (parent,) = family(inside, None)
    with inside.app_context(), writing():
        db.session.get_one(Ticket, parent).move_to(project().columns()[1])
    with inside.app_context(), writing():
        [moving] = Ticket.held(Ticket.id == parent)
        creation = Rival(inside, lambda: create_below(parent)).wait_until_worked()
        creation.commit()
        moving.move_to(project().columns()[0])

    assert attribute(inside, parent, "version") == 3


def test_of_the_last_two_columns_one_stays(inside: Flask) -> None:
    key = f"COL{next(_numbers)}"

    def remove(name: str) -> None:
        here = project(key)
        [column] = [each for each in here.columns() if each.name == name]
        remove_column(column, here, None)
        db.session.flush()

    with inside.app_context(), writing():
        Project.create(person("alice"), key=key, name="Two columns")
    with inside.app_context(), writing():
        for name in ("To Do", "Review"):
            remove(name)
    first = Rival(inside, lambda: remove("Done")).wait_until_worked()
    second = Rival(inside, lambda: remove("In Progress")).wait_until_blocked()

    first.commit()

    with pytest.raises(Conflict, match="at least one column"):
        second.commit()


def test_of_two_who_set_punt_up_at_once_one_is_the_first_admin(postgres: Postgres, tmp_path: Path) -> None:
    with app_on(postgres.database(), tmp_path) as app:
        with app.app_context():
            flask_migrate.upgrade()
        first = Rival(app, lambda: User.enrol(username="ann", name="Ann", email=None, password_hash="", is_admin=True))
        first.wait_until_worked()
        with ThreadPoolExecutor() as pool:
            asked = {"username": "ben", "name": "Ben", "password": "a sentence to sign in"}
            second = pool.submit(lambda: app.test_client().post("/api/auth/setup", json=asked))
            until(lambda: second.done() or _waits(app), seconds=20, what="the second to wait")
            first.commit()
            assert second.result(20).status_code == 403
        with app.app_context():
            assert [each.username for each in db.session.scalars(sa.select(User))] == ["ann"]


def _waits(app: Flask) -> bool:
    with app.app_context(), db.engine.connect() as connection:
        return bool(connection.scalar(sa.text(WAITING)))


@pytest.fixture
def bobs_password(inside: Flask) -> Iterator[str]:
    """The hash of Bob's password, which is restored afterwards."""
    with inside.app_context():
        known = person("bob").password_hash
    yield known
    with inside.app_context(), writing():
        person("bob").password_hash = known


def new_password() -> None:
    roster.give_password(person("bob"), "scrypt:changed")
    db.session.flush()


def test_nobody_signs_in_with_a_password_that_is_changed_meanwhile(
    inside: Flask, punt: PostgresPunt, bobs_password: str
) -> None:
    change = Rival(inside, new_password).wait_until_worked()
    asked = {"username": "bob", "password": PASSWORD}
    sign_in = partial(httpx.post, f"{punt.url}/api/auth/login", json=asked, timeout=20)

    with asked_meanwhile(punt, sign_in, change) as answer:
        assert answer.result(20).status_code == 401

    with inside.app_context():
        assert UserSession.of(person("bob")) == []


def test_no_token_is_made_while_a_new_password_ends_them_all(
    inside: Flask, punt: PostgresPunt, bobs_password: str
) -> None:
    bob = punt.client("bob")
    change = Rival(inside, new_password).wait_until_worked()
    asked = {"name": "late", "scope": "write", "expiresInDays": 7}

    with asked_meanwhile(punt, lambda: bob.post("/api/me/tokens", json=asked), change) as answer:
        assert answer.result(20).status_code == 401


def test_a_project_that_goes_and_work_on_its_tickets_never_wait_in_a_circle(inside: Flask) -> None:
    key = f"DEL{next(_numbers)}"

    def work() -> None:
        edit(ticket, title="changed")
        alice, here = person("alice").id, project(key).id
        until_the_commit(db.session(), lambda: Membership.role_of(here, alice, hold=True))

    def delete() -> None:
        Grant(person("alice"), project(key), PERMISSIONS[Role.OWNER]).project_to_delete().remove()
        db.session.flush()

    with inside.app_context(), writing():
        founded = Project.create(person("alice"), key=key, name="Goes")
        ticket = Ticket.create(founded, founded.columns()[0], None, {"title": "x"}).id
    first = Rival(inside, work).wait_until_worked()
    second = Rival(inside, delete).wait_until_blocked()

    first.commit()
    second.commit()

    with inside.app_context():
        assert db.session.scalar(sa.select(Project.id).where(Project.key == key)) is None


def test_a_bucket_that_others_begin_and_forgive_at_every_step_is_counted_in_all_the_same(inside: Flask) -> None:
    bucket = hashlib.sha256(b"gate").hexdigest()

    def others(statement: str) -> Callable[..., None]:
        def act(*_: Any) -> None:
            with db.engine.begin() as connection:
                connection.execute(sa.text(statement), {"bucket": bucket})

        return act

    begin = others("INSERT INTO rate_counter VALUES (:bucket, 0, 0)")
    forgive = others("DELETE FROM rate_counter WHERE bucket = :bucket")
    with inside.app_context(), writing() as session:
        event.listen(session, "before_flush", begin, once=True)
        event.listen(session, "after_soft_rollback", forgive, once=True)

        RateCounter.count("gate", limit=5, seconds=60)

    with inside.app_context():
        assert db.session.get_one(RateCounter, bucket).tries == 1


@pytest.mark.parametrize("kind", ["label", "column", "project"])
def test_what_two_delete_at_once_is_told_once(inside: Flask, kind: str) -> None:
    key = f"TWO{next(_numbers)}"

    def thing() -> Any:
        here = project(key)
        if kind == "label":
            return Label.of(here.id)[0]
        return here.first_column() if kind == "column" else here

    with inside.app_context(), writing():
        Label.create(Project.create(person("alice"), key=key, name="Goes").id, "goes")
        before = db.session.scalar(sa.select(sa.func.max(LoggedEvent.position))) or 0
    found = threading.Barrier(2)

    def delete_known() -> None:
        known = thing()
        found.wait(20)
        remove_column(known, project(key), None) if kind == "column" else known.remove()
        db.session.flush()

    rivals = [Rival(inside, delete_known) for _ in "ab"]
    outcomes = list[type[BaseException] | None]()
    for rival in rivals:
        rival.begin_commit()
    for rival in rivals:
        try:
            rival.commit()
            outcomes.append(None)
        except Problem as problem:
            outcomes.append(type(problem))

    assert outcomes.count(None) == 1
    with inside.app_context():
        told = sa.select(LoggedEvent.type).where(LoggedEvent.position > before, LoggedEvent.type == f"{kind}.deleted")
        assert db.session.scalars(told).all() == [f"{kind}.deleted"]

"""What is exported is what is imported: everything, whatever it is, and nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from punt.database import db, writing
from punt.errors import Problem
from punt.events.cursor import Cursor
from punt.events.log import LoggedEvent, log
from punt.models import (
    BinnedTicket,
    Column,
    Label,
    Membership,
    Picture,
    Priority,
    Project,
    Role,
    SiteSetting,
    Ticket,
    TicketType,
    User,
)
from punt.models.wipe import wipe_everything
from tests.conftest import app_in, app_on, put_away
from tests.support.cast import signed_in
from tests.support.export_file import LIMITS, changed, everything, export, lines_of, of, take
from tests.support.postgres import Postgres

FIRST = Path(__file__).with_name("version-1.punt")
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=30).map(str.strip).filter(bool)
HASH = f"scrypt:32768:8:1${'s' * 16}${'0f' * 64}"
NAMES = st.text("ABCxyz019_-", min_size=3, max_size=12)


@pytest.fixture(scope="module")
def world(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An app whose database is filled again for each example."""
    app = app_in(Path(shutil.copytree(migrated, tmp_path_factory.mktemp("world") / "instance")))
    yield app
    put_away(app)


def head(app: Flask) -> Cursor:
    """Return the cursor after the newest event."""
    with app.app_context():
        return log.head(db.session.connection())


def test_an_import_makes_the_same_again(harbour: Flask, file: Path) -> None:
    before = everything(harbour)
    signed_in(harbour, "alice").patch("/api/projects/HARB", json={"name": "Another harbour"})

    take(harbour, file)

    assert everything(harbour) == before
    assert {len(rows) for rows in before.values()} & {0} == set()


def test_people_sign_in_with_their_old_passwords_and_nobody_is_signed_in(harbour: Flask, file: Path) -> None:
    alice = signed_in(harbour, "alice")

    take(harbour, file)

    assert alice.get("/api/me").status_code == 401
    answer = alice.post("/api/auth/login", json={"username": "alice", "password": "correct horse battery"})
    assert answer.status_code == 200


def test_an_import_begins_an_epoch_and_leaves_one_event(harbour: Flask, file: Path) -> None:
    before = head(harbour)

    take(harbour, file)

    after = head(harbour)
    assert (after.epoch != before.epoch, after.position) == (True, before.position + 1)
    with harbour.app_context():
        assert [row.type for row in db.session.scalars(sa.select(LoggedEvent))] == ["database.wiped"]


def test_what_is_imported_goes_on_working(harbour: Flask, file: Path) -> None:
    take(harbour, file)
    alice = signed_in(harbour, "alice")

    made = alice.post("/api/projects/HARB/tickets", json={"title": "Next"}).json
    restored = alice.post("/api/projects/HARB/bin/4/restore")

    assert (made or {})["key"] == "HARB-5"
    assert (restored.status_code, (restored.json or {})["title"]) == (200, "Gone")


def test_children_may_stand_before_their_parents(harbour: Flask, file: Path) -> None:
    before = everything(harbour)

    take(harbour, changed(file, lambda rows: rows.reverse()))

    assert everything(harbour) == before


def test_a_column_of_before_its_time_gets_its_default(harbour: Flask, file: Path) -> None:
    take(harbour, changed(file, lambda rows: [row.pop("is_active") for row in of(rows, "user")]))

    with harbour.app_context():
        assert set(db.session.scalars(sa.select(User.is_active))) == {True}


def test_the_same_database_makes_the_same_rows(harbour: Flask, file: Path, tmp_path: Path) -> None:
    again = export(harbour, tmp_path / "again.punt")

    assert lines_of(again)[1:-1] == lines_of(file)[1:-1]


def test_a_file_of_the_first_version_is_taken(app: Flask) -> None:
    contents = take(app, FIRST)

    tickets = everything(app)["ticket"]
    assert (contents.header.version, len(tickets), contents.warnings) == (1, 149, [])


def test_between_sqlite_and_postgresql_nothing_is_lost(
    harbour: Flask, file: Path, postgres: Postgres, populated: str, tmp_path: Path
) -> None:
    before = everything(harbour)

    with app_on(postgres.database(like=populated), tmp_path / "postgres") as other:
        take(other, file)
        there = everything(other)
        back = export(other, tmp_path / "back.punt")
    take(harbour, back)

    assert there == before
    assert everything(harbour) == before


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_export_then_wipe_then_import_is_the_same_database(data: st.DataObject, world: Flask, tmp_path: Path) -> None:
    with world.app_context():
        _wipe()
        _fill(data)
        _revise(data)
    before, path = everything(world), export(world, tmp_path / "world.punt")
    with world.app_context():
        _wipe()

    take(world, path, LIMITS)

    assert everything(world) == before
    assert all(before.get(table) for table in ("user", "picture", "site_setting", "audit_entry"))


def _wipe() -> None:
    with writing() as session:
        wipe_everything(session)


def _fill(data: st.DataObject) -> None:
    """Change the site's settings; let people add pictures, create projects and write, move, nest and delete tickets."""
    with writing():
        SiteSetting.decide(name=data.draw(TEXT), registration=True)
        names = data.draw(st.lists(NAMES, min_size=1, max_size=4, unique_by=str.lower))
        people = [_person(data, name) for name in names]
        for person in people[: data.draw(st.integers(1, len(people)))]:
            Picture.set_for(person, data.draw(st.binary(max_size=200)))
        keys = data.draw(st.lists(st.from_regex(r"[A-Z][A-Z0-9]{1,4}", fullmatch=True), max_size=2, unique=True))
        projects = [Project.create(people[0], key=key, name=data.draw(TEXT)) for key in keys]
        for project in projects:
            Membership.add(project, people[-1], data.draw(st.sampled_from(list(Role)))) if len(people) > 1 else None
            Column.append_to(project.columns(), project.id, name=data.draw(TEXT), color=None, wip_limit=3)
            labels = [
                Label.create(project.id, f"{nth} {data.draw(TEXT)}") for nth in range(data.draw(st.integers(0, 2)))
            ]
            for _ in range(data.draw(st.integers(0, 6))):
                _act(data, project, people, labels)


def _revise(data: st.DataObject) -> None:
    """Change what exists by now, so that there are audit entries."""
    with writing():
        SiteSetting.decide(name=data.draw(TEXT), registration=data.draw(st.booleans()))
        people = list(db.session.scalars(sa.select(User).order_by(User.username_key)))
        people[0].present_as(name=data.draw(TEXT))
        for ticket in db.session.scalars(sa.select(Ticket).order_by(Ticket.project_key, Ticket.number).limit(3)).all():
            labels, project = list(Label.of(ticket.project_id)), db.session.get_one(Project, ticket.project_id)
            ticket.edit(_fields(data, people, labels) | {"type": ticket.type})
            ticket.move_to(data.draw(st.sampled_from(list(project.columns()))))


def _person(data: st.DataObject, username: str) -> User:
    email = data.draw(st.none() | st.just(f"{username}@example.org".lower()))
    person = User.enrol(username=username, name=data.draw(TEXT), email=email, password_hash=HASH)
    person.is_active = data.draw(st.booleans())
    return person


def _act(data: st.DataObject, project: Project, people: list[User], labels: list[Label]) -> None:
    tickets = list(db.session.scalars(sa.select(Ticket).where(Ticket.project_id == project.id).order_by(Ticket.number)))
    column = data.draw(st.sampled_from(list(project.columns())))
    what = data.draw(st.sampled_from(["create", "create", "move", "nest", "delete"]))
    if what == "create" or not tickets:
        Ticket.create(project, column, data.draw(st.sampled_from(people)).id, _fields(data, people, labels))
        return
    ticket = data.draw(st.sampled_from(tickets))
    try:
        if what == "move":
            ticket.move_to(column, order=data.draw(st.integers(0, 3)))
        elif what == "nest":
            ticket.edit({"parent_id": data.draw(st.sampled_from(tickets)).id})
        else:
            BinnedTicket.take(ticket, people[0].id)
    except Problem:
        pass
    db.session.flush()


def _fields(data: st.DataObject, people: list[User], labels: list[Label]) -> dict[str, Any]:
    return {
        "title": data.draw(TEXT),
        "description": data.draw(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))),
        "type": data.draw(st.sampled_from(list(TicketType))).value,
        "priority": data.draw(st.sampled_from(list(Priority))).value,
        "assignee_id": data.draw(st.none() | st.sampled_from([person.id for person in people])),
        "labels": data.draw(st.lists(st.sampled_from(labels), unique=True)) if labels else [],
        "story_points": data.draw(st.none() | st.integers(0, 999)),
        "due_date": data.draw(st.none() | st.dates(date(1, 1, 1), date(9999, 12, 31))),
    }

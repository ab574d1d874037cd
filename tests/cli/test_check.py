"""``flask db check``: every rule that the database does not enforce by itself is checked, and repaired."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from punt.checks.families import circles_of
from punt.database import db, new_id, now, writing
from punt.events.log import LoggedEvent
from punt.models import (
    AuditEntry,
    BinnedTicket,
    Column,
    Label,
    Membership,
    Project,
    Ticket,
    User,
    UserSession,
)
from punt.models.ticket import ticket_label
from punt.transfer.refusal import Refusal
from tests.conftest import app_in, app_on, put_away
from tests.support.export_file import export, take

KEPT = "Every rule is kept.\n"


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An app with two projects that contain some of everything; each test leaves it with every rule kept."""
    folder = tmp_path_factory.mktemp("home") / "instance"
    if request.param == "sqlite":
        app = app_in(Path(shutil.copytree(request.getfixturevalue("inhabited"), folder)))
        furnish(app)
        yield app
        put_away(app)
        return
    folder.mkdir()
    with app_on(request.getfixturevalue("postgres").database(like=request.getfixturevalue("populated")), folder) as app:
        furnish(app)
        yield app


def furnish(app: Flask) -> None:
    with app.app_context(), writing():
        alice, harb = named("alice"), project("HARB")
        boat = Project.create(alice, key="BOAT", name="Boats")
        for place in (harb, boat):
            tide = Label.create(place.id, "tide")
            top, middle, low = (create(place, title, labels=[tide]) for title in ("top", "middle", "low"))
            middle.edit({"parent_id": top.id})
            low.edit({"parent_id": middle.id})
            BinnedTicket.take(create(place, "gone"), None)


def create(place: Project, title: str, **fields: Any) -> Ticket:
    return Ticket.create(place, place.columns()[0], None, {"title": title, "type": "Task"} | fields)


def named(username: str) -> User:
    found = User.named(username)
    assert found
    return found


def project(key: str) -> Project:
    return db.session.scalars(sa.select(Project).where(Project.key == key)).one()


def id_of(title: str, key: str = "HARB") -> str:
    return db.session.scalars(sa.select(Ticket.id).where(Ticket.title == title, Ticket.project_key == key)).one()


def break_it(app: Flask, change: Callable[[Session], object]) -> None:
    """Change the database as nobody may, without its foreign keys."""
    with app.app_context():
        lite = db.engine.dialect.name == "sqlite"
        if lite:
            with db.engine.connect() as connection:
                connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        with writing() as session:
            if not lite:
                session.execute(sa.text("SET LOCAL session_replication_role = replica"))
            change(session)
        db.engine.dispose()


def update(model: type[Any], which: Callable[[], sa.ColumnElement[bool]], **values: Any) -> Callable[[Session], object]:
    return lambda session: session.execute(sa.update(model).where(which()).values(**values))


def update_ticket(which: str, **values: Any) -> Callable[[Session], object]:
    return lambda session: session.execute(sa.update(Ticket).where(Ticket.id == id_of(which)).values(**values))


def give_parent(child: str, parent: str, key: str = "HARB") -> Callable[[Session], object]:
    return lambda session: session.execute(
        sa.update(Ticket).where(Ticket.id == id_of(child)).values(parent_id=id_of(parent, key))
    )


def remove(model: type[Any], which: Callable[[], sa.ColumnElement[bool]]) -> Callable[[Session], object]:
    return lambda session: session.execute(sa.delete(model).where(which()))


def in_harb(model: Any) -> Callable[[], sa.ColumnElement[bool]]:
    return lambda: model.project_id == project("HARB").id


def own(column: Any, value: Any) -> Callable[[], sa.ColumnElement[bool]]:
    return lambda: column == value


def second_of_each_name(session: Session) -> None:
    twin = {"id": new_id(), "project_id": project("HARB").id, "name": "TIDE", "name_key": "twin", "color": "#000000"}
    session.execute(sa.insert(Label), [twin])
    session.add(newcomer("BOB", username_key="odd"))


def second_of_an_email(session: Session) -> None:
    session.add(newcomer("rob", username_key="rob", email="BOB@example.org"))


def newcomer(username: str, **fields: Any) -> User:
    """Create somebody who came after everybody else, and so is the one who is renamed."""
    password_hash = named("alice").password_hash
    return User(username=username, name="Robert", avatar_color="#123456", password_hash=password_hash, **fields)


def another_projects_label(session: Session) -> None:
    label = session.scalars(sa.select(Label.id).where(Label.project_id == project("BOAT").id)).one()
    session.execute(sa.insert(ticket_label).values(ticket_id=id_of("top"), label_id=label))


def another_projects_column(session: Session) -> None:
    column = project("BOAT").columns()[1].id
    session.execute(sa.update(Ticket).where(Ticket.id == id_of("top")).values(column_id=column))


def twin_in_the_bin(session: Session) -> None:
    was = session.scalars(sa.select(BinnedTicket).where(BinnedTicket.project_id == project("HARB").id)).one()
    taken = session.get_one(Ticket, id_of("top")).number
    number = {"number": taken, "content": was.content | {"number": taken}}
    session.execute(sa.update(BinnedTicket).where(BinnedTicket.id == was.id).values(**number))


def session_of_one_disabled(session: Session) -> None:
    session.add(UserSession(user=named("bob"), expires_at=now().replace(year=2100)))
    session.flush()
    session.execute(sa.update(User).where(User.username == "bob").values(is_active=False))


BROKEN: dict[str, tuple[Callable[[Session], object], str]] = {
    "a circle of two": (give_parent("top", "middle"), r"HARB-\d+, HARB-\d+: each is its own ancestor"),
    "a circle of three": (give_parent("top", "low"), r"HARB-\d+, HARB-\d+, HARB-\d+: each is its own ancestor"),
    "its own parent": (give_parent("top", "top"), r"HARB-\d+: each is its own ancestor"),
    "a subtask that is a parent": (
        update_ticket("top", type="Subtask"),
        r"HARB-\d+: it is a subtask, and yet the parent",
    ),
    "a parent of another project": (give_parent("top", "top", "BOAT"), r"HARB-\d+: its parent BOAT-\d+ is another"),
    "a parent that is not there": (update_ticket("top", parent_id="gone"), r"there is no ticket gone \(parent_id\)"),
    "a column of another project": (another_projects_column, r"HARB-\d+: it is in no column of its project"),
    "a column that is not there": (update_ticket("top", column_id="gone"), r"HARB-\d+: it is in no column"),
    "no column at all": (remove(Column, in_harb(Column)), r"HARB: it has no column"),
    "a column that counts wrongly": (
        update(Column, own(Column.position, 0), ticket_count=99),
        r"HARB: To Do counts 99 tickets and has \d+\.",
    ),
    "columns with a hole": (update(Column, own(Column.position, 3), position=7), r"HARB: its columns are not counted"),
    "no owner": (remove(Membership, own(Membership.role, "owner")), r"BOAT: nobody owns it"),
    "a role that is none": (update(Membership, own(Membership.role, "viewer"), role="guest"), r"role: This is none of"),
    "a counter that fell back": (
        update(Project, own(Project.key, "HARB"), last_number=2),
        r"HARB: it has tickets up to 4",
    ),
    "a number that is none": (update_ticket("top", number=0), r"it has the number 0"),
    "a key of another project": (update_ticket("top", project_key="OLD"), r"OLD-\d+: its project is HARB"),
    "a deleted ticket's number": (twin_in_the_bin, r"HARB-\d+ is there under its id or number"),
    "a rank that is none": (update_ticket("top", rank="!"), r"Column To Do of HARB: 1 tickets have no proper rank"),
    "a rank without an end": (update_ticket("top", rank="a0" + "V" * 2000), r"1 tickets have no proper rank"),
    "a type that is none": (update_ticket("top", type="Odd"), r"type: This is none of"),
    "a priority that is none": (update_ticket("top", priority="Odd"), r"priority: This is none of"),
    "a name of nothing": (update(User, own(User.username, "alice"), name=" "), r"name: There is nothing to read"),
    "another project's label": (another_projects_label, r"HARB-\d+: its label tide is another project's"),
    "names that are alike": (second_of_each_name, r"@BOB: another person has this username"),
    "an email in capitals": (
        update(User, own(User.username, "bob"), email="Bob@example.org"),
        r"@bob: the email is not",
    ),
    "two emails that are alike": (second_of_an_email, r"@rob: another person has this email"),
    "a key in small letters": (
        update(Project, own(Project.key, "HARB"), key="harb"),
        r"harb .*: the key is not in capitals",
    ),
    "a session of one who is disabled": (session_of_one_disabled, r"@bob is disabled, and yet signed in"),
    "a member who is nobody": (remove(User, own(User.username, "vera")), r"membership .*: there is no user"),
    "a project that is not there": (remove(Project, own(Project.key, "BOAT")), r"membership .*: there is no project"),
}


def run(app: Flask, *options: str) -> Result:
    return app.test_cli_runner().invoke(args=["db", "check", *options])


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_is_found_and_repaired(name: str, home: Flask) -> None:
    change, said = BROKEN[name]
    break_it(home, change)

    found, repaired = run(home), run(home, "--repair")

    assert found.exit_code == 1
    assert len([line for line in found.output.splitlines() if re.search(said, line)]) == 1, found.output
    assert repaired.exit_code == 0, repaired.output
    assert repaired.output.startswith("Fixed: ")
    assert repaired.output.endswith(KEPT)


def test_what_is_repaired_can_be_exported(home: Flask, tmp_path: Path) -> None:
    break_it(home, give_parent("top", "middle"))
    break_it(home, update_ticket("low", type="Odd", number=0, rank="!"))
    break_it(home, update_ticket("top", column_id="gone"))

    repaired = run(home, "--repair")
    take(home, export(home, tmp_path / "everything.punt"))

    assert repaired.exit_code == 0, repaired.output
    assert run(home).output == KEPT


def test_nobody_administers_is_said_and_left(home: Flask) -> None:
    break_it(home, update(User, own(User.is_admin, True), is_admin=False))

    found, repaired = run(home), run(home, "--repair")
    break_it(home, update(User, own(User.username, "sue"), is_admin=True))

    assert (found.exit_code, repaired.exit_code) == (1, 1)
    assert "Nobody who can sign in is a system admin." in found.output
    assert "flask user create NAME --admin" in repaired.output


def test_screens_and_audit_trail_follow_a_repair(home: Flask) -> None:
    break_it(home, give_parent("top", "middle"))
    with home.app_context():
        before = db.session.scalar(sa.select(sa.func.max(LoggedEvent.position)))

    run(home, "--repair")

    with home.app_context():
        told = db.session.scalars(sa.select(LoggedEvent.type).where(LoggedEvent.position > before)).all()
        entries = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc()).limit(2)).all()
    assert told == ["ticket.updated"]
    assert {(entry.kind, entry.verb) for entry in entries} == {("ticket", "updated"), ("database", "repaired")}


def test_a_circle_is_refused_by_an_import_with_what_to_do(home: Flask, tmp_path: Path) -> None:
    break_it(home, give_parent("top", "middle"))

    with pytest.raises(Refusal, match=r"own ancestor\. Say flask db check --repair where this was exported"):
        take(home, export(home, tmp_path / "everything.punt"))
    run(home, "--repair")


def test_an_empty_database_keeps_every_rule(empty_app: Flask) -> None:
    assert run(empty_app).output == KEPT


@pytest.mark.parametrize(
    ("parents", "circles"),
    [
        ({}, []),
        ({"a": "b", "b": "c"}, []),
        ({"a": "a"}, [{"a"}]),
        ({"x": "a", "a": "b", "b": "a", "y": "x"}, [{"a", "b"}]),
        ({"a": "b", "b": "a", "c": "d", "d": "c", "e": "gone"}, [{"a", "b"}, {"c", "d"}]),
    ],
)
def test_circles_are_found_once_each(parents: dict[str, str], circles: list[set[str]]) -> None:
    assert [set(circle) for circle in circles_of(parents)] == circles

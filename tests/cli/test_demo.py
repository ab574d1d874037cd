"""The sample data of ``flask demo``."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from punt.access import PERMISSIONS, May
from punt.cli.demo import command
from punt.database import db, now, writing
from punt.demo.sample import read
from punt.inputs.tickets import NewTicket
from punt.models import Label, Membership, Priority, Project, Role, Ticket, TicketType, User, wire
from tests.conftest import app_in, put_away
from tests.support.board import nothing_changes
from tests.support.cast import signed_in

NO_INPUT = ("id", "key", "number", "projectId", "order", "rank", "creatorId", "labels", "version")


@pytest.fixture(scope="module")
def demo(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An app with the sample loaded, for reading only."""
    app = app_in(Path(shutil.copytree(migrated, tmp_path_factory.mktemp("demo") / "instance")))
    result = app.test_cli_runner().invoke(command)
    assert result.exit_code == 0, result.output
    yield app
    put_away(app)


@pytest.fixture(scope="module")
def loaded(demo: Flask) -> list[Ticket]:
    """All tickets of the sample, in the order of their numbers."""
    with demo.app_context():
        query = sa.select(Ticket).options(sa.orm.selectinload(Ticket.labels))
        return list(db.session.scalars(query.order_by(Ticket.project_key, Ticket.number)))


def test_it_is_three_projects_six_people_and_150_tickets(demo: Flask) -> None:
    with demo.app_context():
        counts = [db.session.scalar(sa.select(sa.func.count()).select_from(each)) for each in (Project, User, Ticket)]

    assert counts == [3, 6, 150]


def test_it_says_whom_to_sign_in_as_and_that_works(empty_app: Flask) -> None:
    output = empty_app.test_cli_runner().invoke(command).output

    for person in read().people:
        assert person.username in output
        sign_in = {"username": person.username, "password": output.rsplit(": ", 1)[1].strip()}
        assert empty_app.test_client().post("/api/auth/login", json=sign_in).status_code == 200


def test_it_warns_that_everybody_can_know_the_password(empty_app: Flask) -> None:
    output = empty_app.test_cli_runner().invoke(command).output

    assert "everybody can know this password" in output


def test_its_first_person_is_system_admin_of_an_empty_instance(demo: Flask) -> None:
    with demo.app_context():
        admins = list(db.session.scalars(sa.select(User.username).where(User.is_admin)))

    assert admins == ["alice"]


def test_it_makes_nobody_admin_where_somebody_is(empty_app: Flask) -> None:
    with empty_app.app_context(), writing():
        User.enrol(username="zoe", name="Zoe", email=None, password_hash="", is_admin=True)

    result = empty_app.test_cli_runner().invoke(command)

    assert result.exit_code == 0, result.output
    with empty_app.app_context():
        assert list(db.session.scalars(sa.select(User.username).where(User.is_admin))) == ["zoe"]


@pytest.mark.parametrize("taken", ["ESTHER", "BAKE"])
def test_a_taken_name_is_refused_and_nothing_changes(empty_app: Flask, taken: str) -> None:
    with empty_app.app_context(), writing():
        somebody = User.enrol(username="Esther" if taken == "ESTHER" else "zoe", name="Z", email=None, password_hash="")
        Project.create(somebody, key="BAKE" if taken == "BAKE" else "OTHER", name="Another")

    with nothing_changes(empty_app):
        result = empty_app.test_cli_runner().invoke(command)

    assert result.exit_code == 1
    assert taken.lower() in result.output.lower()
    assert "Nothing was changed" in result.output


def test_a_taken_email_is_refused_and_nothing_changes(empty_app: Flask) -> None:
    with empty_app.app_context(), writing():
        User.enrol(username="zoe", name="Zoe", email="femi@example.org", password_hash="")

    with nothing_changes(empty_app):
        result = empty_app.test_cli_runner().invoke(command)

    assert result.exit_code == 1
    assert "email" in result.output


def test_every_ticket_could_have_been_typed(loaded: list[Ticket]) -> None:
    for ticket in loaded:
        shown = wire.ticket(ticket, 0)
        typed = {name: value for name, value in shown.items() if name not in NO_INPUT and not name.endswith("dAt")}

        asked = NewTicket.model_validate(typed | {"labelIds": [label.id for label in ticket.labels]}, strict=False)

        assert asked.title == ticket.title
        assert asked.description == ticket.description


def test_every_reference_stays_inside_its_project(demo: Flask, loaded: list[Ticket]) -> None:
    with demo.app_context():
        members = {(each.project_id, each.user_id) for each in db.session.scalars(sa.select(Membership))}
    by_id = {ticket.id: ticket for ticket in loaded}

    for ticket in loaded:
        assert ticket.assignee_id is None or (ticket.project_id, ticket.assignee_id) in members
        assert {label.project_id for label in ticket.labels} <= {ticket.project_id}
        if ticket.parent_id:
            parent = by_id[ticket.parent_id]
            assert parent.project_id == ticket.project_id
            assert parent.type != TicketType.SUBTASK
            assert parent.created_at < ticket.created_at


def test_every_ticket_was_written_by_somebody_who_may(demo: Flask, loaded: list[Ticket]) -> None:
    with demo.app_context():
        members = list(db.session.scalars(sa.select(Membership)))
    writers = {(each.project_id, each.user_id) for each in members if May.WORK in PERMISSIONS[Role(each.role)]}

    assert {(ticket.project_id, ticket.creator_id) for ticket in loaded} == writers


def test_numbers_begin_at_one_and_ranks_differ(loaded: list[Ticket]) -> None:
    assert len({(ticket.column_id, ticket.rank) for ticket in loaded}) == 150
    for one, other in pairwise(loaded):
        assert other.number == (one.number + 1 if one.project_id == other.project_id else 1)


def test_it_shows_what_a_board_can_show(demo: Flask, loaded: list[Ticket]) -> None:
    today = now().date()
    due = {ticket.due_date - today for ticket in loaded if ticket.due_date}

    assert {ticket.type for ticket in loaded} == set(TicketType)
    assert {ticket.priority for ticket in loaded} == set(Priority)
    assert {timedelta(-1), timedelta(0), timedelta(1)} <= due
    assert max(len(ticket.labels) for ticket in loaded) > 3
    assert all(ticket.start_date <= ticket.due_date for ticket in loaded if ticket.start_date and ticket.due_date)
    with demo.app_context():
        assert {Role(role) for role in db.session.scalars(sa.select(Membership.role))} == set(Role)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Label)) == 21


def test_no_two_tickets_share_a_title_so_that_a_parent_is_one() -> None:
    titles = Counter(ticket.title for project in read().projects for ticket in project.tickets)

    assert titles.most_common(1)[0][1] == 1


def test_its_people_see_it(demo: Flask) -> None:
    client: FlaskClient = signed_in(demo, "dimitri")

    assert [project["key"] for project in client.get("/api/projects").json or ()] == ["BAKE", "HARB", "RADIO"]
    assert len(client.get("/api/projects/HARB/tickets").json or ()) == 56

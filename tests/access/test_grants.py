"""The table of permissions, and the loaders that apply it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_login import login_user

from punt import access
from punt.access import PERMISSIONS, Grant, May
from punt.database import db, writing
from punt.errors import Forbidden, Missing, SignInNeeded
from punt.models import Membership, Project, Role, Ticket, User, UserSession

TABLE = {
    May.SEE: "owner admin member viewer",
    May.WORK: "owner admin member",
    May.LABEL: "owner admin member",
    May.DELETE_OWN: "owner admin member",
    May.DELETE_ANY: "owner admin",
    May.MANAGE: "owner admin",
    May.MEMBERS: "owner admin",
    May.OWNERS: "owner",
    May.OWN: "owner",
}
"""Who may do what, according to the project's documentation."""


@pytest.fixture(autouse=True)
def request_context(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield
        db.session.remove()


def enter(username: str) -> User:
    """Sign somebody in for this request."""
    with writing():
        person = User.named(username)
        assert person
        session = UserSession.begin(person, 60)
    login_user(session)
    return person


def test_the_table_is_as_promised() -> None:
    assert set(TABLE) == set(May)
    assert {what: " ".join(role for role in Role if what in PERMISSIONS[role]) for what in May} == TABLE


@pytest.mark.parametrize("username", ["alice", "adam", "bob", "vera", "sue"])
@pytest.mark.parametrize("what", May)
def test_a_person_is_granted_what_their_role_may(username: str, what: May) -> None:
    role = {"alice": "owner", "adam": "admin", "bob": "member", "vera": "viewer", "sue": "owner"}[username]
    enter(username)

    if role in TABLE[what].split():
        assert access.project("HARB", what).may(what)
    else:
        with pytest.raises(Forbidden, match=f"You may not {what.value} here."):
            access.project("HARB", what)


@pytest.mark.parametrize("what", May)
def test_an_outsider_cannot_tell_a_project_from_none(what: May) -> None:
    enter("charlie")

    with pytest.raises(Missing) as foreign:
        access.project("HARB", what)
    with pytest.raises(Missing) as missing:
        access.project("NOSUCH", what)

    assert foreign.value.message == missing.value.message


@pytest.mark.parametrize("load", [access.own_session, access.user, access.projects, lambda: access.project("HARB")])
def test_nobody_is_asked_to_sign_in(load: object) -> None:
    with pytest.raises(SignInNeeded):
        load()  # type: ignore[operator]


@pytest.mark.parametrize(
    ("role", "own", "foreign"),
    [
        (Role.OWNER, True, True),
        (Role.ADMIN, True, True),
        (Role.MEMBER, True, False),
        (Role.VIEWER, False, False),
    ],
)
def test_a_ticket_may_be_deleted_by_its_creator_or_by_who_may_delete_any(role: Role, own: bool, foreign: bool) -> None:
    grant = Grant(User(id="me"), Project(), PERMISSIONS[role])

    assert [grant.may_delete(Ticket(creator_id=creator)) for creator in ("me", "you", None)] == [own, foreign, foreign]


def test_what_belongs_to_another_project_is_not_found() -> None:
    person = enter("alice")
    grant = access.project("HARB")
    db.session.rollback()
    with writing():
        other = Project.create(db.session.merge(person), key="BOAT", name="Boats")
        column = other.columns()[0]
        ticket = Ticket.create(other, column, person.id, {"title": "x"})
    ids = (column.id, ticket.id)
    grant = access.project("HARB")

    for load in (grant.column, grant.ticket, grant.label):
        for foreign in ids:
            with pytest.raises(Missing):
                load(foreign)
    with pytest.raises(Missing):
        grant.tickets_to_change([ticket.id])


def test_only_people_of_the_project_can_be_named_in_it() -> None:
    enter("alice")
    grant = access.project("HARB")
    bob, charlie = User.named("bob"), User.named("charlie")
    assert bob
    assert charlie

    assert grant.member(bob.id) is bob
    with pytest.raises(Missing):
        grant.member(charlie.id)


def test_a_role_taken_away_is_gone_at_once() -> None:
    person = enter("bob")
    assert access.project("HARB", May.WORK)
    db.session.rollback()

    with writing():
        membership = Membership.of(access.project("HARB").project.id, person.id)
        db.session.delete(membership)

    with pytest.raises(Missing):
        access.project("HARB")

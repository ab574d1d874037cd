"""Whether listeners may still listen: for many at once as for each alone, by no more statements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from punt.access.listeners import Listener, prove_all
from punt.database import db, now, writing
from punt.events.log import log
from punt.models import ApiToken, Membership, Project, Role, Ticket, User, UserSession, topics
from punt.models.api_token import Scope

CAST = ("alice", "bob", "vera", "sue")


@pytest.fixture
def listeners(app: Flask) -> Iterator[dict[str, Listener]]:
    """The cast, each with a session and a token, listening to the project that they may see."""
    with app.app_context():
        with writing() as session:
            found = {}
            for name in CAST:
                person = session.scalars(sa.select(User).where(User.username == name)).one()
                token, _ = ApiToken.issue(person, name="program", scope=Scope.READ, days=None)
                begun = UserSession.begin(person, 60)
                session.flush()
                found[name] = _listener(session.scalars(HARBOUR).one(), person, UserSession, begun.id)
                found[f"{name}'s program"] = _listener(session.scalars(HARBOUR).one(), person, ApiToken, token.id)
        yield found
        db.session.remove()


HARBOUR = sa.select(Project).where(Project.key == "HARB")


def _listener(project: Project, person: User, kind: type[UserSession | ApiToken], own_id: str) -> Listener:
    inside, listening = frozenset({project.id}), frozenset({topics.project(project.id), topics.access(person.id)})
    return Listener(kind, own_id, person.id, person.is_admin, listening, inside, everywhere=False)


def _proved(listeners: dict[str, Listener]) -> set[str]:
    """Return who may still listen, after having proved for all at once, and for each alone with the same result."""
    with db.engine.connect() as connection:
        together = prove_all(connection, list(listeners.values()))
        alone = [prove_all(connection, [listener])[0] for listener in listeners.values()]
    who = {name for name, proof in zip(listeners, together, strict=True) if proof}
    assert who == {name for name, proof in zip(listeners, alone, strict=True) if proof}
    return who


def _statements(listeners: list[Listener]) -> list[str]:
    statements = list[str]()

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement != "BEGIN":
            statements.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        with db.engine.connect() as connection:
            prove_all(connection, listeners)
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    return statements


def test_all_may_listen_as_long_as_nothing_changes(listeners: dict[str, Listener]) -> None:
    assert _proved(listeners) == set(listeners)


def test_a_session_or_token_that_ends_takes_only_its_own_streams_away(listeners: dict[str, Listener]) -> None:
    with writing() as session:
        session.delete(session.get_one(UserSession, listeners["alice"].credential_id))
        session.delete(session.get_one(ApiToken, listeners["bob's program"].credential_id))

    assert _proved(listeners) == set(listeners) - {"alice", "bob's program"}


def test_a_session_that_is_over_proves_nothing(listeners: dict[str, Listener]) -> None:
    with writing() as session:
        session.get_one(UserSession, listeners["vera"].credential_id).expires_at = now() - timedelta(seconds=1)

    assert _proved(listeners) == set(listeners) - {"vera"}


def test_who_leaves_a_project_loses_it_everywhere_and_others_keep_it(listeners: dict[str, Listener]) -> None:
    with writing() as session:
        membership = Membership.of(next(iter(listeners["bob"].project_ids)), listeners["bob"].user_id)
        session.delete(membership)

    assert _proved(listeners) == set(listeners) - {"bob", "bob's program"}


def test_who_is_deactivated_or_is_no_admin_any_more_may_not_listen(listeners: dict[str, Listener]) -> None:
    with writing() as session:
        session.get_one(User, listeners["vera"].user_id).is_active = False
        session.get_one(User, listeners["sue"].user_id).is_admin = False

    assert _proved(listeners) == set(listeners) - {"vera", "vera's program", "sue", "sue's program"}


def test_a_stream_of_all_projects_ends_when_there_is_another(listeners: dict[str, Listener]) -> None:
    everywhere = {name: replace(listener, everywhere=True) for name, listener in listeners.items()}
    with db.engine.connect() as connection:
        every = frozenset(connection.scalars(sa.select(Project.id)))
    everywhere["sue"] = replace(everywhere["sue"], project_ids=every)
    before = _proved(everywhere)

    with writing() as session:
        bob = session.get_one(User, listeners["bob"].user_id)
        Project.create(bob, key="NEW", name="New")

    assert {"bob", "sue"} <= before
    assert _proved(everywhere) == before - {"bob", "bob's program", "sue", "sue's program"}


def test_who_was_away_reaches_back_only_to_their_return(listeners: dict[str, Listener]) -> None:
    (project_id,) = listeners["bob"].project_ids
    with writing() as session:
        session.delete(Membership.of(project_id, listeners["bob"].user_id))
    with db.engine.connect() as connection:
        away = log.head(connection).position
    with writing() as session:
        project = session.get_one(Project, project_id)
        Ticket.create(project, project.columns()[0], listeners["alice"].user_id, {"title": "Not for Bob"})
    with writing() as session:
        bob = session.get_one(User, listeners["bob"].user_id)
        Membership.add(session.get_one(Project, project_id), bob, Role.MEMBER)

    with db.engine.connect() as connection:
        proofs = dict(zip(listeners, prove_all(connection, list(listeners.values())), strict=True))
        head = log.head(connection).position
        reach_back = {name: proof and proof.reaches(connection, away) for name, proof in proofs.items()}
        reach = {name: proof and proof.reaches(connection, head) for name, proof in proofs.items()}

    assert {name for name, answer in reach_back.items() if not answer} == {"bob", "bob's program"}
    assert all(reach.values())


def test_many_take_no_more_statements_than_one_of_each_kind(listeners: dict[str, Listener]) -> None:
    one, all_kinds = _statements([listeners["alice"]]), _statements(list(listeners.values()))

    assert len(one) == 3  # the credential with its person, memberships, and marks
    assert len(all_kinds) == 5  # two kinds of credentials, and for admins all projects
    assert len(_statements(list(listeners.values()) * 20)) == 5

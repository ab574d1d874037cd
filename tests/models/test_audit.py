"""What the audit trail keeps of a transaction."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from punt.database import WRITES, begin_write, db, now, writing
from punt.events import capture
from punt.models import AuditEntry, BinnedTicket, Label, Membership, Project, Role, User
from punt.models.audit.trail import TRAILS
from punt.models.merging import remove_column
from punt.models.wipe import wipe_everything, wipe_projects
from tests.models.conftest import Harbour, statements


def kept(*names: str) -> list[Any]:
    """Return some attributes of all entries but those of sessions, oldest first, and forget the entries."""
    rows = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.kind != "session").order_by(AuditEntry.id)).all()
    found = [tuple(getattr(row, name) for name in names) if len(names) > 1 else getattr(row, names[0]) for row in rows]
    db.session.rollback()
    with writing():
        db.session.execute(sa.delete(AuditEntry))
    return found


@pytest.fixture
def quiet(harbour: Harbour) -> Harbour:
    """The project, with an empty audit trail."""
    kept("id")
    return harbour


def test_a_change_is_kept_with_who_did_it_from_where(quiet: Harbour) -> None:
    ticket_id = quiet.add("Paint")
    kept("id")

    with writing() as session:
        capture.originate(session, actor_id="someone", tab_id="tab", token_id="token")
        quiet.get(ticket_id).edit({"priority": "High", "due_date": date(2026, 5, 1)})

    assert kept("kind", "verb", "subject", "subject_id", "actor_id", "tab_id", "token_id", "changes") == [
        (
            "ticket",
            "updated",
            "HARB-1 Paint",
            ticket_id,
            "someone",
            "tab",
            "token",
            {"priority": ["Medium", "High"], "dueDate": [None, "2026-05-01"]},
        )
    ]


def test_a_move_names_the_columns_and_one_within_a_column_nothing(quiet: Harbour) -> None:
    first, second = quiet.add("a"), quiet.add("b")
    kept("id")

    with writing():
        quiet.get(first).move_to(quiet.project.columns()[2])
    with writing():
        quiet.get(second).move_to(quiet.project.columns()[2], order=0)
    with writing():
        quiet.get(first).move_to(quiet.project.columns()[2], order=0)

    there = {"column": ["To Do", "Review"]}
    assert kept("verb", "changes") == [("moved", there), ("moved", there), ("moved", None)]


def test_tickets_of_a_deleted_column_still_tell_where_they_came_from(quiet: Harbour) -> None:
    quiet.add("a")
    kept("id")

    with writing():
        first, heir = quiet.project.columns()[:2]
        remove_column(first, quiet.project, heir)

    told = kept("kind", "verb", "subject", "changes")
    assert ("ticket", "moved", "HARB-1 a", {"column": ["To Do", "In Progress"]}) in told
    assert ("column", "deleted", "To Do", None) in told


def test_labels_and_parents_are_kept_by_name_and_long_texts_by_length(quiet: Harbour) -> None:
    parent, child = quiet.add("parent"), quiet.add("child")
    with writing():
        label_id = Label.create(quiet.project.id, "quay").id
    kept("id")

    with writing():
        label = db.session.get_one(Label, label_id)
        quiet.get(child).edit({"labels": [label], "parent_id": parent, "description": "Red ones first"})
    with writing():
        quiet.get(child).edit({"labels": [], "parent_id": None, "description": "Secret plans"})

    assert kept("changes") == [
        {"labels": [[], ["quay"]], "parent": [None, "HARB-1"], "description": [0, 14]},
        {"labels": [["quay"], []], "parent": ["HARB-1", None], "description": [14, 12]},
    ]


def test_several_flushes_are_one_entry_and_there_and_back_is_none(quiet: Harbour) -> None:
    ticket_id = quiet.add("a")
    kept("id")

    with writing():
        quiet.get(ticket_id).edit({"title": "b", "estimate": "2h"})
        db.session.flush()
        quiet.get(ticket_id).edit({"title": "c", "estimate": None})
    with writing():
        quiet.get(ticket_id).edit({"title": "d"})
        db.session.flush()
        quiet.get(ticket_id).edit({"title": "c"})

    assert kept("subject", "changes") == [("HARB-1 c", {"title": ["a", "c"]})]


def test_what_came_and_went_in_one_transaction_is_not_kept(quiet: Harbour) -> None:
    with writing():
        label = Label.create(quiet.project.id, "quay")
        db.session.delete(label)

    assert kept("id") == []


def test_what_is_rolled_back_leaves_nothing(quiet: Harbour) -> None:
    with writing() as session:
        Label.create(quiet.project.id, "quay")
        session.rollback()
    with writing() as session:
        savepoint = session.begin_nested()
        Label.create(quiet.project.id, "buoy")
        savepoint.rollback()
        Label.create(quiet.project.id, "mast")

    assert kept("subject") == ["mast"]


def test_a_failing_commit_leaves_nothing(quiet: Harbour, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("punt.events.capture.log.append", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError), writing():
        Label.create(quiet.project.id, "quay")

    assert kept("subject") == []


def test_a_ticket_keeps_its_history_through_the_bin(quiet: Harbour) -> None:
    ticket_id = quiet.add("a")

    with writing():
        BinnedTicket.take(quiet.get(ticket_id), None)
    with writing():
        db.session.get_one(BinnedTicket, ticket_id).restore(quiet.project)

    told = db.session.scalars(AuditEntry.about(subject_id=ticket_id)).all()
    assert [entry.verb for entry in told] == ["restored", "deleted", "created"]


def test_a_new_project_is_one_entry(quiet: Harbour) -> None:
    with writing():
        Project.create(quiet.person("bob"), key="BOAT", name="Boat")

    assert kept("kind", "verb", "subject") == [("project", "created", "BOAT Boat")]


def test_a_role_is_kept_from_the_beginning(quiet: Harbour) -> None:
    with writing():
        Membership.add(quiet.project, quiet.person("charlie"), Role.VIEWER)
    with writing():
        Membership.add(quiet.project, quiet.person("charlie"), Role.ADMIN)
    with writing():
        db.session.delete(Membership.of(quiet.project.id, quiet.person("charlie").id))

    assert kept("verb", "subject", "changes") == [
        ("created", "@charlie", {"role": [None, "viewer"]}),
        ("updated", "@charlie", {"role": ["viewer", "admin"]}),
        ("deleted", "@charlie", None),
    ]


def test_secrets_are_never_kept(quiet: Harbour) -> None:
    with writing():
        quiet.person("bob").password_hash = "scrypt:of-something"

    (changes,) = kept("changes")
    assert changes == {"password": None}


def test_no_trail_tells_a_hash_or_the_id_of_a_session() -> None:
    told = {name for trail in TRAILS.values() for name in trail.fields | trail.first | trail.long}

    assert not [name for name in told if "hash" in name or "password" in name or "session" in name]


def test_many_changes_are_written_by_one_statement(quiet: Harbour) -> None:
    ids = [quiet.add(str(number)) for number in range(30)]
    columns = quiet.project.columns()
    db.session.rollback()

    with statements(db.engine) as seen, writing():
        for ticket_id in ids:
            quiet.get(ticket_id).move_to(columns[1])

    assert len([each for each in seen if "INSERT INTO audit_entry" in each]) == 1
    assert len([each for each in seen if each.startswith('SELECT "column".id, "column".name FROM "column"')]) == 1


def test_the_keeper_forgets_what_is_too_old_in_batches(quiet: Harbour, app: Flask) -> None:
    with writing() as session:
        for days in (400, 366, 364, 1):
            AuditEntry.note("setting", "updated", str(days), at=now() - timedelta(days=days))
        assert session
    forget = AuditEntry.forgetting(365)

    with db.engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        counts = [forget(connection, 1) for _ in range(3)]

    assert counts == [1, 1, 0]
    assert kept("subject") == ["364", "1"]


def test_a_wipe_empties_it_and_says_so(quiet: Harbour) -> None:
    quiet.add("a")
    with writing():
        quiet.person("bob").name = "Robert"

    with writing() as session:
        wipe_projects(session)
    after_projects = kept("kind", "verb")
    with writing():
        quiet.person("bob").name = "Bob"
    with writing() as session:
        wipe_everything(session)

    assert after_projects == [("user", "updated"), ("database", "wiped")]
    assert kept("kind", "verb", "subject", "actor_id") == [("database", "wiped", "everything", None)]


def test_who_wiped_everything_is_kept_by_name(quiet: Harbour, caplog: pytest.LogCaptureFixture) -> None:
    with writing() as session:
        bob = quiet.person("bob").id
        capture.originate(session, actor_id=bob, tab_id="tab")
        wipe_everything(session)

    assert kept("verb", "subject", "actor_id", "tab_id") == [("wiped", "everything, by @bob", bob, "tab")]
    assert [record.getMessage() for record in caplog.records] == ["everything is wiped, by @bob"]


def test_a_wipe_that_is_taken_back_leaves_no_trace(quiet: Harbour) -> None:
    begin_write()
    wipe_everything(db.session())
    db.session.rollback()

    assert kept("id") == []


def test_every_published_model_has_a_trail() -> None:
    published = {mapper.class_ for mapper in User.registry.mappers if hasattr(mapper.class_, "__publication__")}

    assert published == TRAILS.keys()

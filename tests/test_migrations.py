"""Migrations: models and tables agree, and people's data survives."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from punt.database import db
from punt.revisions import MIGRATIONS, known
from tests.conftest import app_in, put_away

FIRST = "0001"
MOMENT = "2024-01-15 10:30:00.000000"
ROWS: dict[str, dict[str, Any]] = {
    "user": {
        "id": "u1",
        "username": "Ada",
        "username_key": "ada",
        "name": "Ada",
        "email": "ada@example.org",
        "avatar_color": "#475467",
        "password_hash": "hash",
        "is_admin": 1,
        "is_active": 1,
        "created_at": MOMENT,
        "updated_at": MOMENT,
    },
    "user_session": {"id": "s1", "user_id": "u1", "created_at": MOMENT, "expires_at": MOMENT},
    "project": {
        "id": "p1",
        "key": "HARB",
        "name": "Harbour",
        "description": "Ships",
        "color": "#0b7a70",
        "last_number": 7,
        "created_at": MOMENT,
        "updated_at": MOMENT,
    },
    "membership": {"id": "m1", "project_id": "p1", "user_id": "u1", "role": "owner", "created_at": MOMENT},
    "column": {"id": "c1", "project_id": "p1", "name": "To Do", "color": None, "wip_limit": 3, "position": 0},
    "label": {"id": "l1", "project_id": "p1", "name": "Quay", "name_key": "quay", "color": "#0b7285"},
    "ticket": {
        "id": "t1",
        "project_id": "p1",
        "column_id": "c1",
        "parent_id": None,
        "assignee_id": "u1",
        "creator_id": "u1",
        "number": 7,
        "project_key": "HARB",
        "title": "Paint the buoys",
        "description": "Red ones *first*",
        "type": "Task",
        "priority": "Medium",
        "rank": "a0",
        "story_points": 3,
        "estimate": "2h",
        "start_date": "2024-01-15",
        "due_date": "2024-01-16",
        "version": 4,
        "created_at": MOMENT,
        "updated_at": MOMENT,
    },
    "ticket_label": {"ticket_id": "t1", "label_id": "l1"},
    "idempotency_key": {
        "user_id": "u1",
        "key": "k1",
        "request_hash": "0" * 64,
        "ticket_id": "t1",
        "created_at": MOMENT,
    },
    "event_log": {
        "position": 1,
        "epoch": "cafe",
        "type": "ticket.created",
        "topic": "project:p1",
        "project_id": "p1",
        "audience": None,
        "message": "{}",
        "rechecks": 0,
        "created_at": MOMENT,
    },
    "rate_counter": {"bucket": "b1", "window_ends": 1, "tries": 1},
}
"""One row of each table, as the first revision has them."""


@pytest.fixture
def blank(tmp_path: Path) -> Iterator[Flask]:
    """An app whose database has no tables yet."""
    app = app_in(tmp_path / "instance")
    with app.app_context():
        yield app
    put_away(app)


def database(app: Flask) -> sqlite3.Connection:
    """Open the app's database, as another program would."""
    connection = sqlite3.connect(Path(app.instance_path) / "punt.sqlite3")
    connection.row_factory = sqlite3.Row
    return connection


def dump(app: Flask) -> list[str]:
    with database(app) as connection:
        return list(connection.iterdump())


def test_models_and_migrations_agree(blank: Flask) -> None:
    flask_migrate.upgrade()

    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        differences = compare_metadata(context, db.metadata)

    assert differences == []


def test_there_is_one_line_of_revisions_from_the_first_to_one_head() -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    assert known() == {each.revision for each in script.walk_revisions()}

    revisions = list(script.walk_revisions())

    assert len(script.get_heads()) == 1
    assert script.get_bases() == [FIRST]
    assert not [each.revision for each in revisions if each.is_merge_point or each.is_branch_point]


def test_migrating_up_from_the_first_revision_keeps_data(blank: Flask) -> None:
    flask_migrate.upgrade(revision=FIRST)
    with database(blank) as connection:
        connection.execute("PRAGMA foreign_keys=ON")
        for table, row in ROWS.items():
            names, marks = ", ".join(row), ", ".join("?" * len(row))
            connection.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', tuple(row.values()))

    flask_migrate.upgrade()

    with database(blank) as connection:
        assert not connection.execute("PRAGMA foreign_key_check").fetchall()
        for table, row in ROWS.items():
            kept = [dict(each) for each in connection.execute(f'SELECT * FROM "{table}"')]
            assert len(kept) == 1, table
            assert {name: kept[0][name] for name in row if name in kept[0]} == row


def test_an_older_log_learns_its_size(blank: Flask) -> None:
    flask_migrate.upgrade(revision="0008")
    with database(blank) as connection:
        event = ROWS["event_log"]
        for position, message in ((1, "{}"), (2, '{"ä": 1}')):
            row = event | {"position": position, "message": message}
            names, marks = ", ".join(row), ", ".join("?" * len(row))
            connection.execute(f"INSERT INTO event_log ({names}) VALUES ({marks})", tuple(row.values()))

    flask_migrate.upgrade()

    with database(blank) as connection:
        assert [row[0] for row in connection.execute("SELECT written FROM event_log ORDER BY position")] == [202, 411]
        assert [row[0] for row in connection.execute("SELECT written FROM event_head")] == [411]


def test_labels_get_the_keys_by_which_they_are_found_and_twins_stay(blank: Flask) -> None:
    flask_migrate.upgrade(revision="0014")
    labels = {"1": "Re\u0301sume\u0301", "2": "Caf\u200bé", "3": "CAFÉ", "4": "Quay"}
    with database(blank) as connection:
        for table, row in [("project", ROWS["project"])] + [
            ("label", ROWS["label"] | {"id": own_id, "name": name, "name_key": name.casefold()})
            for own_id, name in labels.items()
        ]:
            names, marks = ", ".join(row), ", ".join("?" * len(row))
            connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))

    flask_migrate.upgrade()

    with database(blank) as connection:
        kept = {row["id"]: (row["name"], row["name_key"]) for row in connection.execute("SELECT * FROM label")}
    assert {own_id: name for own_id, (name, _) in kept.items()} == labels
    assert {own_id: key for own_id, (_, key) in kept.items()} == {
        "1": "résumé",
        "2": "caf\u200bé",
        "3": "café",
        "4": "quay",
    }


def test_one_row_is_kept_of_every_table_that_the_first_revision_makes(blank: Flask) -> None:
    flask_migrate.upgrade(revision=FIRST)

    with database(blank) as connection:
        tables = {row["name"] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}

    assert tables - {"alembic_version", "event_head"} == ROWS.keys()


def test_migrating_twice_changes_nothing(blank: Flask) -> None:
    flask_migrate.upgrade()
    before = dump(blank)

    flask_migrate.upgrade()

    assert dump(blank) == before


def test_migrating_leaves_a_database_that_can_be_written(blank: Flask) -> None:
    flask_migrate.upgrade()

    answer = blank.test_client().post(
        "/api/auth/setup", json={"username": "ada", "name": "Ada", "password": "correct horse battery"}
    )

    assert answer.status_code == 201


def test_migrating_down_and_up_again_works(blank: Flask) -> None:
    flask_migrate.upgrade()
    before = dump(blank)

    flask_migrate.downgrade(revision="base")
    flask_migrate.upgrade()

    assert len(dump(blank)) == len(before)


def test_the_log_has_one_counter_row_from_the_start(blank: Flask) -> None:
    flask_migrate.upgrade()

    with database(blank) as connection:
        rows = [dict(row) for row in connection.execute("SELECT id, position FROM event_head")]

    assert rows == [{"id": 1, "position": 0}]

"""The tables on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import flask_migrate
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from punt.database import db
from tests.conftest import app_on
from tests.support.postgres import Postgres


def test_models_and_migrations_agree(postgres: Postgres, tmp_path: Path) -> None:
    with app_on(postgres.database(), tmp_path) as app, app.app_context():
        flask_migrate.upgrade()

        with db.engine.connect() as connection:
            options = {"compare_type": True, "compare_server_default": True}
            differences = compare_metadata(MigrationContext.configure(connection, opts=options), db.metadata)
            heads = connection.execute(sa.text("SELECT id, position FROM event_head")).all()

    assert differences == []
    assert heads == [(1, 0)]


def test_migrating_down_and_up_again_works(postgres: Postgres, tmp_path: Path) -> None:
    with app_on(postgres.database(), tmp_path) as app, app.app_context():
        flask_migrate.upgrade()
        flask_migrate.downgrade(revision="base")

        flask_migrate.upgrade()

        assert {"ticket", "event_log", "event_head"} <= set(sa.inspect(db.engine).get_table_names())

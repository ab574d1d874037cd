"""How migrations run: in one transaction, on the app's own engine."""

from __future__ import annotations

from alembic import context
from flask import current_app

from punt.database import WRITES, db

connection_options = {WRITES: True}  # a second process that migrates at the same time waits for the first

if context.is_offline_mode():
    raise SystemExit("PUNT migrates a live database only.")

with db.engine.connect().execution_options(**connection_options) as connection:
    if connection.dialect.name == "sqlite":
        # Altering a SQLite table rebuilds it; dropping the old one must not cascade into its children.
        connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
    context.configure(
        connection=connection, target_metadata=db.metadata, **current_app.extensions["migrate"].configure_args
    )
    try:
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7068)")
            context.run_migrations()
    finally:
        connection.invalidate()  # it must not serve requests without its foreign keys

"""Which migrations a database has: one that a newer PUNT has migrated is refused."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from punt.settings import ROOT, Settings

MIGRATIONS = ROOT / "punt" / "migrations"
TIMEOUT = 5
"""Seconds that a server may take to respond."""


class OtherVersion(Exception):
    """The database belongs to another version of PUNT; the text says what to do."""


def known() -> set[str]:
    """Return the migrations that this version knows; their files are named after them."""
    return {file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*.py")}


def refuse_newer(settings: Settings) -> None:
    """Continue unless a newer PUNT has migrated the database; one that does not respond is not judged.

    :raises OtherVersion: when it has.
    """
    _judge(_stored(settings) or set())


def refuse_other(settings: Settings) -> None:
    """Continue only with a database of this version; one that does not respond is not judged.

    :raises OtherVersion: when it is newer, older or missing.
    """
    stored = _stored(settings)
    if stored is None:
        return
    _judge(stored)
    if stored != {max(known())}:
        raise OtherVersion("The database is not up to date: run flask db upgrade first, then start PUNT. See deploy/.")


def _judge(stored: set[str]) -> None:
    if unknown := stored - known():
        raise OtherVersion(
            f"The database was migrated by a newer PUNT, to {max(unknown)}, and this one knows migrations up to "
            f"{max(known())} only: install the newer PUNT again, or put back a backup made before the upgrade. "
            "Nothing was changed."
        )


def _stored(settings: Settings) -> set[str] | None:
    """Return the migration that the database records, or None when it does not respond."""
    url = sa.make_url(settings.database)
    on_a_server = url.get_backend_name() == "postgresql"
    if not on_a_server:
        file = Path(settings.instance_path, str(url.database))
        if not file.exists():  # connecting would create it
            return set()
        url = url.set(database=str(file))
    engine = sa.create_engine(url, connect_args={"connect_timeout": TIMEOUT} if on_a_server else {})
    try:
        with engine.connect() as connection:
            if not sa.inspect(connection).has_table("alembic_version"):
                return set()
            return set(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars())
    except SQLAlchemyError:
        return None
    finally:
        engine.dispose()

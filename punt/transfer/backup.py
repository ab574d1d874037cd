"""A copy of the live SQLite file, made while people work."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from punt.errors import Conflict

_TABLES = {"alembic_version", "event_head", "user"}
"""Tables that every database of PUNT has, whatever its version."""


def back_up(database: Path, target: Path) -> int:
    """Copy the database into one file, completely or not at all, and return its size in bytes.

    The copy is a snapshot: SQLite takes it in one step, which blocks no writer in WAL mode.

    :param database: its absolute path.
    :raises Conflict: when there is no database of PUNT, it cannot be copied, or the copy is corrupt.
    """
    draft = new_private_file(target)
    try:
        _copy(database, draft)
        return put_in_place(draft, target)
    except sqlite3.Error as error:
        raise Conflict(f"Cannot copy {database}: {error}. Nothing was written.") from None
    finally:
        draft.unlink(missing_ok=True)


def _copy(database: Path, draft: Path) -> None:
    with (
        closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(draft)) as copy,
    ):
        _require_ours(source, database)
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        if copy.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise Conflict("The copy is not sound: SQLite finds it damaged. Nothing was written.")


def _require_ours(source: sqlite3.Connection, database: Path) -> None:
    """Refuse what a wrong setting leads to: a copy of nothing would pass for a backup until it is needed."""
    tables = {name for (name,) in source.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables >= _TABLES:
        raise Conflict(f"{database} is no database of PUNT. Is PUNT_INSTANCE_PATH right? Nothing was written.")


def new_private_file(target: Path) -> Path:
    """Create a file beside its future target, for its owner only: it contains everything that PUNT knows."""
    draft = target.with_name(f".{target.name}.partial")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600, exist_ok=False)
    return draft


def put_in_place(draft: Path, target: Path) -> int:
    """Rename a finished file once it is on the disk, and return its size in bytes."""
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    draft.replace(target)
    return target.stat().st_size

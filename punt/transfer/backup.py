"""A copy of the live SQLite file, made while people work."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from punt.errors import Conflict


def back_up(database: Path, target: Path) -> int:
    """Copy the database into one file, whole or not at all, and return its size in bytes.

    The copy is of one moment: SQLite takes it in one step, which holds up no writer where the log is written ahead.

    :raises Conflict: when the copy is not sound.
    """
    draft = new_private_file(target)
    try:
        with (
            closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(draft)) as copy,
        ):
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            if copy.execute("PRAGMA quick_check").fetchone() != ("ok",):
                raise Conflict("The copy is not sound: SQLite finds it damaged. Nothing was written.")
        return put_in_place(draft, target)
    finally:
        draft.unlink(missing_ok=True)


def new_private_file(target: Path) -> Path:
    """Make a file beside another one to be, for its owner only: it holds everything that PUNT knows."""
    draft = target.with_name(f".{target.name}.partial")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600, exist_ok=False)
    return draft


def put_in_place(draft: Path, target: Path) -> int:
    """Give a finished file its name, once it is on the disk, and return its size in bytes."""
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    draft.replace(target)
    return target.stat().st_size

"""Export files, taken apart, changed and sealed again."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from punt.database import db, writing
from punt.models import AuditEntry, User
from punt.transfer.export.checking import Contents, checked
from punt.transfer.export.loading import replace_everything
from punt.transfer.export.reading import Limits
from punt.transfer.export.staging import Staging
from punt.transfer.export.tables import carried
from punt.transfer.export.writing import write_export

Line = dict[str, Any]
LIMITS = Limits(size=50_000_000)


def export(app: Flask, path: Path) -> Path:
    """Write an app's export into a file."""
    with app.app_context(), path.open("wb") as file:
        for _ in write_export(db.session.connection(), file):
            pass
        db.session.rollback()
    return path


def take(app: Flask, path: Path, limits: Limits = LIMITS) -> Contents:
    """Import a file into an app."""
    with app.app_context(), Staging(Path(app.instance_path)) as staging:
        contents = checked(path, staging, limits)
        with writing() as session:
            for _ in replace_everything(session, staging):
                pass
    return contents


def everything(app: Flask) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows that an export carries, by table, as Python has them; not what the audit tells of those."""
    with app.app_context():
        found = {
            table.name: [
                tuple(row) for row in db.session.execute(sa.select(table).order_by(*table.primary_key.columns))
            ]
            for table in carried()
        }
        db.session.rollback()
    found["audit_entry"] = [row for row in found["audit_entry"] if not {"exported", "imported", "wiped"} & {*row[:-1]}]
    return found


def comings_and_goings(app: Flask) -> list[tuple[str, str | None]]:
    """Return what the audit tells of the whole database, the oldest first: which it was, and by whom."""
    query = sa.select(AuditEntry.verb, User.username).join(User, User.id == AuditEntry.actor_id, isouter=True)
    with app.app_context():
        found = db.session.execute(query.where(AuditEntry.kind == "database").order_by(AuditEntry.id)).all()
        db.session.rollback()
    return [(row.verb, row.username) for row in found]


def lines_of(path: Path) -> list[Line]:
    """Return a file's lines."""
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]


def seal(path: Path, lines: Iterable[Line | bytes]) -> Path:
    """Write a header and rows with the trailer that belongs to them, whatever they hold."""
    raw = [line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n" for line in lines]
    trailer = {"rows": len(raw) - 1, "sha256": hashlib.sha256(b"".join(raw)).hexdigest()}
    path.write_bytes(gzip.compress(b"".join(raw) + json.dumps(trailer).encode() + b"\n"))
    return path


def changed(path: Path, change: Callable[[list[Line]], Any]) -> Path:
    """Change the lines of a file and seal it again, its header counting what there is now."""
    header, *rows = lines_of(path)[:-1]
    change(rows)
    header["counts"] = dict.fromkeys(header["counts"], 0)
    for row in rows:
        header["counts"][row["table"]] = header["counts"].get(row["table"], 0) + 1
    return seal(path, [header, *rows])


def of(rows: list[Line], table: str) -> list[Line]:
    """Return the rows of one table."""
    return [line["row"] for line in rows if line["table"] == table]

"""Try to import every file of a folder, and print one line for each: ``python -m bench.import_corpus FOLDER``.

Each file is imported into an empty project of a temporary instance. The exit code is 1 if a file made PUNT fail, which
none may, whatever it contains: one that cannot be imported is refused with a reason.
"""

from __future__ import annotations

import logging
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import flask_migrate

from punt.app import create_app
from punt.database import begin_write, db, end_read, writing
from punt.errors import Problem
from punt.models import Project, User
from punt.settings import Settings
from punt.transfer.boards.cards import one_line
from punt.transfer.boards.carrying import Carriage, Report
from punt.transfer.boards.foreign import Reading, understood

LARGEST = 200_000_000
"""Bytes of a file that is tried."""


def main(folder: Path) -> int:
    """Try all files, and return the exit code."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    if not files:
        print(f"There is no file in {folder}.")
        return 1
    with _an_instance():
        lines = [_tried(path, str(path.relative_to(folder))) for path in files]
    return int(not all(lines))


def _tried(path: Path, name: str) -> bool:
    """Try a file, print a line, and tell whether PUNT did what it should."""
    began, well = time.monotonic(), True
    try:
        said = _said(*_imported(path))
    except Problem as problem:
        said = f"refused: {problem.message}"
    except Exception as error:  # which is what is looked for
        said, well = f"FAILED: {type(error).__name__}: {error}", False
    finally:
        db.session.rollback()
    print(f"{one_line(name, 80)}: {one_line(said, 300)} ({time.monotonic() - began:.1f} s)", flush=True)
    return well


def _imported(path: Path) -> tuple[Reading, Report]:
    """Import a file, without committing."""
    if path.stat().st_size > LARGEST:
        raise Problem(f"This is too large: at most {LARGEST:,} bytes.")
    reading = understood(path.read_bytes())
    plan = reading.planned()
    end_read()
    begin_write()
    carriage = Carriage(db.session.scalars(db.select(Project)).one(), plan, None)
    for _ in carriage.steps():
        pass
    db.session.flush()
    return reading, carriage.report


def _said(reading: Reading, report: Report) -> str:
    left = f"; {len(report.left)} things not taken or changed" if report.left else ""
    return f"from {reading.tracker}: {report.counts()}{left}"


@contextmanager
def _an_instance() -> Iterator[None]:
    """Create an instance with one project, and delete it at the end."""
    with tempfile.TemporaryDirectory(prefix="punt-corpus-") as folder:
        app = create_app(Settings.model_validate({"PUNT_INSTANCE_PATH": folder}))
        with app.app_context():
            logging.disable(logging.WARNING)
            flask_migrate.upgrade()
            with writing():
                person = User.enrol(username="corpus", name="Corpus", email=None, password_hash="none")
                Project.create(person, key="TRY", name="Try", color="#0b7a70")
            yield
            db.session.remove()
            db.engine.dispose()


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit("Name a folder: make import-corpus FOLDER=…")
    sys.exit(main(Path(sys.argv[1])))

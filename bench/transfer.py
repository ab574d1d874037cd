"""Time and memory of export, import and backup: ``python -m bench.transfer [TICKETS …]``.

The exit code is 1 when a command needs more memory for the most tickets than for the fewest, beyond the allowance.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import sqlalchemy as sa

from bench.instance import app_with
from punt.database import db, new_id, now, writing
from punt.models import Label, Project, Ticket
from punt.models.rank import several_between
from punt.models.ticket import ticket_label
from tests.support.server import ROOT

TICKETS = (1_000, 50_000)
BATCH = 1000
FACTOR, MORE = 1.25, 10
"""How many times the memory at the fewest tickets, and how many MB more, the most tickets may take."""
DESCRIPTION = "Twelve berths, each with *water* and power; the pilot says which. " * 12


def main() -> int:
    """Measure databases of as many tickets as asked, and return 1 when memory grows with them."""
    peaks = {tickets: _measure(tickets) for tickets in map(int, sys.argv[1:] or TICKETS)}
    fewest, most = min(peaks), max(peaks)
    broken = [
        f"flask db {name}: {peaks[most][name]:.0f} MB for {most:,} tickets, {small:.0f} MB for {fewest:,}"
        for name, small in peaks[fewest].items()
        if peaks[most][name] > FACTOR * small + MORE
    ]
    print("\n".join(["Broken: memory grows with the tickets", *broken] if broken else ["Kept: memory does not grow"]))
    return int(bool(broken))


def _measure(tickets: int) -> dict[str, float]:
    """Return the peak of memory of each command, in MB, at so many tickets."""
    peaks = {}
    with app_with(0) as app:
        with app.app_context():
            _fill(tickets)
            db.session.remove()
            db.engine.dispose()
        folder = Path(app.instance_path)
        print(f"== {tickets:,} tickets, {(folder / 'punt.sqlite3').stat().st_size / 1e6:.1f} MB of SQLite")
        for words in (["export", "all.punt"], ["import", "all.punt", "--yes"], ["backup", "copy.sqlite3"]):
            seconds, peaks[words[0]] = _run(folder, words)
            print(f"   flask db {words[0]}: {seconds:.1f} s, at most {peaks[words[0]]:.0f} MB of memory")
        print(f"   the file: {(folder / 'all.punt').stat().st_size / 1e6:.1f} MB")
    return peaks


def _run(folder: Path, words: Sequence[str]) -> tuple[float, float]:
    """Run a shell command; return its seconds and its peak of memory in MB."""
    environ = {"PATH": os.environ["PATH"], "FLASK_APP": str(ROOT / "wsgi.py"), "PUNT_INSTANCE_PATH": str(folder)}
    environ["PYTHONPATH"] = str(ROOT)
    began = time.monotonic()
    command = [sys.executable, "-m", "flask", "db", *words]
    child = subprocess.Popen(command, cwd=folder, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, words
    return time.monotonic() - began, usage.ru_maxrss / 1024


def _fill(tickets: int) -> None:
    """Fill the project of the cast with tickets: rows, not objects, for these are many."""
    with writing() as session:
        project = session.scalars(sa.select(Project)).one()
        label = Label.create(project.id, "tide")
        columns, members = project.columns(), [each.user_id for each in project.members()]
        session.flush()
        numbers = iter(range(1, tickets + 1))
        for column in columns:
            ranks = several_between(None, None, -(-tickets // len(columns)))
            for start in range(0, len(ranks), BATCH):
                rows = list(_rows(project, column.id, members, numbers, ranks[start : start + BATCH]))
                if rows:
                    session.execute(sa.insert(Ticket), rows)
                    marks = [{"ticket_id": row["id"], "label_id": label.id} for row in rows]
                    session.execute(sa.insert(ticket_label), marks)
        session.execute(sa.update(Project).values(last_number=tickets))


def _rows(
    project: Project, column_id: str, members: Sequence[str], numbers: Iterator[int], ranks: Sequence[str]
) -> Iterator[dict[str, object]]:
    moment, parent = now(), None
    for rank, number in zip(ranks, numbers, strict=False):
        ticket_id = new_id()
        yield {
            "id": ticket_id,
            "project_id": project.id,
            "project_key": project.key,
            "column_id": column_id,
            "creator_id": members[number % len(members)],
            "parent_id": parent,
            "number": number,
            "title": f"Berth {number}",
            "description": DESCRIPTION,
            "type": "Task",
            "priority": "Medium",
            "rank": rank,
            "version": 1,
            "created_at": moment,
            "updated_at": moment,
        }
        parent = ticket_id if number % 10 else None


if __name__ == "__main__":
    sys.exit(main())

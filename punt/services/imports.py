"""Imports of other trackers' files into a project: stored, shown, and carried out once by whoever uploaded them."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Self

import sqlalchemy as sa
from flask import current_app

from punt import access
from punt.access import Grant, May
from punt.database import begin_write, db, end_read
from punt.heavy.deadlines import unhurried
from punt.language import _, later, number
from punt.models import AuditEntry, Project
from punt.services.waiting_room import WaitingRoom
from punt.transfer.boards.cards import one_line
from punt.transfer.boards.carrying import Carriage, Report
from punt.transfer.boards.foreign import Reading

BEAT = 0.25
"""Seconds between two progress reports of a long import."""
MOST_LISTED = 200
A_FILE = later("a file")
"""The name of a file without one."""
COUNTED = {"ticket": "newTickets", "column": "newColumns", "label": "newLabels"}
"""What is counted, and the audit field for it."""


@dataclass
class Look:
    """The result, actual or expected, of a file's import, as it is stored beside the file and shown.

    :ivar columns: of a table, as :class:`punt.transfer.boards.foreign.Seen`.
    :ivar tickets: how many are new.
    :ivar new_columns: names of columns of the board that are new.
    :ivar left: what is left out or changed, with its number of occurrences.
    :ivar problem: what has to be chosen first.
    :ivar parts: projects of the file, of which only one is imported.
    """

    tracker: str
    columns: list[dict[str, Any]] = field(default_factory=list)
    tickets: int = 0
    new_columns: list[str] = field(default_factory=list)
    new_labels: list[str] = field(default_factory=list)
    left: list[tuple[str, int]] = field(default_factory=list)
    problem: str = ""
    parts: dict[str, str] = field(default_factory=dict)
    part: str = ""

    @classmethod
    def at(cls, reading: Reading, report: Report | None) -> Self:
        """Combine what was understood with the result."""
        columns = [asdict(seen) for seen in reading.columns]
        if report is None:
            return cls(reading.tracker, columns, problem=reading.problem)
        return cls(
            reading.tracker,
            columns,
            report.taken["ticket"],
            report.new.get("column", []),
            report.new.get("label", []),
            report.left.most_common(MOST_LISTED),
            parts=reading.parts,
            part=reading.part,
        )


def foreseen(project: Project, reading: Reading) -> Look:
    """Report the expected result of a file; nothing is changed."""
    return Look.at(reading, Carriage(project, reading.plan, None).foresee() if reading.plan else None)


class Incoming:
    """A file that waits for one person and one project.

    :param grant: the person, and the project that they manage.
    """

    def __init__(self, grant: Grant, name: str) -> None:
        self.name, self._user_id, self._project_id = name, grant.user.id, grant.project.id
        self._room = _room(grant)

    @classmethod
    def admit(cls, grant: Grant, upload: BinaryIO, file: str, look: Look) -> Self:
        """Store a file, with what was seen in it."""
        found = cls(grant, _room(grant).admit(upload))
        found.show(look, file)
        return found

    @property
    def file(self) -> str:
        """The name of the file."""
        return str(self._noted().get("file", _(A_FILE)))

    @property
    def look(self) -> Look | None:
        """What was seen in it, or the result."""
        try:
            return Look(**self._noted()["look"])
        except (KeyError, TypeError):  # of another version of PUNT
            return None

    def content(self) -> bytes:
        """Read the file.

        :raises Missing: when it is no longer waiting.
        """
        return self._room.path(self.name).read_bytes()

    def waits(self) -> bool:
        """Tell whether the file is still here."""
        return self._room.has(self.name)

    def show(self, look: Look, file: str | None = None) -> None:
        """Store what was seen in it this time."""
        called = self.file if file is None else one_line(file, 200) or _(A_FILE)
        self._room.write_note(self.name, json.dumps({"file": called, "look": asdict(look)}))

    def receipt(self) -> AuditEntry | None:
        """Find the audit entry of its import, once it was carried out."""
        return db.session.scalar(
            sa.select(AuditEntry).where(
                AuditEntry.subject_id == self.name,
                AuditEntry.kind == "import",
                AuditEntry.actor_id == self._user_id,
                AuditEntry.project_id == self._project_id,
            )
        )

    def take(self, reading: Reading, file: str | None = None) -> Iterator[str]:
        """Import it into the project, all or nothing, once; reporting progress.

        It commits; what it raises leaves a transaction to roll back.
        """
        plan, told = reading.planned(), time.monotonic()
        grant = begin(self._project_id)
        if self.receipt():
            return
        carriage = Carriage(grant.project, plan, grant.user.id)
        for done in carriage.steps():
            if time.monotonic() - told > BEAT:
                told = time.monotonic()
                yield _("%(done)s of %(cards)s tickets", done=number(done), cards=number(len(plan.cards)))
        self.show(Look.at(reading, carriage.report), file)  # which counts only once there is a receipt
        note_import(carriage.report, self.file, self.name, grant.project.id)
        db.session.commit()
        self._room.dismiss(self.name)

    def _noted(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._room.note(self.name) or "{}")
        return found


def begin(project_id: str) -> Grant:
    """Begin to write into a project, for somebody who still manages it; a twin of this import waits until then."""
    end_read()
    begin_write()
    unhurried(db.session())
    access.user_anew()
    grant = access.project(project_id, May.MANAGE)
    grant.project.columns_to_change()
    return grant


def note_import(report: Report, file: str, name: str | None, project_id: str) -> None:
    """Record an import in the audit trail.

    :param name: of the stored file, so that nobody imports it again.
    """
    changes = {field: [None, report.taken[what]] for what, field in COUNTED.items() if report.taken[what]}
    AuditEntry.note(
        "import", "imported", one_line(file, 200), subject_id=name, project_id=project_id, changes=changes or None
    )


def said(receipt: AuditEntry) -> str:
    """Write in a sentence how many tickets, columns and labels an import has created."""
    return Report(taken=counted(receipt)).counts()


def counted(receipt: AuditEntry) -> Counter[str]:
    """Return how many tickets, columns and labels an import has created."""
    changes = receipt.changes or {}
    return Counter({what: changes[field][1] for what, field in COUNTED.items() if field in changes})


def _room(grant: Grant) -> WaitingRoom:
    return WaitingRoom(Path(current_app.instance_path), f"{grant.user.id}.{grant.project.id}")

"""Reading a file of another tracker, whichever it is, with somebody's choices."""

from __future__ import annotations

import codecs
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from punt.heavy.processes import Failed, in_process
from punt.heavy.turns import Turns
from punt.language import _
from punt.transfer.boards import rows
from punt.transfer.boards.cards import Plan, one_line
from punt.transfer.boards.choice import Choice, fields_of
from punt.transfer.boards.json_file import parsed
from punt.transfer.boards.json_sheet import sheet_of
from punt.transfer.boards.sheet import Sheet, read_sheet
from punt.transfer.boards.trackers import Tracker, asana, original, original_file, planka, tracker_of, trello, wekan
from punt.transfer.refusal import Refusal

SMALL = 64 * 1024
"""Bytes of a file that is read in the worker, within some 30 ms; a larger one is read in another process."""
TIMEOUT = 60
"""Seconds that reading may take."""
SAMPLES, SAMPLE = 3, 80
"""How many values of a column are shown, and how much of each."""
JSON = "JSON of a tracker that PUNT knows"

logger = logging.getLogger(__name__)
TURNS = Turns(line=50, timeout=TIMEOUT)
"""One large file at a time for each worker."""


@dataclass(frozen=True)
class Seen:
    """A column of a table, as it was understood.

    :ivar number: its number, counted from 1.
    :ivar field: which one it is; empty if it is not imported.
    :ivar samples: its first values.
    """

    number: int
    name: str
    field: str
    samples: list[str]


@dataclass
class Reading:
    """What was understood of a file.

    :ivar tracker: where it is from, in words.
    :ivar columns: those of a table; a board has none to choose from.
    :ivar parts: projects to choose one from, by their keys; most files contain only one and name none.
    :ivar part: the chosen one.
    :ivar plan: what it brings; None if something has to be chosen first.
    :ivar problem: what that is.
    """

    tracker: str
    columns: list[Seen] = field(default_factory=list)
    parts: dict[str, str] = field(default_factory=dict)
    part: str = ""
    plan: Plan | None = None
    problem: str = ""

    def planned(self) -> Plan:
        """Return the plan.

        :raises Refusal: if something has to be chosen first.
        """
        if self.plan is None:
            raise Refusal(self.problem)
        return self.plan


def understood(content: bytes, choice: Choice | None = None) -> Reading:
    """Read a file.

    :raises Refusal: when it is none that PUNT knows, or cannot be imported.
    """
    asked = choice or Choice()
    small = len(content) <= SMALL and not content.startswith(original_file.ZIP)  # which unpacks to an unknown size
    found = reading_or_refusal(content, asked) if small else _read_in_process(content, asked)
    if isinstance(found, Refusal):
        raise found
    return found


def table(content: bytes, choice: Choice) -> Reading:
    """Read a table, in this process; raises what :func:`understood` does."""
    sheet = read_sheet(_in_utf_8(content))
    return _of_sheet(sheet, tracker_of(sheet.names()), choice)


def reading_or_refusal(content: bytes, choice: Choice) -> Reading | Refusal:
    """Read a file; a refusal is returned, too."""
    try:
        return _read(content, choice)
    except Refusal as refusal:
        return refusal


def _read_in_process(content: bytes, choice: Choice) -> Reading | Refusal:
    with TURNS.one():
        try:
            return in_process(TIMEOUT, reading_or_refusal, content, choice)
        except Failed as failed:
            logger.warning("a file of %d bytes was not read: %s", len(content), failed)
            return Refusal(_("It takes too much time or memory to read. Import it in parts."))


def _read(content: bytes, choice: Choice) -> Reading:
    """Read a file by its beginning: JSON is an object or a list, a zip is a backup, anything else is a table."""
    if content.startswith(original_file.ZIP):
        return _read_json(parsed(original_file.unzipped(content), original_file.WHAT), choice)
    content = _in_utf_8(content)
    if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        return _read_json(parsed(content, JSON), choice)
    return table(content, choice)


def _in_utf_8(content: bytes) -> bytes:
    """Convert a text with a UTF-16 byte order mark, as Excel and PowerShell write it, to UTF-8."""
    if not content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content
    try:
        return content.decode("utf-16").encode()
    except UnicodeError:
        raise Refusal(_("This begins like UTF-16, and is none. Save the file as “CSV UTF-8”.")) from None


def _read_json(found: Any, choice: Choice) -> Reading:
    """Read JSON by its keys."""
    if isinstance(found, list):
        return _of_sheet(*sheet_of(found), choice)
    if original_file.is_original(found):
        return _of_backup(original_file.read_backup(found), choice)
    if asana.is_asana(found):
        sheet, _ = sheet_of(asana.tasks_of(found))
        return _of_sheet(sheet, tracker_of([*sheet.names(), "completed at"]), choice)
    if "included" in found:
        return Reading(planka.NAME, plan=planka.plan_of(found))
    if str(found.get("_format", "")).startswith("wekan") or {"_id", "swimlanes"} <= found.keys():
        return Reading(wekan.NAME, plan=wekan.plan_of(found))
    return Reading("Trello", plan=trello.plan_of(found))


def _of_backup(data: original_file.OldData, choice: Choice) -> Reading:
    parts = original_file.parts_of(data)
    if not parts:
        raise Refusal(_("There is no project in this backup."))
    part = choice.part_of(list(parts))
    return Reading(original_file.NAME, parts=parts, part=part, plan=original.plan_of(data, part))


def _of_sheet(sheet: Sheet, tracker: Tracker, choice: Choice) -> Reading:
    fields = fields_of(sheet.names(), tracker, choice)
    reading = Reading(tracker.name, _seen(sheet, fields))
    try:
        reading.plan = rows.planned(sheet, fields, tracker)
    except Refusal as refusal:
        reading.problem = refusal.message
    return reading


def _seen(sheet: Sheet, fields: Sequence[str]) -> list[Seen]:
    samples: list[list[str]] = [[] for _ in fields]
    for row in sheet.rows[:SAMPLES]:
        for column, heading in zip(samples, sheet.headings, strict=True):
            column.append(one_line(" · ".join(sheet.values(row, heading))[: 2 * SAMPLE], SAMPLE))
    known = zip(sheet.names(), fields, samples, strict=True)
    return [Seen(number, *each) for number, each in enumerate(known, 1)]

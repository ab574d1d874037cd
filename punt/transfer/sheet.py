"""Reading tickets from CSV, as spreadsheets and other trackers write it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import TypeVar

from punt.models import Priority, TicketType
from punt.transfer.cards import Card, Plan, day, given_day, one_line
from punt.transfer.refusal import Refusal

NAMES = {
    "title": ("title", "name", "summary", "subject", "card", "card name", "task", "task name", "issue"),
    "column": ("column", "status", "state", "list", "list name", "stage", "section", "bucket"),
    "description": ("description", "desc", "body", "details", "notes", "content", "card description"),
    "type": ("type", "issue type", "kind", "tracker"),
    "priority": ("priority", "urgency"),
    "labels": ("labels", "label", "tags", "tag", "categories", "category"),
    "people": ("assignee", "assigned to", "assignees", "owner", "members", "member", "responsible"),
    "points": ("points", "story points", "story point", "size"),
    "estimate": ("estimate", "time estimate", "effort", "original estimate"),
    "start": ("start", "start date", "started", "begin"),
    "due": ("due", "due date", "deadline", "end date", "finish date"),
}
"""What a column of the file may be called, for each field of a ticket."""
DELIMITERS = ",;\t|"
WIDEST = 200
"""Columns that a file may have."""
LARGEST_CELL = 200_000

AName = TypeVar("AName", bound=StrEnum)
Found = TypeVar("Found")


def read_csv(content: bytes) -> Plan:
    """Turn a table with a header line into what it brings.

    :raises Refusal: when it is no such table, or none of its columns is a title.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Refusal("This is not UTF-8. Save the file as “CSV UTF-8”.", line=line) from None
    if "\0" in text:
        raise Refusal("This is no CSV: it holds a character that is none.")
    rows = _rows(text)
    return _Reader(next(rows, [])).plan(rows)


def _rows(text: str) -> Iterator[list[str]]:
    csv.field_size_limit(LARGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield row
    except csv.Error as error:
        raise Refusal(f"This is no CSV: {error}.", line=reader.line_num) from None


def _delimiter(text: str) -> str:
    """Take the sign that parts the header line most often, outside of quotes."""
    header = re.sub(r'"[^"]*"', "", text.lstrip().split("\n", 1)[0])
    return max(DELIMITERS, key=header.count)


class _Reader:
    """One table on its way into a plan."""

    def __init__(self, header: list[str]) -> None:
        if len(header) > WIDEST:
            raise Refusal(f"It has {len(header)} columns; at most {WIDEST}.", line=1)
        self._plan, self._places, self._named = Plan(), dict[str, int](), set[int]()
        known = {name: field for field, names in NAMES.items() for name in names}
        for place, cell in enumerate(header):
            name = " ".join(re.sub(r"[_\-]+", " ", cell).split()).casefold()
            if name:
                self._named.add(place)
            if known.get(name) and known[name] not in self._places:
                self._places[known[name]] = place
            elif name:
                self._plan.leave(f"Column “{one_line(cell, 50)}”")
        if "title" not in self._places:
            names = ", ".join(NAMES["title"][:4])
            raise Refusal(f"No column is the title. Call one {names} or so.", line=1)

    def plan(self, rows: Iterator[list[str]]) -> Plan:
        plan = self._plan
        for row in rows:
            cells = {field: row[place].strip() if place < len(row) else "" for field, place in self._places.items()}
            if not one_line(cells["title"], LARGEST_CELL):
                plan.leave("Lines without a title")
                continue
            nameless = sum(bool(cell.strip()) for place, cell in enumerate(row) if place not in self._named)
            plan.leave("Cells under no name in the header", nameless)
            plan.card(self._card(cells))
        return plan

    def _card(self, cells: dict[str, str]) -> Card:
        column = one_line(cells.get("column", ""), LARGEST_CELL)
        return Card(
            title=cells["title"],
            column=self._plan.column(column) if column else None,
            description=cells.get("description", ""),
            type=self._one_of(TicketType, cells.get("type", ""), TicketType.TASK),
            priority=self._one_of(Priority, cells.get("priority", ""), Priority.MEDIUM),
            labels=[self._plan.label(each) for each in _several(cells.get("labels", ""))],
            people=[(name,) for name in _several(cells.get("people", ""))],
            story_points=self._read("story points", cells.get("points", ""), _points),
            estimate=self._plan.estimate(cells.get("estimate", "")),
            start=self._read("days", given_day(cells.get("start")), day),
            due=self._read("days", given_day(cells.get("due")), day),
        )

    def _one_of(self, names: type[AName], text: str, otherwise: AName) -> AName:
        found = next((name for name in names if name.value.casefold() == text.casefold()), None)
        if text and found is None:
            self._plan.leave(f"{names.__name__.replace('Ticket', '')} “{one_line(text, 40)}”, unknown here")
        return found or otherwise

    def _read(self, what: str, text: str, read: Callable[[str], Found | None]) -> Found | None:
        found = read(text) if text else None
        if text and found is None:
            self._plan.leave(f"Values that are no {what}")
        return found


def _several(text: str) -> list[str]:
    return [name for name in (one_line(part, LARGEST_CELL) for part in re.split(r"[,;\n]", text)) if name]


def _points(text: str) -> int | None:
    try:
        points = float(text)
    except ValueError:
        return None
    return int(points) if points.is_integer() and 0 <= points <= 999 else None

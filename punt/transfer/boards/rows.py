"""Turning the lines of a table into tickets to be created, according to the field of each column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from enum import StrEnum
from functools import partial
from itertools import zip_longest
from typing import TypeVar

from punt.heavy.slices import breathing
from punt.language import _
from punt.models import Priority, TicketType
from punt.transfer.boards.cards import FURTHER, MOST_PEOPLE, Card, Plan, one_line
from punt.transfer.boards.days import day, day_comes_first, given_day
from punt.transfer.boards.family import find_parents
from punt.transfer.boards.fields import FIELDS, LEFT_OUT, guessed
from punt.transfer.boards.sheet import LARGEST_CELL, Heading, Sheet
from punt.transfer.boards.trackers import TABLE, Tracker
from punt.transfer.refusal import Refusal

TYPES = {
    "sub task": TicketType.SUBTASK,
    "user story": TicketType.STORY,
    "feature": TicketType.STORY,
    "new feature": TicketType.STORY,
    "defect": TicketType.BUG,
}
PRIORITIES = {
    "urgent": Priority.CRITICAL,
    "blocker": Priority.CRITICAL,
    "major": Priority.HIGH,
    "normal": Priority.MEDIUM,
    "no priority": Priority.MEDIUM,
    "none": Priority.MEDIUM,
    "minor": Priority.LOW,
    "trivial": Priority.LOWEST,
}
"""Other trackers' words for PUNT's."""
DAYS = re.compile(r"\b(date|created|updated|modified|resolved|completed)\b", re.IGNORECASE)
"""Names of columns that contain dates, whether or not they are imported."""
NO = frozenset({"", "false", "no", "n", "0", "active", "open"})

LONGEST_NAME = 400
"""Characters of what may be a name with an address: anything longer is none, and would take quadratic time."""
_ADDRESS = re.compile(r"^([^<>]*?) *<([^<> ]+@[^<> ]+)>$")

AName = TypeVar("AName", bound=StrEnum)
Found = TypeVar("Found")
Values = dict[str, list[list[str]]]
"""The values of a line by field, from each column that is it."""


def planned(sheet: Sheet, chosen: Sequence[str] | None = None, tracker: Tracker = TABLE) -> Plan:
    """Turn a table into a plan.

    :param chosen: which field each column is; None for a guess.
    :raises Refusal: when none is the title, or more than one is where only one can be.
    """
    chosen = guessed(sheet.names(), tracker.instead) if chosen is None else chosen
    _refuse_wrong(sheet, chosen)
    return _Reader(sheet, chosen, tracker).plan()


def _refuse_wrong(sheet: Sheet, chosen: Sequence[str]) -> None:
    for field_id in dict.fromkeys(chosen):
        named = [name for name, each in zip(sheet.names(), chosen, strict=True) if each == field_id]
        if field_id != LEFT_OUT and len(named) > 1 and not FIELDS[field_id].several:
            one, two = (one_line(name, 50) for name in named[:2])
            raise Refusal(
                _(
                    "%(label)s: “%(one)s” and “%(two)s” cannot both be it. Choose one.",
                    label=_(FIELDS[field_id].label),
                    one=one,
                    two=two,
                )
            )
    if "title" not in chosen:
        names = ", ".join(FIELDS["title"].names[:4])
        raise Refusal(
            _("No column is the title. Call one %(names)s or so, or say which one it is.", names=names), line=1
        )


class _Reader:
    """One table on its way into a plan."""

    def __init__(self, sheet: Sheet, chosen: Sequence[str], tracker: Tracker) -> None:
        self._sheet, self._tracker, self._plan = sheet, tracker, Plan(left=sheet.left.copy())
        self._headings: dict[str, list[Heading]] = {}
        for heading, field_id in zip(sheet.headings, chosen, strict=True):
            if field_id == LEFT_OUT:
                self._plan.leave(_("Column “%(name)s”", name=one_line(heading.name, 50)))
            else:
                self._headings.setdefault(field_id, []).append(heading)
        self._day_first = self._order_of_days()

    def plan(self) -> Plan:
        for row in breathing(self._sheet.rows):
            values = {
                field_id: [self._sheet.values(row, heading) for heading in headings]
                for field_id, headings in self._headings.items()
            }
            if not one_line(_first(values, "title"), LARGEST_CELL):
                self._plan.leave(_("Lines without a title"))
            elif _first(values, "archived").casefold() not in NO:
                self._plan.leave(_("Archived lines"))
            else:
                self._plan.card(self._card(values))
        find_parents(self._plan)
        return self._plan

    def _card(self, values: Values) -> Card:
        column = one_line(self._one(values, "column"), LARGEST_CELL)
        return Card(
            title=self._one(values, "title"),
            column=self._plan.column(self._tracker.column(column)) if column else None,
            description="\n\n".join(_all(values, "description")),
            type=self._one_of(TicketType, self._one(values, "type"), TicketType.TASK, TYPES),
            priority=self._one_of(Priority, self._one(values, "priority"), Priority.MEDIUM, PRIORITIES),
            labels=[self._label(name) for name in dict.fromkeys(self._names(_all(values, "labels")))],
            people=self._people(values),
            story_points=self._read("story points", self._one(values, "points"), _points),
            estimate=self._plan.estimate(self._tracker.estimate(self._one(values, "estimate"))),
            start=self._day(values, "start"),
            due=self._day(values, "due"),
            keys=_all(values, "key"),
            parents=_all(values, "parent"),
        )

    def _label(self, name: str) -> str:
        return self._plan.label(self._tracker.label(name), self._sheet.colors.get(name))

    def _people(self, values: Values) -> list[tuple[str, ...]]:
        """Columns with other names, such as one of email addresses, name the same people once more."""
        columns = [self._names(each) for each in values.get("assignee", ())]
        people = list(dict.fromkeys(_called(names) for names in zip_longest(*columns, fillvalue="")))
        self._plan.leave(_(FURTHER), len(people[MOST_PEOPLE:]))
        return people[:MOST_PEOPLE]

    def _names(self, texts: Iterable[str]) -> list[str]:
        parts = (part for text in texts for part in (re.split(r"[,;\n]", text) if self._sheet.split else [text]))
        return [name for name in (one_line(part, LARGEST_CELL) for part in parts) if name]

    def _one(self, values: Values, field_id: str) -> str:
        """Return the only value, or the first of several different ones."""
        found = list(dict.fromkeys(_all(values, field_id)))
        self._plan.leave(_("Further values of “%(field)s”", field=_(FIELDS[field_id].label)), len(found[1:]))
        return found[0] if found else ""

    def _one_of(self, names: type[AName], text: str, otherwise: AName, others: dict[str, AName]) -> AName:
        asked = " ".join(re.sub(r"[-_]", " ", text).split()).casefold()
        found = next((name for name in names if name.value.casefold() == asked), others.get(asked))
        if text and found is None:
            self._plan.leave(
                _(
                    "%(what)s “%(text)s”, unknown here",
                    what=_(names.__name__.replace("Ticket", "")),
                    text=one_line(text, 40),
                )
            )
        return found or otherwise

    def _day(self, values: Values, field_id: str) -> date | None:
        text = given_day(self._one(values, field_id))
        return self._read("days", text, partial(day, day_first=self._day_first))

    def _order_of_days(self) -> bool | None:
        """Look at all dates of the table, including those that are not imported: one program wrote them all."""
        chosen = [heading for name in ("start", "due") for heading in self._headings.get(name, ())]
        others = [heading for heading in self._sheet.headings if DAYS.search(heading.name)]
        values, headings = self._sheet.values, [*chosen, *others]
        return day_comes_first(text for row in self._sheet.rows for each in headings for text in values(row, each))

    def _read(self, what: str, text: str, read: Callable[[str], Found | None]) -> Found | None:
        found = read(text) if text else None
        if text and found is None:
            self._plan.leave(_("Values that are no %(what)s", what=what))
        return found


def _all(values: Values, field_id: str) -> list[str]:
    return [value for column in values.get(field_id, ()) for value in column]


def _first(values: Values, field_id: str) -> str:
    return next(iter(_all(values, field_id)), "")


def _called(names: Iterable[str]) -> tuple[str, ...]:
    """Return a person's names in each of some columns; ``Bob Keller <bob@example.org>`` is two names."""
    found = (part for name in names for part in (_ADDRESS.findall(name[:LONGEST_NAME]) or [(name,)])[0])
    return tuple(part for part in found if part)


def _points(text: str) -> int | None:
    try:
        points = float(text)
    except ValueError:
        return None
    return int(points) if points.is_integer() and 0 <= points <= 999 else None

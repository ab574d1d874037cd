"""What comes from elsewhere into one project, before it is carried out: columns, labels, cards, and what is left."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from punt.models import Priority, TicketType
from punt.texts import shows_anything
from punt.transfer.refusal import Refusal

MOST = 2000
"""Tickets that one import may bring: others wait for so long as it takes."""
MOST_COLUMNS, MOST_LABELS = 100, 500
NAME, ESTIMATE = 50, 20
"""The characters that a column's or label's name and an estimate may have."""
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_NO_DAY = re.compile(r"0000|0001-?01-?01|0?1/0?1/0001", re.ASCII)
"""What stands where a program's or a database's dates cannot be empty: the first day there is, or the day 0."""


@dataclass
class Card:
    """A ticket to be.

    :ivar people: whom it is assigned to, each by some names, the best one first.
    """

    title: str
    column: str | None = None
    description: str = ""
    type: TicketType = TicketType.TASK
    priority: Priority = Priority.MEDIUM
    labels: list[str] = field(default_factory=list)
    people: list[tuple[str, ...]] = field(default_factory=list)
    story_points: int | None = None
    estimate: str | None = None
    start: date | None = None
    due: date | None = None


@dataclass
class Plan:
    """Everything that a file brings; what is too much is refused.

    :ivar columns: names, left first; those that a project lacks are added.
    :ivar labels: the colour of each label by its name, None for the next one of the palette.
    :ivar left: what is not taken, with how often it was met.
    """

    columns: list[str] = field(default_factory=list)
    labels: dict[str, str | None] = field(default_factory=dict)
    cards: list[Card] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)
    _names: dict[tuple[str, str], str] = field(default_factory=dict)
    _cut: set[str] = field(default_factory=set)

    def column(self, name: str) -> str:
        """Note a column, and return its name as it will be."""
        name = self._short(name)
        if ("column", name.casefold()) not in self._names:
            self.columns.append(name)
            _refuse_more(len(self.columns), MOST_COLUMNS, "columns")
        return self._names.setdefault(("column", name.casefold()), name)

    def label(self, name: str, color: str | None = None) -> str:
        """Note a label, and return its name as it will be."""
        name = self._short(name)
        if ("label", name.casefold()) not in self._names:
            self.labels[name] = color
            _refuse_more(len(self.labels), MOST_LABELS, "labels")
        return self._names.setdefault(("label", name.casefold()), name)

    def card(self, card: Card) -> None:
        """Add a ticket to be."""
        self.cards.append(card)
        _refuse_more(len(self.cards), MOST, "tickets")

    def estimate(self, text: str) -> str | None:
        """Return an estimate as it will be, if there is one."""
        whole = one_line(text, len(text))
        self.leave("Estimates cut after 20 characters", int(len(whole) > ESTIMATE))
        return one_line(whole, ESTIMATE) or None

    def leave(self, what: str, how_often: int = 1) -> None:
        """Count something that is not taken."""
        if how_often:
            self.left[what] += how_often

    def _short(self, name: str) -> str:
        """Cut a name; one that comes again is told once."""
        whole = one_line(name, len(name))
        if len(whole) > NAME and whole not in self._cut:
            self._cut.add(whole)
            self.leave("Names of columns and labels cut after 50 characters")
        return one_line(whole, NAME)


def _refuse_more(count: int, most: int, what: str) -> None:
    if count > most:
        raise Refusal(f"It holds more than {most:,} {what}.")


def one_line(text: str, most: int) -> str:
    """Make a text fit one line of so many characters; one that shows nothing is empty."""
    found = flat(text)[:most].strip()
    return found if shows_anything(found) else ""


def flat(text: str) -> str:
    """Put a text on one line."""
    return " ".join(_CONTROLS.sub(" ", text).split())


def many_lines(text: str) -> str:
    """Make a text fit a description, however long."""
    return _UNFIT.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def given_day(text: str | None) -> str:
    """Return what is written as a day, or nothing where it is how programs write that there is none."""
    found = (text or "").strip()
    return "" if _NO_DAY.match(found) else found


def day(text: str) -> date | None:
    """Read a day from how programs write it: ISO 8601, with a time or without; None when it is none."""
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None

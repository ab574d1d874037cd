"""What a file brings into one project, before it is carried out: columns, labels, cards, and what is left out."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from punt.language import _, later, number
from punt.models import Priority, TicketType
from punt.models.texts import key_of, shows_anything
from punt.transfer.refusal import Refusal

MOST = 2000
"""Tickets that one import may bring: others wait while it runs."""
MOST_COLUMNS, MOST_LABELS = 100, 500
MOST_KINDS = 3000
"""Kinds of left-out things that are listed separately."""
MOST_PEOPLE = 50
"""People on a ticket who are looked up."""
FURTHER = later("Further people on a ticket, which has one assignee")
NAME, ESTIMATE = 50, 20
"""The length limits of a column's or label's name and of an estimate."""
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_HEX = re.compile(r"#[0-9a-f]{6}")
_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True)
class _Name:
    """A name of a column or label, as it will be and as it was in the file."""

    short: str
    whole: str


@dataclass(frozen=True)
class Past:
    """A change that somebody made to a ticket before it was imported.

    :ivar who: their names, the best one first.
    """

    at: datetime
    who: tuple[str, ...]
    field: str
    old: str | None
    new: str | None


@dataclass
class Card:
    """A ticket to be created.

    :ivar people: whom it is assigned to, each by some names, the best one first.
    :ivar keys: what other tickets of the file call it.
    :ivar parents: what it calls its parent: whichever of them is known counts.
    :ivar parent: the index of its parent among the cards, once that was looked up.
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
    keys: list[str] = field(default_factory=list)
    parents: list[str] = field(default_factory=list)
    parent: int | None = None
    history: list[Past] = field(default_factory=list)


@dataclass
class Plan:
    """Everything that a file brings; too much is refused.

    :ivar columns: names, leftmost first; those that a project lacks are added.
    :ivar labels: the colour of each label by its name, None for the next one of the palette.
    :ivar left: what is not imported, with its number of occurrences.
    :ivar bounded: whether it is imported by a request, for which others wait, and is limited in size.
    """

    columns: list[str] = field(default_factory=list)
    labels: dict[str, str | None] = field(default_factory=dict)
    cards: list[Card] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)
    bounded: bool = True
    _names: dict[tuple[str, str], _Name] = field(default_factory=dict)
    _met: set[tuple[str, str]] = field(default_factory=set)
    _cut: set[str] = field(default_factory=set)

    def column(self, name: str, *, another: bool = False) -> str:
        """Add a column, and return its name as it will be.

        :param another: whether it is a column of its own, so that it is reported when it is merged with another.
        """
        short, new = self._noted("Column", name, another)
        if new:
            self.columns.append(short)
            self._refuse_more(len(self.columns), MOST_COLUMNS, later("It holds more than %(most)s columns."))
        return short

    def label(self, name: str, color: str | None = None, *, another: bool = False) -> str:
        """Add a label, and return its name as it will be; ``another`` is as for :meth:`column`."""
        short, new = self._noted("Label", name, another)
        if new:
            self.labels[short] = color
            self._refuse_more(len(self.labels), MOST_LABELS, later("It holds more than %(most)s labels."))
        return short

    def card(self, card: Card) -> None:
        """Add a ticket to be created."""
        self.cards.append(card)
        self._refuse_more(len(self.cards), MOST, later("It holds more than %(most)s tickets."))

    def estimate(self, text: str) -> str | None:
        """Return an estimate as it will be, if there is one."""
        whole = one_line(text, len(text))
        self.leave(_("Estimates cut after 20 characters"), int(len(whole) > ESTIMATE))
        return one_line(whole, ESTIMATE) or None

    def leave(self, what: str, how_often: int = 1) -> None:
        """Count something that is not imported."""
        count_left(self.left, what, how_often)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what only the reading needs when passed between processes."""
        return self.__dict__ | {"_names": {}, "_met": set(), "_cut": set()}

    def _refuse_more(self, count: int, most: int, what: str) -> None:
        if self.bounded and count > most:
            raise Refusal(_(what, most=number(most)))

    def _noted(self, kind: str, name: str, another: bool) -> tuple[str, bool]:
        """Return a name as it will be, and whether it is new; a merger of two is reported once."""
        whole, short = one_line(name, len(name)), self._short(name)
        place, spelling = (kind, key_of(short)), (kind, whole)
        met = spelling in self._met
        self._met.add(spelling)
        if place not in self._names:
            self._names[place] = _Name(short, whole)
            return short, True
        known = self._names[place]
        if another or (known.whole != whole and not met):
            self.leave(made_one(kind, whole, known.whole))
        return known.short, False

    def _short(self, name: str) -> str:
        """Truncate a name; a repeated one is reported once."""
        whole = one_line(name, len(name))
        if len(whole) > NAME and whole not in self._cut:
            self._cut.add(whole)
            self.leave(_("Names of columns and labels cut after 50 characters"))
        return one_line(whole, NAME)


def count_left(left: Counter[str], what: str, how_often: int = 1) -> None:
    """Count something that is not imported, or changed; of very many kinds the last ones together."""
    if how_often:
        left[what if what in left or len(left) < MOST_KINDS else _("Others")] += how_often


def made_one(kind: str, name: str, other: str) -> str:
    """Report that two of a kind are merged, because their names count as the same."""
    one, two = one_line(name, NAME), one_line(other, NAME)
    if one == two:
        return _("%(kind)s “%(one)s”, which is there more than once", kind=_(kind), one=one)
    return _("%(kind)s “%(one)s”, made one with “%(two)s”", kind=_(kind), one=one, two=two)


def hex_color(text: str) -> str | None:
    """Return a colour as PUNT writes it, if it is one."""
    color = text.lower()
    return color if _HEX.fullmatch(color) else None


def one_line(text: str, most: int) -> str:
    """Make a text fit one line of so many characters; one that shows nothing becomes empty."""
    found = flat(text)[:most].strip()
    return found if shows_anything(found) else ""


def flat(text: str) -> str:
    """Put a text on one line."""
    return " ".join(_CONTROLS.sub(" ", text).split())


def many_lines(text: str) -> str:
    """Make a text fit a description, however long."""
    return _UNFIT.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()

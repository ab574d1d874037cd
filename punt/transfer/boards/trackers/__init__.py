"""The trackers whose tables PUNT knows: how to recognise one by its columns, and how its values differ."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from punt.language import later
from punt.transfer.boards.fields import plain


@dataclass(frozen=True)
class Tracker:
    """Where a table is from.

    :ivar marks: names of columns that only its tables have together.
    :ivar instead: the fields of names that mean something else here.
    :ivar column: from a status, the name of a column.
    :ivar estimate: from an estimate, one that people can read.
    :ivar label: from a label, its name.
    """

    name: str
    marks: frozenset[str] = frozenset()
    instead: dict[str, str] = field(default_factory=dict, hash=False)
    column: Callable[[str], str] = lambda name: name
    estimate: Callable[[str], str] = lambda text: text
    label: Callable[[str], str] = lambda name: name


def _of_seconds(text: str) -> str:
    """Write a number of seconds in hours, or in minutes if it is not a whole number of hours."""
    if not text.isascii() or not text.isdigit() or len(text) > 9 or not int(text):
        return "" if text.strip("0") == "" else text
    hours, rest = divmod(int(text), 3600)
    return f"{hours}h" if not rest else f"{int(text) / 60:g}m"


def _of_hours(text: str) -> str:
    """Write a number of hours."""
    number = text.replace(".", "", 1)
    if not (number.isascii() and number.isdigit()):
        return text
    return f"{float(text):g}h" if number.strip("0") else ""


def _as_a_word(name: str) -> str:
    """Write a status as people do, not as programs do."""
    return name.replace("_", " ").capitalize()


def _without_color(name: str) -> str:
    """Remove the colour behind the name of a Trello label: ``Bug (red_dark)``."""
    return re.sub(r" \((?:[a-z]+)(?:_dark|_light)?\)$", "", name) or name


TABLE = Tracker(later("a table"))
GITHUB = Tracker("GitHub", column=_as_a_word)
TRACKERS = (
    Tracker("Jira", frozenset({"summary", "issue key", "issue id"}), estimate=_of_seconds),
    Tracker("Linear", frozenset({"team", "title", "cycle name", "estimate"}), {"estimate": "points"}),
    Tracker("Asana", frozenset({"task id", "section/column", "completed at"})),
    Tracker("Kanboard", frozenset({"task id", "swimlane", "column", "title"}), estimate=_of_hours),
    Tracker("Trello", frozenset({"card id", "card name", "list name"}), label=_without_color),
    Tracker("WeKan", frozenset({"title", "list", "swimlane", "assignee"})),
)


def tracker_of(names: Sequence[str]) -> Tracker:
    """Recognise by its columns which tracker a table is from."""
    known = set(map(plain, names))
    return next((tracker for tracker in TRACKERS if tracker.marks <= known), TABLE)

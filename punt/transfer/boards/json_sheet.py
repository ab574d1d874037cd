"""Reading a list of things in JSON as a table, such as ``gh issue list --json`` writes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from punt.language import _, number
from punt.transfer.boards.cards import MOST, hex_color
from punt.transfer.boards.sheet import WIDEST, Sheet, headings_of
from punt.transfer.boards.trackers import GITHUB, TABLE, Tracker
from punt.transfer.refusal import Refusal

NAMES = ("login", "username", "name", "title", "key", "id")
"""Keys that name a thing, the best one first."""
MARKS = ({"number", "title"}, {"title", "state", "labels"})
"""Keys that only GitHub's issues have together."""


def sheet_of(found: list[Any]) -> tuple[Sheet, Tracker]:
    """Turn the keys of all things into columns; a list of names in one of them is several values.

    :raises Refusal: when it is not a list of things.
    """
    if not all(isinstance(thing, dict) for thing in found):
        raise Refusal(_("This is no list of tickets: something in it is no object."))
    if len(found) > MOST:
        raise Refusal(_("It holds more than %(most)s tickets.", most=number(MOST)))
    names = list(dict.fromkeys(name for thing in found for name in thing))
    if len(names) > WIDEST:
        raise Refusal(_("It has %(names)s columns; at most %(most)s.", names=len(names), most=WIDEST))
    rows = [[list(_values(thing.get(name))) for name in names] for thing in found]
    sheet = Sheet(headings_of(names), rows, split=False, colors=_colors(found))
    return sheet, GITHUB if any(marks <= set(names) for marks in MARKS) else TABLE


def _values(value: Any) -> Iterator[str]:
    """Return a value as texts."""
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, dict):
            each = next((each[name] for name in NAMES if isinstance(each.get(name), str | int)), None)
        if isinstance(each, bool):
            yield "true" if each else ""
        elif isinstance(each, str | int | float):
            yield str(each)


def _colors(found: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Return the colours of labels that have a six-digit one."""
    labels = (label for thing in found for label in _listed(thing.get("labels")) if isinstance(label, dict))
    colors = ((str(label.get("name", "")), str(label.get("color", "")).removeprefix("#")) for label in labels)
    return {name: color for name, digits in colors if (color := hex_color(f"#{digits}"))}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []

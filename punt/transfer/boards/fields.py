"""The fields that a table's column may be, and which one it is by its name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from punt.language import later
from punt.models.texts import key_of

LEFT_OUT = ""
"""The field of a column that is not imported."""


@dataclass(frozen=True)
class Field:
    """A field of a ticket that a column may contain.

    :ivar label: what people read.
    :ivar names: the possible names of its column, the best one first.
    :ivar together: how many of the first names are of columns that are combined, if there are several.
    :ivar several: whether more than one column may be it.
    """

    label: str
    names: tuple[str, ...]
    together: int = 0
    several: bool = False


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split(", "))


FIELDS = {
    "title": Field(
        later("Title"),
        _names(
            "title, summary, name, subject, card name, task name, issue title, task title, card title, "
            "issue name, story, card, task, issue"
        ),
    ),
    "column": Field(
        later("Column of the board"),
        _names(
            "column, board column, column name, list, list name, section/column, bucket, bucket name, stage, status, "
            "state, section"
        ),
    ),
    "description": Field(
        later("Description"),
        _names(
            "description, desc, card description, issue description, task description, body, details, notes, note, "
            "content"
        ),
        several=True,
    ),
    "type": Field(later("Type"), _names("type, issue type, task type, work item type, kind, tracker")),
    "priority": Field(later("Priority"), _names("priority, urgency")),
    "labels": Field(
        later("Labels"),
        _names("labels, label, tags, tag, categories, category, component/s, components, component"),
        several=True,
    ),
    "assignee": Field(
        later("Assignee"),
        _names(
            "assignee, assignee username, assignee name, assignee email, assignees, assigned to, members, member, "
            "responsible, owner"
        ),
        together=5,
        several=True,
    ),
    "points": Field(
        later("Story points"), _names("story points, story point estimate, story point, points, complexity, size")
    ),
    "estimate": Field(
        later("Estimate"),
        _names("original estimate, time estimate, time estimated, estimated time, estimate, estimated hours, effort"),
    ),
    "start": Field(later("Start"), _names("start date, start, start at, card start, start on, started, begin")),
    "due": Field(
        later("Due"), _names("due date, due, due at, card due, due on, deadline, target date, end date, finish date")
    ),
    "parent": Field(
        later("Parent"),
        _names("parent key, parent id, parent, parent issue, parent task, parent task id, parent issue id, epic link"),
        together=8,
        several=True,
    ),
    "key": Field(
        later("Key, by which others name it as their parent"),
        _names("issue key, issue id, key, id, task id, card id, number, iid, gid, identifier"),
        together=10,
        several=True,
    ),
    "archived": Field(later("Archived: such a line is not taken"), _names("archived, is archived")),
}
"""All of them, by the word that programs use."""
_BY_NAME = {name: (field_id, rank) for field_id, field in FIELDS.items() for rank, name in enumerate(field.names)}


def plain(name: str) -> str:
    """Normalise a column's name so that equivalent ones are equal: ``Story-Points``, ``storyPoints``."""
    inner = re.fullmatch(r"\s*custom field \((.*)\)\s*", name, re.IGNORECASE | re.DOTALL)
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", inner[1] if inner else name)
    return key_of(" ".join(re.sub(r"[_\-]+", " ", words).split()))


def field_of(name: str) -> str | None:
    """Return the field that somebody names, by its own word or one of its names; None when there is none."""
    asked = plain(name)
    return asked if asked in FIELDS else _BY_NAME.get(asked, (None,))[0]


def strength(names: Sequence[str]) -> int:
    """Count how many fields are named in a line, if one is the title; 0 when none is."""
    fields = {_BY_NAME[name][0] for name in map(plain, names) if name in _BY_NAME}
    return len(fields) if "title" in fields else 0


def guessed(names: Sequence[str], instead: dict[str, str]) -> list[str]:
    """Return which field each column is by its name, ``LEFT_OUT`` if none: the best name of each field wins.

    :param instead: fields of names that mean something else in the tracker of this table.
    :param names: of columns, each once.
    """
    known = [_known(plain(name), instead) for name in names]
    best: dict[str, int] = {}
    for field_id, rank in filter(None, known):
        best[field_id] = min(rank, best.get(field_id, rank))
    return [found[0] if found and _counts(*found, best[found[0]]) else LEFT_OUT for found in known]


def _known(name: str, instead: dict[str, str]) -> tuple[str, int] | None:
    return (instead[name], -1) if name in instead else _BY_NAME.get(name)


def _counts(field_id: str, rank: int, best: int) -> bool:
    return rank == best or max(rank, best) < FIELDS[field_id].together

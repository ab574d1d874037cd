"""What somebody chose for a file, and the resulting fields of its columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from punt.errors import Invalid
from punt.language import _
from punt.transfer.boards.cards import one_line
from punt.transfer.boards.fields import FIELDS, LEFT_OUT, field_of, guessed, plain
from punt.transfer.boards.trackers import Tracker

NOT_TAKEN = frozenset({"", "-", "none", "nothing"})
"""Words for a column that is not to be imported."""


@dataclass(frozen=True)
class Choice:
    """What somebody chose.

    :ivar columns: which field a column is: by name, or by number behind ``#``; others are guessed.
    :ivar part: which project, if a file contains several; empty for a guess.
    :ivar into: the key of the project to import into.
    """

    columns: tuple[tuple[str, str], ...] = ()
    part: str = ""
    into: str = ""

    def part_of(self, parts: Sequence[str]) -> str:
        """Return which of several projects to import: the one chosen, the one with the same key, or the first.

        :raises Invalid: when the chosen one does not exist.
        """
        if self.part and self.part not in parts:
            raise Invalid.field("part", _("There is no project %(part)s in this file.", part=one_line(self.part, 40)))
        return self.part or (self.into if self.into in parts else parts[0])


def choice_of(pairs: Iterable[str], part: str = "", into: str = "") -> Choice:
    """Parse ``COLUMN=FIELD`` choices.

    :raises Invalid: when one is malformed.
    """
    return Choice(tuple(_pair(text) for text in pairs), part, into)


def fields_of(names: Sequence[str], tracker: Tracker, choice: Choice) -> list[str]:
    """Return which field each column is: as chosen, or by its name; a guess gives way to a choice.

    :raises Invalid: when there is no such column or field.
    """
    chosen = dict(_found(names, *pair) for pair in choice.columns)
    taken = {field_id for field_id in chosen.values() if field_id and not FIELDS[field_id].several}
    guesses = guessed(names, tracker.instead)
    return [chosen.get(index, LEFT_OUT if guess in taken else guess) for index, guess in enumerate(guesses)]


def _pair(text: str) -> tuple[str, str]:
    column, sign, field_name = text.rpartition("=")
    if not sign or not column.strip():
        raise Invalid.field("map", _("Write COLUMN=FIELD, not “%(text)s”.", text=one_line(text, 80)))
    return column, field_name


def _found(names: Sequence[str], column: str, field_name: str) -> tuple[int, str]:
    """Find a column and a field; the two in reverse order are understood, too."""
    index, field_id = _index_of(names, column), _field(field_name)
    if index is None or field_id is None:
        other, field_there = _index_of(names, field_name), _field(column)
        if other is not None and field_there:
            return other, field_there
    if index is None:
        raise Invalid.field("map", _("There is no column “%(column)s”.", column=one_line(column, 80)))
    if field_id is None:
        known = ", ".join(FIELDS)
        raise Invalid.field(
            "map",
            _(
                "There is no field “%(field_name)s”. There are %(known)s, and none.",
                field_name=one_line(field_name, 80),
                known=known,
            ),
        )
    return index, field_id


def _index_of(names: Sequence[str], column: str) -> int | None:
    asked, number = plain(column), column.strip().removeprefix("#")
    found = next((index for index, name in enumerate(names) if plain(name) == asked), None)
    if found is None and column.strip().startswith("#") and number.isascii() and number.isdigit() and len(number) < 6:
        found = int(number) - 1
    return found if found is not None and 0 <= found < len(names) else None


def _field(name: str) -> str | None:
    return LEFT_OUT if plain(name) in NOT_TAKEN or name.strip() in NOT_TAKEN else field_of(name)

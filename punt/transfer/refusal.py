"""Saying what is wrong with a file, and where."""

from __future__ import annotations

from punt.errors import Detail, Invalid


class Refusal(Invalid):
    """A file that is not taken; nothing was changed.

    :param line: the line that is wrong, counted from 1; None when it is the whole file.
    :param field: the table, and perhaps the column, that is wrong.
    """

    def __init__(self, message: str, *, line: int | None = None, field: str | None = None) -> None:
        place = ", ".join(part for part in (f"line {line}" if line else None, field) if part)
        sentence = f"{place}: {message}" if place else message
        super().__init__(sentence, Detail("file", sentence))
        self.line, self.field_name = line, field

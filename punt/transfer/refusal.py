"""Saying what is wrong with a file, and where."""

from __future__ import annotations

from typing import Any

from punt.errors import Detail, Invalid


class Refusal(Invalid):
    """A file that is refused; nothing was changed. Quotations from the file may contain anything.

    :param line: the wrong line, counted from 1; None when it is the whole file.
    :param field: the table, and perhaps the column, that is wrong.
    """

    def __init__(self, message: str, *, line: int | None = None, field: str | None = None) -> None:
        where = ", ".join(part for part in (f"line {line}" if line else None, field) if part)
        sentence = _printable(f"{where}: {message}" if where else message)
        super().__init__(sentence, Detail("file", sentence))
        self.line, self.field_name = line, field

    def __reduce__(self) -> tuple[Any, ...]:
        """Keep everything when passed between processes."""
        return _as_it_was, (self.message, self.line, self.field_name)


def _as_it_was(sentence: str, line: int | None, field: str | None) -> Refusal:
    refusal = Refusal(sentence)
    refusal.line, refusal.field_name = line, field
    return refusal


def _printable(sentence: str) -> str:
    """Return a sentence that any page can show: surrogates and invisible characters are spelt out."""
    return "".join(each if each.isprintable() else each.encode("unicode-escape").decode() for each in sentence)

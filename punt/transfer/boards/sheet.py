"""Reading a table from CSV, as spreadsheets and other trackers write it."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from punt.language import _, number
from punt.transfer.boards.cards import MOST, one_line
from punt.transfer.boards.fields import plain, strength
from punt.transfer.refusal import Refusal

DELIMITERS = ",;\t|"
WIDEST = 2000
"""Columns that a file may have."""
LONGEST = 10 * MOST
"""Lines that a file may have, most of which contain no ticket."""
EMPTY = 10 * LONGEST
"""Lines that it may have including empty ones."""
LARGEST_CELL = 200_000
PREAMBLE = 20
"""Lines among which the header line is looked for."""
CERTAIN = ("title", "summary")
"""Names that are never a value of a line: one of them alone makes a header."""
_SEPARATOR = re.compile(r'"?sep=(?P<sign>[,;|\t])"?[,;|\t]*(?:\r\n|\r|\n)', re.IGNORECASE)
_BLANKS_BEHIND_QUOTE = re.compile(r'" +(?=[,;|\t\r\n]|\Z)')
_FORMULA = re.compile(r"'[=+\-@\t\r]")

Row = list[str]


@dataclass(frozen=True)
class Heading:
    """A column of a table; those with one name are one.

    :ivar indexes: the indexes of its values in each line.
    """

    name: str
    indexes: tuple[int, ...]


@dataclass
class Sheet:
    """A table as it is in a file.

    :ivar rows: of each line the values by index, several if a cell contains a list.
    :ivar split: whether a cell may contain several names in one text.
    :ivar colors: of labels, by their names.
    :ivar left: what is not imported whatever the columns are.
    """

    headings: list[Heading]
    rows: Sequence[Sequence[str | list[str]]]
    split: bool = True
    colors: dict[str, str] = field(default_factory=dict)
    left: Counter[str] = field(default_factory=Counter)

    def names(self) -> list[str]:
        """List the names of the columns."""
        return [heading.name for heading in self.headings]

    def values(self, row: Sequence[str | list[str]], heading: Heading) -> list[str]:
        """Return the values of a column in a line, without empty ones."""
        cells = [row[index] for index in heading.indexes if index < len(row)]
        found = (value for cell in cells for value in (cell if isinstance(cell, list) else [cell]))
        return [value.strip() for value in found if value.strip()]


def read_sheet(content: bytes) -> Sheet:
    """Read a table with a header line.

    :raises Refusal: when it is not one.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len(content[: error.start].splitlines()) or 1
        raise Refusal(_("This is not UTF-8. Save the file as “CSV UTF-8”."), line=line) from None
    if "\0" in text:
        raise Refusal(_("This is no CSV: it holds a character that is none."))
    csv.field_size_limit(LARGEST_CELL)
    told = _SEPARATOR.match(text)
    rows, header = _table(text[told.end() :] if told else text, told["sign"] if told else "")
    if len(rows[header]) > WIDEST:
        raise Refusal(
            _("It has %(count)s columns; at most %(most)s.", count=len(rows[header]), most=WIDEST), line=header + 1
        )
    headings, lines = headings_of(rows[header]), rows[header + 1 :]
    left = {_("Lines before the header"): header, _("Cells under no name in the header"): _nameless(headings, lines)}
    return Sheet(headings, lines, left=+Counter(left))


def headings_of(names: Sequence[str]) -> list[Heading]:
    """Combine columns with the same name, ignoring those without a name."""
    indexes: dict[str, list[int]] = {}
    for index, name in enumerate(names):
        if plain(name):
            indexes.setdefault(plain(name), []).append(index)
    return [Heading(one_line(names[found[0]], 200) or "?", tuple(found)) for found in indexes.values()]


def _table(text: str, sign: str) -> tuple[list[Row], int]:
    """Read the lines that are not empty, and find the header among them; spaces after quotes are tolerated."""
    try:
        return _strictly(text, sign)
    except Refusal as refusal:
        tidied = _BLANKS_BEHIND_QUOTE.sub('"', text)
        if tidied == text:
            raise
        try:
            return _strictly(tidied, sign)
        except Refusal:
            raise refusal from None


def _strictly(text: str, sign: str) -> tuple[list[Row], int]:
    delimiter, header = (sign, _header(_beginning(text, sign))) if sign else _likeliest(text)
    try:
        rows = list(_rows(text, delimiter, blanks=True))
    except Refusal:  # a quote after a space may be an ordinary character
        rows = list(_rows(text, delimiter, blanks=False))
    return rows or [[]], header


def _likeliest(text: str) -> tuple[str, int]:
    """Return the separator that splits a header line into the most known names, then one that fits the lines below."""
    found = []
    for delimiter in DELIMITERS:
        rows = _beginning(text, delimiter)
        header = _header(rows)
        row = rows[header] if rows else []
        wider = sum(len(each) > len(row) for each in rows[header + 1 :]) if len(row) == 1 else 0
        found.append((strength(row[:WIDEST]), len(row), -wider, -DELIMITERS.index(delimiter), delimiter, header))
    *_, delimiter, header = max(found)
    return delimiter, header


def _header(rows: Sequence[Row]) -> int:
    """Return which line names the columns: the one with the most known names; in doubt the first."""
    strengths = [_certainty(row[:WIDEST]) if nth else strength(row[:WIDEST]) for nth, row in enumerate(rows)]
    return strengths.index(max(strengths)) if strengths else 0


def _certainty(row: Row) -> int:
    found = strength(row)
    return found if found > 1 or any(plain(cell) in CERTAIN for cell in row) else 0


def _beginning(text: str, delimiter: str) -> list[Row]:
    found: list[Row] = []
    try:
        for row in _rows(text, delimiter, blanks=True):
            found.append(row)
            if len(found) > PREAMBLE:
                break
    except Refusal:
        pass
    return found


def _rows(text: str, delimiter: str, *, blanks: bool) -> Iterator[Row]:
    """Yield the lines that are not empty.

    :param blanks: whether spaces before a value are ignored, so that a quote may follow them.
    """
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=blanks)
    count = 0
    try:
        for nth, row in enumerate(reader):
            if any(cell.strip() for cell in row):
                count += 1
                yield [cell[1:] if _FORMULA.match(cell) else cell for cell in row]
            if count > LONGEST or nth > EMPTY:
                raise Refusal(
                    _("It has more than %(most)s lines. Import it in parts.", most=number(LONGEST)),
                    line=reader.line_num,
                )
    except csv.Error as error:
        raise Refusal(_("This is no CSV: %(error)s.", error=error), line=reader.line_num) from None


def _nameless(headings: Sequence[Heading], rows: Iterable[Row]) -> int:
    """Count the cells without a column name, in lines that are tickets or not."""
    named = {index for heading in headings for index in heading.indexes}
    return sum(bool(cell.strip()) for row in rows for index, cell in enumerate(row) if index not in named)

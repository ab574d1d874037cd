"""Reading dates as programs write them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

_NO_DAY = re.compile(r"0000|0001-?01-?01|0?1/0?1/0001", re.ASCII)
"""What programs and databases write if a date cannot be empty: the first possible date, or day 0."""
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_NAMES, 1)}
_NUMBERS = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d\d)(?!\d)", re.ASCII)
_DOTS = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})(?!\d)", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})(?!\d)", re.ASCII)
_DAY_MONTH = re.compile(r"(?:[a-z]+,? )?(\d{1,2})[-/ .]([a-z]{3})[a-z]*[-/ .,]+(\d{4}|\d\d)(?!\d)", re.ASCII)
_MONTH_DAY = re.compile(r"(?:[a-z]{3,9},? )?([a-z]{3})[a-z]*\.? (\d{1,2}),? (\d{4})(?!\d)", re.ASCII)


def given_day(text: str | None) -> str:
    """Return what is written as a date, or nothing if it stands for "no date"."""
    found = (text or "").strip()
    return "" if _NO_DAY.match(found) else found


def day(text: str, *, day_first: bool | None = None) -> date | None:
    """Read a date in one of the usual formats, with or without a time; None when it is none, or ambiguous.

    :param day_first: whether of numbers such as ``5/6/2026`` the first is the day; None when unknown.
    """
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        pass
    try:
        return _written_out(text.strip().lower()) or _numbers(text.strip(), day_first)
    except (ValueError, KeyError):  # such as the 31st of a month that has 30 days
        return None


def day_comes_first(texts: Iterable[str]) -> bool | None:
    """Infer from all dates of a column whether ``5/6/2026`` is in June: an unambiguous one decides."""
    numbers = [match for match in map(_NUMBERS.match, texts) if match]
    day_first = any(int(match[1]) > 12 for match in numbers)
    month_first = any(int(match[2]) > 12 for match in numbers)
    return day_first if day_first != month_first else None


def _written_out(text: str) -> date | None:
    if match := _DAY_MONTH.match(text):
        return date(_year(match[3]), _MONTHS[match[2]], int(match[1]))
    if match := _MONTH_DAY.match(text):
        return date(int(match[3]), _MONTHS[match[1]], int(match[2]))
    if match := _YEAR_FIRST.match(text):
        return date(int(match[1]), int(match[2]), int(match[3]))
    if match := _DOTS.match(text):
        return date(int(match[3]), int(match[2]), int(match[1]))
    return None


def _numbers(text: str, day_first: bool | None) -> date | None:
    match = _NUMBERS.match(text)
    if not match:
        return None
    one, two, year = int(match[1]), int(match[2]), _year(match[3])
    if one == two or two > 12:
        return date(year, one, two)
    if one > 12 or day_first:
        return date(year, two, one)
    return None if day_first is None else date(year, one, two)


def _year(text: str) -> int:
    return int(text) + (2000 if len(text) == 2 else 0)

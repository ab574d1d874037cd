"""How a column's values are written to an export and read from it, as the column's type alone determines."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime
from math import isfinite
from typing import Any

import sqlalchemy as sa

from punt.database import Timestamp
from punt.language import _

DEPTH = 32
"""How deep lists and objects may be nested in a JSON value."""
_UNFIT = re.compile(r"[\x00\ud800-\udfff]")


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class Codec:
    """The three conversions of a value.

    :param write: from Python, as the database returns it, to JSON.
    :param check: from JSON to what a scratch database stores, raising ValueError with a sentence when it is wrong.
    :param revive: from the scratch database to Python, as the database takes it.
    """

    write: Callable[[Any], Any]
    check: Callable[[Any], Any]
    revive: Callable[[Any], Any]


def codec_for(column: sa.Column[Any]) -> Codec:
    """Return the codec of a column.

    :raises TypeError: when there is none for its type.
    """
    kind = column.type
    if isinstance(kind, sa.String):
        return Codec(_same, _text(kind.length), _same)
    if isinstance(kind, sa.Boolean):
        return Codec(_same, _truth, bool)
    if isinstance(kind, sa.Integer):
        return Codec(_same, _whole(63 if isinstance(kind, sa.BigInteger) else 31), _same)
    for known, codec in _OTHERS.items():
        if isinstance(kind, known):
            return codec
    raise TypeError(f"nothing is known of exporting {kind!r}, the type of {column}")


def _text(most: int | None) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError(_("This must be a text."))
        if most is not None and len(value) > most:
            raise ValueError(_("At most %(most)s characters.", most=most))
        if _UNFIT.search(value):
            raise ValueError(_("This holds a character that is none."))
        return value

    return check


def _whole(bits: int) -> Callable[[Any], int]:
    def check(value: Any) -> int:
        if type(value) is not int:
            raise ValueError(_("This must be a whole number."))
        if not -(1 << bits) <= value < 1 << bits:
            raise ValueError(_("This number is too large."))
        return value

    return check


def _truth(value: Any) -> int:
    if not isinstance(value, bool):
        raise ValueError(_("This must be true or false."))
    return int(value)


def day(value: Any) -> str:
    """Return a date as it is written, or raise ValueError with a sentence."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            pass
    raise ValueError(_("This must be a day, such as 2026-01-15."))


def moment(value: Any) -> str:
    """Return a timestamp as it is written, or raise ValueError with a sentence.

    Those of the first and the last year are refused: in other time zones they are beyond what Python supports.
    """
    if isinstance(value, str) and value.endswith("Z") and len(value) <= 30:
        try:
            year = datetime.fromisoformat(value).astimezone(UTC).year
        except (ValueError, OverflowError):
            year = 0
        if MINYEAR < year < MAXYEAR:
            return value
    raise ValueError(_("This must be a moment in UTC, such as 2026-01-15T10:30:00Z."))


def _bytes(value: Any) -> str:
    try:
        base64.b64decode(value, validate=True)
    except (TypeError, ValueError, binascii.Error):
        raise ValueError(_("This must be bytes in base64.")) from None
    return str(value)


def _json(value: Any) -> str:
    _refuse_unfit(value, DEPTH)
    return json.dumps(value)


def _refuse_unfit(value: Any, depth: int) -> None:
    if not depth:
        raise ValueError(_("This is nested more than %(depth)s deep.", depth=DEPTH))
    if isinstance(value, str) and _UNFIT.search(value):
        raise ValueError(_("This holds a character that is none."))
    if isinstance(value, float) and not isfinite(value):
        raise ValueError(_("This holds a number that is none."))
    parts = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        _refuse_unfit(part, depth - 1)


def _written(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


_OTHERS: dict[type[Any], Codec] = {
    Timestamp: Codec(_written, moment, datetime.fromisoformat),
    sa.Date: Codec(date.isoformat, day, date.fromisoformat),
    sa.JSON: Codec(_same, _json, json.loads),
    sa.LargeBinary: Codec(lambda value: base64.b64encode(value).decode(), _bytes, base64.b64decode),
}

"""How much a body of JSON holds, told before anything is made of it: each value may cost a hundred times its bytes."""

from __future__ import annotations

import re

_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
"""A string, or one that does not end: to look for its end once more from each quotation mark in it would take long."""
_SIGNS = (b"{", b"[", b",", b":")
IN_TEXTS = 120_000
"""So many signs and quotation marks may stand in texts; a description has 50,000 characters."""


class TooMuch(ValueError):
    """There are more names and values than something can have."""


def refuse_more_than(most: int, text: bytes) -> None:
    """Go on only when a text holds no more names, values, objects and arrays than so many.

    :param text: JSON, or what claims to be some.
    :raises TooMuch: when it holds more.
    """
    signs, marks = _signs_in(text), text.count(b'"')
    if signs <= most:
        return
    if signs + marks > 3 * most + IN_TEXTS or _signs_in(_STRING.sub(b"", text)) > most:
        raise TooMuch(f"This is too much: at most {most:,} names and values.")


def _signs_in(text: bytes) -> int:
    return sum(map(text.count, _SIGNS))

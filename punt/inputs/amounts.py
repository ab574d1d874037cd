"""How much a JSON body contains, checked before it is parsed: each value may cost a hundred times its bytes."""

from __future__ import annotations

import re

from punt.language import _, number

_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
"""A string, or an unterminated one: searching for its end again from each quotation mark in it would take long."""
_SIGNS = (b"{", b"[", b",", b":")
IN_TEXTS = 120_000
"""So many punctuation and quotation marks may be inside strings; a description has 50,000 characters."""


class TooMuch(ValueError):
    """There are more names and values than anything can have."""


def refuse_more_than(most: int, text: bytes) -> None:
    """Continue only if a text contains at most so many names, values, objects and arrays.

    :param text: JSON, or what claims to be.
    :raises TooMuch: when it contains more.
    """
    signs, marks = _signs_in(text), text.count(b'"')
    if signs <= most:
        return
    if signs + marks > 3 * most + IN_TEXTS or _signs_in(_STRING.sub(b"", text)) > most:
        raise TooMuch(_("This is too much: at most %(most)s names and values.", most=number(most)))


def _signs_in(text: bytes) -> int:
    return sum(map(text.count, _SIGNS))

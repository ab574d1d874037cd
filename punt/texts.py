"""Texts as people see them: whether there is anything to read in one, and when two say the same."""

from __future__ import annotations

import re
import unicodedata

UNSEEN = (
    r"\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    r"\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
)
"""For a pattern's brackets: what shows nothing by itself.

Source: Default_Ignorable_Code_Point of the Unicode Character Database, its BMP; with the blank of Braille.
"""
_SEEN = re.compile(rf"[^\s\x00-\x1f\x7f-\x9f{UNSEEN}\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]")


def shows_anything(text: str) -> bool:
    """Tell whether there is anything to read in a text."""
    return _SEEN.search(text) is not None


def folded(text: str) -> str:
    """Write a text so that it is found whatever its case and however its letters are composed.

    Source: Unicode Standard Annex 15; NFC makes one of é and of e with an accent after it.
    """
    return unicodedata.normalize("NFC", text.lower())

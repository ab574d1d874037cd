"""Texts as people see them: whether one shows anything at all, and when two are the same name."""

from __future__ import annotations

import re
import unicodedata

UNSEEN = (
    r"\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    r"\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
)
"""For a pattern's brackets: what is invisible by itself.

Source: Default_Ignorable_Code_Point of the Unicode Character Database, its BMP; with the blank of Braille.
"""
_FAR = r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
"""Likewise, beyond the BMP."""
_FLAGS = "\U0001f3f4[\U000e0020-\U000e007f]+"
"""Flags such as that of Scotland, which differ in the invisible characters after a black flag."""
_SEEN = re.compile(rf"[^\s\x00-\x1f\x7f-\x9f{UNSEEN}{_FAR}]")
_INVISIBLE = re.compile(rf"({_FLAGS})|[{UNSEEN}{_FAR}]")


def shows_anything(text: str) -> bool:
    """Tell whether a text shows anything."""
    return _SEEN.search(text) is not None


def folded(text: str) -> str:
    """Write a text so that it is found whatever its case and however its letters are composed.

    Source: Unicode Standard Annex 15; NFC unifies é and e with an accent after it.
    """
    return unicodedata.normalize("NFC", text.lower())


def sought(text: str) -> str:
    """Write a text so that it is found whatever its case, its composition, and the invisible characters in it."""
    return folded(visible(text))


def visible(text: str) -> str:
    """Remove what is invisible: texts that differ only in that look the same."""
    return _INVISIBLE.sub(r"\1", text)


def key_of(name: str) -> str:
    """Write a name so that names that count as the same are equal.

    Case, composition and invisible characters do not count. The name itself is kept as it was written, because emoji
    and some scripts need invisible characters to look right.
    Source: Unicode Standard, D145, canonical caseless matching, without what is to be ignored by default.
    """
    plain = unicodedata.normalize("NFD", visible(name)).casefold()
    return unicodedata.normalize("NFC", plain).strip()

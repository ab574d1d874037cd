"""When two texts say the same to who reads them, however their letters are composed."""

from __future__ import annotations

import unicodedata


def folded(text: str) -> str:
    """Write a text so that it is found whatever its case and however its letters are composed.

    Source: Unicode Standard Annex 15; NFC makes one of é and of e with an accent after it.
    """
    return unicodedata.normalize("NFC", text.lower())

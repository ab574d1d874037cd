"""When two texts are the same name."""

from __future__ import annotations

import sys

import pytest

from punt.models.texts import key_of, visible

ENGLAND, SCOTLAND = (
    "🏴" + "".join(chr(0xE0000 + ord(letter)) for letter in region) + "\U000e007f" for region in ("gbeng", "gbsct")
)
SAME = [
    ("Résumé", "Re\u0301sume\u0301"),
    ("Bug", "BUG"),
    ("Bug", "B\u200bug"),
    ("Bug", "\ufeffBug \u2060"),
    ("Bug", "Bu\u00adg"),
    ("Bug", "\u202eBug\u202c"),
    ("Straße", "STRASSE"),
    ("Ångström", "A\u030angstro\u0308m"),
    ("ΣΊΣΥΦΟΣ", "σίσυφος"),
    ("می\u200cخواهم", "میخواهم"),
    ("क्\u200dष", "क्ष"),
    ("❤️", "❤"),
    ("👩\u200d🚀", "👩🚀"),
    ("e\u0323\u0302", "ệ"),
    ("ᾳ\u0301", "ᾴ"),
    ("각", "각"),
]
OTHERS = [
    ("Bug", "Bugs"),
    ("👩\u200d🚀", "👨\u200d🚀"),
    ("👍🏽", "👍🏿"),
    (ENGLAND, SCOTLAND),
    ("1️⃣", "1"),
    ("ก็", "ก"),
    ("resume", "résumé"),
    ("O", "0"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_names_that_differ_by_case_composition_or_invisible_characters_are_the_same(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_names_that_look_different_are_not_the_same(one: str, other: str) -> None:
    assert key_of(one) != key_of(other)


def test_a_key_is_its_own_key_and_never_longer_than_its_column() -> None:
    letters = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF]

    keys = {letter: key_of(letter) for letter in letters}

    assert max(map(len, keys.values())) <= 3
    assert not [letter for letter, key in keys.items() if key != letter and key_of(key) != key]


def test_what_is_left_of_a_text_is_as_it_was_written() -> None:
    assert visible("Re\u0301\u200bsumé 👩\u200d🚀") == "Re\u0301sumé 👩🚀"

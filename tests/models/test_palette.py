"""Colours on which white text is readable."""

from __future__ import annotations

import pytest

from punt.models.palette import AVATARS, LABELS, NAMES, PROJECTS, choices, pick

ALL = sorted({*AVATARS, *LABELS, *PROJECTS})


def luminance(color: str) -> float:
    """Relative luminance; source: WCAG 2.2."""
    parts = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("color", ALL)
def test_white_text_on_a_colour_has_a_contrast_of_4_5(color: str) -> None:
    assert 1.05 / (luminance(color) + 0.05) >= 4.5


def test_every_colour_has_a_name_of_its_own() -> None:
    assert NAMES.keys() == set(ALL)
    assert len(set(NAMES.values())) == len(NAMES)
    assert choices(LABELS)[0] == {"name": "Sky", "color": "#1d6fd1"}


def test_the_same_name_gets_the_same_colour() -> None:
    assert pick(AVATARS, "alice") == pick(AVATARS, "alice")
    assert len({pick(AVATARS, str(number)) for number in range(200)}) == len(AVATARS)

"""Fixed colours, all at least 4.5:1 with white text and distinguishable with colour-vision deficiencies."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from punt.language import later

AVATARS = ("#7a3ff2", "#b4491f", "#1d6f8a", "#0f7b4d", "#a3296f", "#5b5fc7", "#8a5a00", "#475467")
LABELS = ("#1d6fd1", "#7a3ff2", "#0f7b4d", "#b4491f", "#a3296f", "#0b7285", "#8a5a00", "#c02b2b", "#5b5fc7", "#566072")
PROJECTS = ("#0b7a70", "#0b62d6", "#7a3ff2", "#a3296f", "#c02b2b", "#b4491f", "#8a5a00", "#0f7b4d", "#475467")

NAMES = {
    "#7a3ff2": later("Violet"),
    "#b4491f": later("Rust"),
    "#1d6f8a": later("Petrol"),
    "#0f7b4d": later("Green"),
    "#a3296f": later("Raspberry"),
    "#5b5fc7": later("Indigo"),
    "#8a5a00": later("Ochre"),
    "#475467": later("Slate"),
    "#1d6fd1": later("Sky"),
    "#0b7285": later("Teal"),
    "#c02b2b": later("Red"),
    "#566072": later("Grey"),
    "#0b7a70": later("Lagoon"),
    "#0b62d6": later("Blue"),
}


def pick(palette: Sequence[str], name: str) -> str:
    """Choose a colour by name: the same name always gets the same one."""
    return palette[zlib.crc32(name.encode()) % len(palette)]


def choices(palette: Sequence[str]) -> list[dict[str, str]]:
    """List a palette for a form."""
    return [{"name": NAMES[color], "color": color} for color in palette]

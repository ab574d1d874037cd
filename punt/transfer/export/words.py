"""What people read about exports and imports, and what they type before something is destroyed."""

from __future__ import annotations

from punt.transfer.export.checking import Contents

PHRASES = {
    "import": "replace everything",
    "wipe": "wipe everything",
    "wipe-projects": "wipe all projects",
}
"""The phrase typed before something is destroyed, by what destroys it."""

NAMES = {"user": ("person", "people"), "project": ("project", "projects"), "ticket": ("ticket", "tickets")}
"""The tables by which a person recognises a database, and the names of their rows."""


def summary(contents: Contents) -> str:
    """Return a sentence about what a file contains."""
    parts = [
        f"{count:,} {one if count == 1 else many}"
        for count, (one, many) in ((contents.counts.get(name, 0), words) for name, words in NAMES.items())
    ]
    made = contents.header.made_at
    return f"An export of {made:%Y-%m-%d %H:%M} UTC, by PUNT {contents.header.punt}: {', '.join(parts)}."


def size_in_words(size: float) -> str:
    """Write a number of bytes in words."""
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"

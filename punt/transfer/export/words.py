"""What people read about exports and imports, and what they type before something is destroyed."""

from __future__ import annotations

from punt.transfer.export.checking import Contents

PHRASES = {
    "import": "replace everything",
    "wipe": "wipe everything",
    "wipe-projects": "wipe all projects",
}
"""What is typed before something is destroyed, by what destroys it."""

NAMES = {"user": ("person", "people"), "project": ("project", "projects"), "ticket": ("ticket", "tickets")}
"""The tables by which a person knows a database again, and what their rows are called."""


def told(contents: Contents) -> str:
    """Say in a sentence what a file holds."""
    parts = [
        f"{count:,} {one if count == 1 else many}"
        for count, (one, many) in ((contents.counts.get(name, 0), words) for name, words in NAMES.items())
    ]
    made = contents.header.made_at
    return f"An export of {made:%Y-%m-%d %H:%M} UTC, by PUNT {contents.header.punt}: {', '.join(parts)}."


def size_in_words(size: float) -> str:
    """Write a number of bytes as one says it."""
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"

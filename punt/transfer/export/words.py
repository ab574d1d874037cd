"""What people read about exports and imports, and what they type before something is destroyed."""

from __future__ import annotations

from collections.abc import Mapping

from punt.language import _, decimal, plural
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
    return _(
        "An export of %(moment)s UTC, by PUNT %(version)s: %(contents)s.",
        moment=contents.header.made_at.strftime("%Y-%m-%d %H:%M"),
        version=contents.header.punt,
        contents=counted(contents.counts),
    )


def counted(counts: Mapping[str, int]) -> str:
    """Say how many people, projects and tickets there are."""
    people, projects, tickets = (counts.get(name, 0) for name in NAMES)
    parts = (
        plural("%(num)s person", "%(num)s people", people),
        plural("%(num)s project", "%(num)s projects", projects),
        plural("%(num)s ticket", "%(num)s tickets", tickets),
    )
    return ", ".join(parts)


def size_in_words(size: float) -> str:
    """Write a number of bytes in words."""
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return plural("%(num)s byte", "%(num)s bytes", int(size)) if unit == "bytes" else f"{decimal(size)} {unit}"
        size /= 1000
    return f"{decimal(size)} GB"

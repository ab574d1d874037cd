"""The last frames of the log, which all streams of a worker share."""

from __future__ import annotations

from collections.abc import Sequence

from punt.events.cursor import Cursor
from punt.events.delivery import Frame

MOST, MOST_BYTES = 256, 8 * 1024 * 1024
"""Frames that are kept, and their bytes in memory; a stream that is further behind reads the log."""


class Ring:
    """Frames at consecutive positions, the newest last.

    :ivar position: of the newest event that was published.
    :ivar epoch: its epoch, or None as long as the hub follows no log.
    """

    def __init__(self) -> None:
        self.position = 0
        self.epoch: str | None = None
        self.frames: list[Frame] = []
        self.bytes = 0

    def after(self, position: int) -> list[Frame] | None:
        """Return the frames after a position, or None if they are no longer here."""
        missing = self.position - position
        if missing <= 0:
            return []
        found = self.frames[-missing:]
        return found if len(found) == missing and found[0].entry.position == position + 1 else None

    def add(self, frames: Sequence[Frame]) -> None:
        """Add the next frames, and drop the oldest ones as soon as there are too many."""
        self.frames += frames
        self.bytes += sum(frame.size for frame in frames)
        while len(self.frames) > MOST or self.bytes > MOST_BYTES:
            self.bytes -= self.frames[0].size
            del self.frames[0]
        self.epoch, self.position = frames[-1].entry.epoch, frames[-1].entry.position

    def restart_at(self, head: Cursor) -> None:
        """Continue from another place in the log."""
        self.epoch, self.position = head.epoch, head.position
        self.clear()

    def clear(self) -> None:
        """Drop all frames."""
        self.frames, self.bytes = [], 0

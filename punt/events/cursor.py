"""The cursor: a stream's place in the log, ``<epoch>-<position>``, opaque to clients."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PATTERN = re.compile(r"([0-9a-z]{1,32})-(0|[1-9][0-9]{0,17})")


@dataclass(frozen=True)
class Cursor:
    """A place in the log: everything up to and including ``position`` of this ``epoch`` has been seen."""

    epoch: str
    position: int

    def __str__(self) -> str:
        return f"{self.epoch}-{self.position}"

    @classmethod
    def parse(cls, text: str) -> Cursor | None:
        """Read what a client sent back; None when it is no cursor of ours."""
        match = _PATTERN.fullmatch(text)
        return cls(match[1], int(match[2])) if match else None

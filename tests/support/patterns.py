"""What a value must look like if it cannot be known beforehand."""

from __future__ import annotations

import re


class Like:
    """Equal to every text that matches a pattern, so that whole messages can be compared."""

    def __init__(self, pattern: str) -> None:
        self._pattern = re.compile(pattern)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and self._pattern.fullmatch(other) is not None

    def __hash__(self) -> int:
        return hash(self._pattern)

    def __repr__(self) -> str:
        return f"<like {self._pattern.pattern}>"


TIMESTAMP = Like(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
CURSOR = Like(r"[0-9a-f]{8}-\d+")
ID = Like(r"[0-9a-hjkmnp-tv-z]{26}")

"""JSON in which every name stands once: of two, some programs take the first and others the last."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any


class NameTwice(ValueError):
    """An object of JSON gives a name twice."""

    def __init__(self, name: str) -> None:
        self.name = name[:80]
        super().__init__(f"{self.name} stands here twice.")


def refuse_names_twice(text: bytes) -> None:
    """Go on only when no object gives a name twice; the text is known to be JSON.

    :raises NameTwice: when one does.
    """
    json.loads(text, object_pairs_hook=each_once, parse_int=str)


def each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of its names and values, for ``json.loads``.

    :raises NameTwice: when a name stands there twice.
    """
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NameTwice(Counter(name for name, _ in pairs).most_common(1)[0][0])
    return found

"""JSON in which every name occurs once: of two, some programs use the first and others the last."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any


class NameTwice(ValueError):
    """A name occurs twice in a JSON object."""

    def __init__(self, name: str) -> None:
        self.name = name[:80]
        super().__init__(f"{self.name} stands here twice.")


def refuse_names_twice(text: bytes) -> None:
    """Continue only if no object contains a name twice; the text is known to be JSON.

    :raises NameTwice: when one does.
    """
    json.loads(text, object_pairs_hook=each_once, parse_int=str)


def each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of its names and values, for ``json.loads``.

    :raises NameTwice: when a name occurs twice.
    """
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NameTwice(Counter(name for name, _ in pairs).most_common(1)[0][0])
    return found

"""The lines of an export file: gzipped JSON, a header, one line per row, and a trailer with a checksum."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from punt.inputs.base import Input

FORMAT = "punt-export"
VERSION = 1
"""The version of the format. It grows when older files need an upgrade; a new column with a default needs none."""

Row = dict[str, Any]
Upgrade = Callable[[str, Row], Iterator[tuple[str, Row]]]

UPGRADES: dict[int, Upgrade] = {}
"""From each older version to the next: a row of a table becomes any number of rows of any tables."""


class Header(Input):
    """The first line: what the file is and how many rows of each table it contains."""

    format: Literal["punt-export"]
    version: Annotated[int, Field(ge=1)]
    punt: Annotated[str, StringConstraints(max_length=40)]
    made_at: datetime
    epoch: Annotated[str, StringConstraints(max_length=32)]
    counts: Annotated[dict[str, Annotated[int, Field(ge=0)]], Field(max_length=500)]

    @property
    def rows(self) -> int:
        """The number of lines between header and trailer."""
        return sum(self.counts.values())


class Trailer(Input):
    """The last line: how many rows there were, and the SHA-256 of all lines before it."""

    rows: int
    sha256: str


class RowLine(Input):
    """One row of a table."""

    table: str
    row: Row


class Seal:
    """Hashes lines, so that the trailer can tell whether they are unchanged."""

    def __init__(self) -> None:
        self._digest, self.lines = hashlib.sha256(), 0

    def add(self, line: bytes) -> None:
        """Add one line."""
        self._digest.update(line)
        self.lines += 1

    @property
    def sha256(self) -> str:
        """The checksum of all lines so far."""
        return self._digest.hexdigest()


def encoded(thing: Any) -> bytes:
    """Write a line."""
    return json.dumps(thing, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def upgraded(version: int, table: str, row: Row) -> Iterator[tuple[str, Row]]:
    """Upgrade a row of an older file to the current version, step by step."""
    if version == VERSION:
        yield table, row
        return
    for next_table, next_row in UPGRADES[version](table, row):
        yield from upgraded(version + 1, next_table, next_row)

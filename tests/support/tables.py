"""Tables, read with their columns guessed."""

from __future__ import annotations

from punt.transfer.cards import Plan
from punt.transfer.rows import planned
from punt.transfer.sheet import read_sheet


def read_csv(content: bytes) -> Plan:
    """Turn a table with a header line into what it brings; it raises what reading it does."""
    return planned(read_sheet(content))

"""Tables, read with their columns guessed."""

from __future__ import annotations

from punt.transfer.boards.cards import Plan
from punt.transfer.boards.rows import planned
from punt.transfer.boards.sheet import read_sheet


def read_csv(content: bytes) -> Plan:
    """Turn a table with a header line into a plan; raises what reading it does."""
    return planned(read_sheet(content))

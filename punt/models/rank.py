"""Ranks: sortable strings, so that a move changes one row. Compared bytewise."""

from __future__ import annotations

import sqlalchemy as sa
from fractional_indexing import generate_key_between, generate_n_keys_between

RANK = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def between(above: str | None, below: str | None) -> str:
    """Return a rank after ``above`` and before ``below``; None stands for the end of the column."""
    return str(generate_key_between(above, below))


def several_between(above: str | None, below: str | None, count: int) -> list[str]:
    """Return rising ranks as :func:`between` does, evenly spread."""
    return [str(rank) for rank in generate_n_keys_between(above, below, count)]

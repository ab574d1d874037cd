"""Ranks: sortable strings, so that a move changes one row. Compared bytewise."""

from __future__ import annotations

import sqlalchemy as sa
from fractional_indexing import generate_key_between

RANK = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def between(above: str | None, below: str | None) -> str:
    """Return a rank after ``above`` and before ``below``; None stands for the end of the column."""
    return str(generate_key_between(above, below))

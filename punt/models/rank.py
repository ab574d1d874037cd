"""Ranks: sortable strings, so that a move changes one row. Compared bytewise."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import sqlalchemy as sa
from fractional_indexing import generate_n_keys_between

from punt.errors import Busy

RANK = sa.String().with_variant(sa.String(collation="C"), "postgresql")
LONGEST = 48
"""Characters of the longest rank that is given: a place that needs a longer one is crowded."""
SHORT = 24
"""Characters of the longest rank in a column that was spread; there is room for some 130 moves to one spot until it is
crowded again."""
LONGEST_KNOWN = 1000
"""Characters of the longest rank that is accepted; earlier versions of PUNT gave some that were nearly as long."""


class Crowded(Busy):
    """There is no short rank left between two tickets; their column has to be spread, and the move repeated.

    :ivar column_id: the column, once that is known.
    """

    column_id: str | None = None


def is_long(rank: str) -> bool:
    """Tell whether a rank is longer than any that is given now."""
    return len(rank) > LONGEST


def between(above: str | None, below: str | None) -> str:
    """Return a rank after ``above`` and before ``below``; None stands for the end of the column.

    :raises Crowded: when it would be longer than ``LONGEST``.
    """
    return several_between(above, below, 1)[0]


def several_between(above: str | None, below: str | None, count: int) -> list[str]:
    """Return increasing ranks as :func:`between` does, evenly spread."""
    if above and below and (is_long(above) or is_long(below)):  # the library would recurse as deep as they are long
        raise Crowded
    ranks = _between(above, below, count)
    if any(map(is_long, ranks)):
        raise Crowded
    return ranks


def spread(ranks: Sequence[str]) -> list[str]:
    """Return increasing ranks for the same tickets, none longer than ``SHORT``; most short ones stay.

    No new rank equals one that another ticket has now, so that they can be assigned one by one.

    :param ranks: the current ones of a whole column, increasing.
    """
    spread, at = list(ranks), 0
    while at < len(spread):
        at = at + 1 if len(spread[at]) <= SHORT else _make_short(spread, at, ranks)
    return spread


def _make_short(ranks: list[str], start: int, taken: Sequence[str]) -> int:
    """Replace the long ranks from an index on, and as many around them as necessary; return where they end."""
    stop = start + 1
    while True:
        while stop < len(ranks) and len(ranks[stop]) > SHORT:
            stop += 1
        fresh = _free(ranks[start - 1] if start else None, next(iter(ranks[stop:]), None), stop - start, taken)
        if max(map(len, fresh)) <= SHORT:
            ranks[start:stop] = fresh
            return stop
        start, stop = max(2 * start - stop, 0), min(2 * stop - start, len(ranks))


def _free(above: str | None, below: str | None, count: int, taken: Sequence[str]) -> list[str]:
    """Return increasing ranks that are not among those taken."""
    start, stop = bisect_right(taken, above) if above else 0, bisect_left(taken, below) if below else len(taken)
    here = frozenset(taken[start:stop])
    return [rank for rank in _between(above, below, count + len(here)) if rank not in here][:count]


def _between(above: str | None, below: str | None, count: int) -> list[str]:
    return [str(rank) for rank in generate_n_keys_between(above, below, count)]

"""Sorting a column once: as few tickets as possible move."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from punt.models.column import Column
from punt.models.rank import several_between
from punt.models.ticket import Priority, Ticket
from punt.models.together import LEAN, all_of, flushed


class SortBy(StrEnum):
    """What a column can be sorted by."""

    PRIORITY = "priority"
    DUE = "dueDate"


_URGENCY = {priority.value: -level for level, priority in enumerate(Priority)}
_KEYS: dict[SortBy, Callable[[Ticket], Any]] = {
    SortBy.PRIORITY: lambda ticket: _URGENCY[ticket.priority],
    SortBy.DUE: lambda ticket: ticket.due_date or date.max,
}


def sort_column(column: Column, by: SortBy) -> list[Ticket]:
    """Sort a column's tickets, the most urgent on top, equal ones as they are; return those that moved."""
    mine, taken = _hold(column)
    return _give_ranks(column, sorted(mine, key=_KEYS[by]), taken)


def order_column(column: Column, seen: Mapping[str, str]) -> list[Ticket]:
    """Put tickets into an order, in the places that they occupy together; return those that moved.

    :param seen: the rank of each by its id, in the desired order. If one has another rank by now, or is
        gone, somebody else moved it and it stays there.
    """
    mine, taken = _hold(column)
    by_id = {ticket.id: ticket for ticket in mine if seen.get(ticket.id) == ticket.rank}
    named = iter([by_id[ticket_id] for ticket_id in seen if ticket_id in by_id])
    return _give_ranks(column, [next(named) if ticket.id in by_id else ticket for ticket in mine], taken)


def ranks_for(wanted: Sequence[str], taken: Sequence[str]) -> list[str]:
    """Return increasing ranks, keeping as many of the current ones as possible.

    :param wanted: the current ranks, in the desired order.
    :param taken: all ranks of the column, increasing; no new one equals any, not even one that is given up.
    """
    staying = set(_longest_rise(wanted))
    ranks: list[str] = []
    for stays, group in groupby(wanted, staying.__contains__):
        run = list(group)
        above = ranks[-1] if ranks else None
        below = bisect_right(taken, above) if above else 0
        ranks += run if stays else several_between(above, next(iter(taken[below:]), None), len(run))
    return ranks


def _give_ranks(column: Column, wanted: Sequence[Ticket], taken: Sequence[str]) -> list[Ticket]:
    with column.placing():
        ranks = ranks_for([ticket.rank for ticket in wanted], taken)
    moved = [(ticket, rank) for ticket, rank in zip(wanted, ranks, strict=True) if ticket.rank != rank]
    for ticket, rank in flushed(moved):
        ticket.rank = rank
    return [ticket for ticket, _ in moved]


def _hold(column: Column) -> tuple[list[Ticket], list[str]]:
    """Lock the tickets that exist, and all ranks: one that arrives at this very moment stays where it is put."""
    inside = sa.select(Ticket).where(Ticket.column_id == column.id)
    held = set(Ticket.hold(Ticket.column_id == column.id))
    column.hold()
    present = all_of(inside.order_by(Ticket.rank).execution_options(populate_existing=True).options(LEAN))
    return [ticket for ticket in present if ticket.id in held], [ticket.rank for ticket in present]


def _longest_rise(ranks: Sequence[str]) -> list[str]:
    """Return a longest increasing subsequence, last first."""
    ends: list[str] = []
    before: dict[str, str | None] = {}
    for rank in ranks:
        index = bisect_left(ends, rank)
        before[rank] = ends[index - 1] if index else None
        ends[index : index + 1] = [rank]
    rise: list[str] = []
    last = ends[-1] if ends else None
    while last is not None:
        rise.append(last)
        last = before[last]
    return rise

"""The ranks that a sorted column gets."""

from __future__ import annotations

from bisect import bisect_left

from hypothesis import given
from hypothesis import strategies as st

from punt.models.rank import several_between
from punt.models.sorting import ranks_for

ORDERS = st.integers(0, 30).flatmap(lambda count: st.permutations(range(count)))


def longest_rise(order: list[int]) -> int:
    """Count how many could stay, in another way: only the ends of the runs are kept."""
    ends: list[int] = []
    for each in order:
        place = bisect_left(ends, each)
        ends[place : place + 1] = [each]
    return len(ends)


@given(ORDERS)
def test_ranks_rise_in_the_wanted_order_and_as_many_as_possible_stay(order: list[int]) -> None:
    taken = several_between(None, None, len(order))
    wanted = [taken[place] for place in order]

    ranks = ranks_for(wanted, taken)

    assert ranks == sorted(set(ranks))
    assert sum(old == new for old, new in zip(wanted, ranks, strict=True)) == longest_rise(order)


@given(ORDERS, st.data())
def test_no_new_rank_was_ever_another_tickets(order: list[int], data: st.DataObject) -> None:
    taken = several_between(None, None, len(order))
    mine = [place for place in order if data.draw(st.booleans())]
    wanted = [taken[place] for place in mine]

    ranks = ranks_for(wanted, taken)

    assert ranks == sorted(set(ranks))
    assert not {new for old, new in zip(wanted, ranks, strict=True) if old != new} & set(taken)

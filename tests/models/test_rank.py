"""Ranks: there is always room between two."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from punt.models.rank import between


@given(st.lists(st.integers(0, 1000), max_size=60))
def test_inserting_anywhere_keeps_ranks_sorted_bytewise(places: list[int]) -> None:
    ranks: list[str] = []

    for place in places:
        index = place % (len(ranks) + 1)
        above = ranks[index - 1] if index else None
        below = ranks[index] if index < len(ranks) else None
        ranks.insert(index, between(above, below))

    assert [rank.encode() for rank in ranks] == sorted({rank.encode() for rank in ranks})


def test_a_column_filled_from_its_bottom_has_short_ranks() -> None:
    rank = None

    for _ in range(5000):
        rank = between(rank, None)

    assert rank
    assert len(rank) <= 5

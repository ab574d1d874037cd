"""Ranks: there is always room between two, and none gets long."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from fractional_indexing import generate_key_between
from hypothesis import given
from hypothesis import strategies as st

from punt.models import rank as ranks
from punt.models.rank import LONGEST, SHORT, Crowded, between, several_between, spread


class Shelf:
    """A column as a list of things and their ranks, spread when there is no room."""

    def __init__(self, count: int = 0) -> None:
        self.ranks, self.things = several_between(None, None, count), list(range(count))
        self.spreads = self.longest = 0

    def insert(self, place: int, thing: int) -> None:
        """Insert something at an index, as a move does."""
        try:
            self.ranks.insert(place, between(*self._around(place)))
        except Crowded:
            self._spread()
            self.ranks.insert(place, between(*self._around(place)))
        self.things.insert(place, thing)
        self.longest = max(self.longest, len(self.ranks[place]))

    def take(self, place: int) -> int:
        """Remove what is at an index."""
        self.ranks.pop(place)
        return self.things.pop(place)

    def _spread(self) -> None:
        fresh = spread(self.ranks)
        changed = {rank for old, rank in zip(self.ranks, fresh, strict=True) if old != rank}
        assert not changed & set(self.ranks), "a new rank is one that another thing has at that moment"
        self.ranks, self.spreads = fresh, self.spreads + 1

    def _around(self, place: int) -> tuple[str | None, str | None]:
        return self.ranks[place - 1] if place else None, next(iter(self.ranks[place:]), None)


@given(st.lists(st.integers(0, 1000), max_size=60))
def test_inserting_anywhere_keeps_ranks_sorted_bytewise(places: list[int]) -> None:
    shelf = Shelf()

    for place in places:
        shelf.insert(place % (len(shelf.ranks) + 1), place)

    assert [rank.encode() for rank in shelf.ranks] == sorted({rank.encode() for rank in shelf.ranks})


SPOTS: dict[str, Callable[[int, int, Random], int]] = {
    "before one": lambda _, count, __: min(4, count),
    "before the last": lambda _, count, __: max(count - 1, 0),
    "after the first": lambda _, count, __: min(1, count),
    "to either side of one": lambda nth, count, _: min(4 + nth % 2, count),
    "to any of two": lambda _, count, random: min(random.choice((4, 5)), count),
    "to the middle": lambda _, count, __: count // 2,
    "to the top": lambda *_: 0,
    "to the bottom": lambda _, count, __: count,
    "anywhere": lambda _, count, random: random.randrange(count + 1),
}


@pytest.mark.parametrize("spot", SPOTS)
@pytest.mark.parametrize("count", [2, 3, 10, 200])
def test_whatever_is_moved_to_one_spot_thousands_of_times_ranks_stay_short(spot: str, count: int) -> None:
    shelf, random = Shelf(count), Random(spot)

    for nth in range(3000):
        thing = shelf.take(random.choice((0, count - 1, random.randrange(count))))
        place = SPOTS[spot](nth, count - 1, random)
        shelf.insert(place, thing)
        assert shelf.things[place] == thing

    assert shelf.longest <= LONGEST
    assert shelf.ranks == sorted(set(shelf.ranks))
    assert sorted(shelf.things) == list(range(count))


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 1000), st.integers(0, 1000)), max_size=200), st.data())
def test_however_often_a_column_is_spread_it_is_what_a_list_would_be(
    moves: list[tuple[bool, int, int]], data: st.DataObject
) -> None:
    with pytest.MonkeyPatch.context() as tiny:
        tiny.setattr(ranks, "LONGEST", data.draw(st.integers(5, 9)))
        tiny.setattr(ranks, "SHORT", 3)
        shelf, wanted = Shelf(3), [0, 1, 2]

        for nth, (adds, start, end) in enumerate(moves):
            thing = nth + 3 if adds else wanted.pop(start % len(wanted))
            if not adds:
                shelf.take(shelf.things.index(thing))
            wanted.insert(place := end % min(len(wanted) + 1, 4), thing)
            shelf.insert(place, thing)

        assert shelf.things == wanted
        assert shelf.longest <= ranks.LONGEST
        assert shelf.ranks == sorted(set(shelf.ranks))


@pytest.mark.parametrize("place", [4, 100])
def test_there_is_room_for_a_hundred_moves_to_one_spot_after_a_column_was_spread(place: int) -> None:
    shelf, random = Shelf(200), Random(place)

    for nth in range(2000):
        shelf.take(random.randrange(200))
        shelf.insert(place, nth)

    assert 0 < shelf.spreads <= 20


def test_few_ranks_change_when_a_long_column_is_crowded_at_one_spot() -> None:
    above, *far = several_between(None, None, 1000)
    near = [above]
    while len(near[-1]) < LONGEST:
        near.append(generate_key_between(near[-1], far[0]))
    taken = [*near, *far]

    changed = [new for old, new in zip(taken, spread(taken), strict=True) if new != old]

    assert 0 < len(changed) < len(taken) / 2


def test_ranks_as_long_as_earlier_versions_gave_them_become_short() -> None:
    long = [f"a0{'z' * count}V" for count in range(970)]

    for above, below in ((long[-2], long[-1]), ("a0" + "z" * 990, "a1")):
        with pytest.raises(Crowded):
            between(above, below)
    fresh = spread(["Zz", *long, "a1"])

    assert fresh == sorted(set(fresh))
    assert max(map(len, fresh)) <= SHORT


def test_deleted_tickets_may_have_had_the_ranks_that_others_have_now() -> None:
    long = "a0" + "z" * 50

    fresh = spread(["a0", "a0", long, long, "a1", "a1"])

    assert fresh[:2] + fresh[-2:] == ["a0", "a0", "a1", "a1"]
    assert "a0" < fresh[2] < fresh[3] < "a1"


@pytest.mark.parametrize("end", ["bottom", "top"])
def test_a_column_filled_from_one_end_has_short_ranks(end: str) -> None:
    rank = None

    for _ in range(100_000):
        rank = between(rank, None) if end == "bottom" else between(None, rank)

    assert rank
    assert len(rank) <= 5


def test_the_ends_of_a_column_have_room_whatever_lies_there() -> None:
    long = "a0" + "z" * 900

    assert between(long, None) == "a1"
    assert between(None, long) == "a0"

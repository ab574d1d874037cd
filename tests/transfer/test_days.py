"""Dates as programs write them."""

from __future__ import annotations

import pytest

from punt.transfer.boards.days import day, day_comes_first
from tests.support.tables import read_csv

WRITTEN = {
    "2026-05-09": "2026-05-09",
    "2026-05-09T23:00:00.000Z": "2026-05-09",
    "2026/5/9": "2026-05-09",
    "14/Jul/25 3:42 PM": "2025-07-14",
    "14-July-2025": "2025-07-14",
    "Fri Aug 13 2021 13:19:25 GMT+0000 (GMT)": "2021-08-13",
    "Tue, 09 Jun 2026 10:00:00 GMT": "2026-06-09",
    "July 4, 2026": "2026-07-04",
    "9.5.2026": "2026-05-09",
    "13/6/2026": "2026-06-13",
    "6/21/2025 16:14": "2025-06-21",
    "5/5/2026": "2026-05-05",
}


@pytest.mark.parametrize("text", WRITTEN)
def test_a_day_is_read_where_it_can_be_read_one_way_only(text: str) -> None:
    found = day(text)

    assert found
    assert found.isoformat() == WRITTEN[text]


NONE = ["5/6/2026", "31/31/2026", "soon", "32/Jul/25", "14/Foo/25", "2026-02-30", "1/2/3", "٤/٥/٢٠٢٦", "30.2.2026", "/"]


@pytest.mark.parametrize("text", NONE)
def test_what_may_be_two_days_or_is_none_is_none(text: str) -> None:
    assert day(text) is None


def test_all_days_of_a_column_together_tell_which_number_is_the_month() -> None:
    assert day_comes_first(["5/6/2026", "13/6/2026"]) is True
    assert day_comes_first(["5/6/2026", "6/13/2026"]) is False
    assert day_comes_first(["5/6/2026", "6/13/2026", "13/6/2026"]) is None
    assert day_comes_first(["2026-05-06", ""]) is None


def test_a_table_is_read_as_its_days_are_written() -> None:
    plans = [read_csv(f"Title,Due\nOne,5/6/2026\nTwo,{other}/2026".encode()) for other in ("13/6", "6/13", "7/8")]

    assert [str(plan.cards[0].due) for plan in plans] == ["2026-06-05", "2026-05-06", "None"]
    assert plans[2].left == {"Values that are no days": 2}


def test_days_that_are_not_taken_tell_how_the_others_are_written() -> None:
    plan = read_csv(b"Title,Creation Date,Due\nOne,13/6/2026,5/6/2026")

    assert str(plan.cards[0].due) == "2026-06-05"

"""Cursors: what was given out is understood again, anything else is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from punt.events.cursor import Cursor
from punt.events.log import new_epoch

epochs = st.text(alphabet="0123456789abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=32)
positions = st.integers(min_value=0, max_value=10**18 - 1)


@given(st.builds(Cursor, epochs, positions))
def test_a_cursor_comes_back_as_it_was_sent(cursor: Cursor) -> None:
    assert Cursor.parse(str(cursor)) == cursor


@given(st.text())
def test_whatever_a_client_sends_is_a_cursor_of_ours_or_none(text: str) -> None:
    cursor = Cursor.parse(text)

    assert cursor is None or str(cursor) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "42",
        "-42",
        "abc",
        "abc-",
        "abc--1",
        "abc-1 ",
        "abc-1\n",
        "abc-01",
        "abc-١",
        "ABC-1",
        "abc-1-2",
        f"abc-{10**18}",
        f"{'a' * 33}-1",
        "null",
        "../../etc/passwd-1",
    ],
)
def test_garbage_is_no_cursor(text: str) -> None:
    assert Cursor.parse(text) is None


def test_the_name_of_an_epoch_fits_into_a_cursor() -> None:
    cursor = Cursor(new_epoch(), 7)

    assert Cursor.parse(str(cursor)) == cursor

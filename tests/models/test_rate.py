"""Counting attempts in windows."""

from __future__ import annotations

import pytest

from punt.database import writing
from punt.errors import TooMany
from punt.models import RateCounter
from tests.models.conftest import Harbour


def count(name: str = "bob", *, limit: int = 2, seconds: int = 60) -> None:
    with writing():
        RateCounter.count(name, limit=limit, seconds=seconds)


def test_tries_within_the_limit_pass_and_the_next_does_not(harbour: Harbour) -> None:
    count()
    count()

    with pytest.raises(TooMany) as caught:
        count()

    assert 0 < caught.value.seconds <= 60
    assert caught.value.status == 429


def test_each_name_has_its_own_limit(harbour: Harbour) -> None:
    count()
    count()

    count("alice")


def test_a_new_window_counts_from_nothing(harbour: Harbour) -> None:
    for _ in range(3):
        count(seconds=0)


def test_a_forgiven_name_begins_anew(harbour: Harbour) -> None:
    count(limit=1)

    with writing():
        RateCounter.forgive("bob")

    count(limit=1)


def test_what_is_over_is_swept_away(harbour: Harbour) -> None:
    count("over", seconds=0)
    count("running")

    with writing() as session:
        assert RateCounter.forget_over(session.connection(), 10) == 1
        assert session.query(RateCounter).count() == 1

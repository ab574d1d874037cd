"""Inputs about projects, columns and labels."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from punt.inputs.boards import ColumnChange, NewProject


@pytest.mark.parametrize(("typed", "key"), [("harb", "HARB"), (" Ab ", "AB"), ("a123456789", "A123456789")])
def test_a_key_is_upper_cased(typed: str, key: str) -> None:
    assert NewProject.model_validate({"key": typed, "name": "x"}).key == key


@pytest.mark.parametrize("key", ["A", "1A", "A_B", "ßA", "ﬁ1", "A" * 11, "A B", "A\nB", ""])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(ValidationError):
        NewProject.model_validate({"key": key, "name": "x"})


def test_none_takes_a_limit_away_and_absence_leaves_it() -> None:
    assert ColumnChange.model_validate({"wipLimit": None}).given() == {"wip_limit": None}
    assert ColumnChange.model_validate({}).given() == {}

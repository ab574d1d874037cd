"""Inputs about tickets."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from punt.inputs.tickets import NewTicket, TicketChange, TicketFilter
from punt.models import Priority, TicketType


def change(**fields: Any) -> TicketChange:
    return TicketChange.model_validate_json(json.dumps(fields))


@pytest.mark.parametrize("kind", TicketType)
@pytest.mark.parametrize("spelt", [str.upper, str.lower, str.swapcase])
def test_types_are_taken_in_any_case(kind: TicketType, spelt: Any) -> None:
    assert change(type=spelt(kind)).type is kind


@pytest.mark.parametrize("priority", Priority)
@pytest.mark.parametrize("spelt", [str.upper, str.lower, str.swapcase])
def test_priorities_are_taken_in_any_case(priority: Priority, spelt: Any) -> None:
    assert change(priority=spelt(priority)).priority is priority


def test_a_change_knows_what_was_sent() -> None:
    assert change().given() == {}
    assert change(estimate=None, dueDate="2024-02-29").given() == {"estimate": None, "due_date": date(2024, 2, 29)}


def test_the_first_day_there_is_means_none() -> None:
    cleared = change(startDate="0001-01-01", dueDate="0001-01-01")

    assert cleared.given() == {"start_date": None, "due_date": None}
    assert change(dueDate="0001-01-02").due_date == date(1, 1, 2)


@pytest.mark.parametrize(("fields", "placed"), [({}, False), ({"columnId": "x"}, False), ({"order": 0}, True)])
def test_a_change_knows_whether_it_asks_for_a_place(fields: dict[str, Any], placed: bool) -> None:
    assert change(**fields).placed is placed


def test_a_new_ticket_has_no_place_but_its_column() -> None:
    with pytest.raises(ValidationError):
        NewTicket.model_validate({"title": "x", "order": 0})


def test_a_filter_asks_only_for_what_has_a_value() -> None:
    asked = TicketFilter.model_validate({"type": "bug", "q": "", "limit": "5"}, strict=False)

    assert asked.criteria() == {"type": "Bug"}
    assert asked.limit == 5

"""What is submitted about projects, columns and labels."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints, model_validator

from punt.inputs.base import Color, Id, Input, ManyLines, Name50, Name80, OneLine, Rule, Whole, within_blanks
from punt.language import _
from punt.models.rank import LONGEST_KNOWN
from punt.models.sorting import SortBy


def _key(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]{1,9}", value):
        raise ValueError(_("Use 2 to 10 letters and digits, a letter first."))
    return value.upper()


Key = Annotated[str, StringConstraints(strip_whitespace=True), Rule(_key, within_blanks("[A-Za-z][A-Za-z0-9]{1,9}"))]
Text2000 = Annotated[str, StringConstraints(max_length=2000), ManyLines]
WipLimit = Annotated[int, Field(ge=1, le=999), Whole]


class NewProject(Input):
    """A project to create."""

    NONE_WHEN_EMPTY: ClassVar = ("color",)

    key: Key
    name: Name80
    description: Text2000 = ""
    color: Color | None = None


class ProjectChange(Input):
    """Changes to a project; its key never changes."""

    name: Name80 = Field(None)  # type: ignore[assignment]
    description: Text2000 = Field(None)  # type: ignore[assignment]
    color: Color = Field(None)  # type: ignore[assignment]


class ProjectRemoval(Input):
    """The plain form that deletes a project: its key, as proof of intent."""

    key: Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, max_length=20)]


class NewColumn(Input):
    """A column to add."""

    NONE_WHEN_EMPTY: ClassVar = ("color", "wipLimit")

    name: Name50
    color: Color | None = None
    wip_limit: WipLimit | None = None


class ColumnChange(Input):
    """Changes to a column."""

    NONE_WHEN_EMPTY: ClassVar = ("color", "wipLimit")

    name: Name50 = Field(None)  # type: ignore[assignment]
    color: Color | None = None
    wip_limit: WipLimit | None = None
    order: Annotated[int, Field(ge=0, le=999), Whole] = Field(None)  # type: ignore[assignment]


class ColumnOrder(Input):
    """All columns of a board, leftmost first."""

    column_ids: list[Id] = Field(max_length=1000)


class ColumnPlace(Input):
    """The plain form that moves a column."""

    place: Literal["left", "right"]


class ColumnRemoval(Input):
    """The plain form that deletes a column."""

    NONE_WHEN_EMPTY: ClassVar = ("moveTicketsTo",)

    move_tickets_to: str | None = None


class ColumnSort(Input):
    """How to sort a column, once."""

    by: SortBy


class PlacedTicket(Input):
    """A ticket, and its last known rank in its column."""

    id: Id
    rank: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_KNOWN)]

    @model_validator(mode="before")
    @classmethod
    def _of_two_names(cls, given: Any) -> Any:
        if isinstance(given, dict) and len(given) > len(cls.model_fields):  # each of thousands would be reported
            raise ValueError(_("Give an id and a rank only."))
        return given


class TicketOrder(Input):
    """Tickets of a column in the desired order, top first."""

    MOST_VALUES: ClassVar = 60_000

    tickets: list[PlacedTicket] = Field(max_length=10_000, fail_fast=True)


class BinQuery(Input):
    """Which deleted tickets to list; ``before`` is a position from the address of a next page."""

    limit: Annotated[int, Field(ge=1, le=500)] = 500
    before: Annotated[str, Field(pattern=r"^[0-9]{1,16}\.[\x21-\x7e]{1,26}$")] | None = None


class SearchQuery(Input):
    """What to search for across projects."""

    q: Annotated[str, Field(max_length=200), OneLine] = ""


class NewLabel(Input):
    """A label to add."""

    NONE_WHEN_EMPTY: ClassVar = ("color",)

    name: Name50
    color: Color | None = None


class LabelChange(Input):
    """Changes to a label."""

    name: Name50 = Field(None)  # type: ignore[assignment]
    color: Color = Field(None)  # type: ignore[assignment]


class LabelMerge(Input):
    """The label that replaces another one."""

    into: Id

"""What is submitted about tickets."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from punt.inputs.base import AnyCase, Day, Id, Input, ManyLines, Name50, OneLine, Whole, named
from punt.language import _, number
from punt.models import Priority, TicketType
from punt.models.rank import LONGEST_KNOWN

LONGEST_OF_ALL = 1_000_000
"""Characters of all the descriptions that one request writes: events and history contain each."""
PLACES = ("order", "before", "after")

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), named(200)]
Estimate = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20), named(20)]
Markdown = Annotated[str, StringConstraints(max_length=50_000), ManyLines]
AType = Annotated[TicketType, AnyCase]
APriority = Annotated[Priority, AnyCase]
Points = Annotated[int, Field(ge=0, le=999), Whole]
Labels = Annotated[list[Id], Field(max_length=50)]


def _joined(value: Any) -> Any:
    return " ".join(value.splitlines()) if isinstance(value, str) else value


class TicketFields(Input):
    """Everything of a ticket but its title and place; an absent field stays as it is."""

    NONE_WHEN_EMPTY: ClassVar = (
        "assigneeId",
        "parentId",
        "storyPoints",
        "estimate",
        "startDate",
        "dueDate",
        "newLabel",
    )

    description: Markdown = ""
    type: AType = TicketType.TASK
    priority: APriority = Priority.MEDIUM
    assignee_id: Id | None = None
    parent_id: Id | None = None
    label_ids: Labels = Field(default_factory=list)
    story_points: Points | None = None
    estimate: Estimate | None = None
    start_date: Day = None
    due_date: Day = None

    @property
    def changes_family(self) -> bool:
        """Whether it may change who is whose parent, so that the rules about that have to be checked."""
        return self.parent_id is not None or self.type is TicketType.SUBTASK


class NewTicket(TicketFields):
    """A ticket to create."""

    title: Title
    column_id: Id = Field(None)  # type: ignore[assignment]


class TicketChange(TicketFields):
    """Changes to a ticket, including its place."""

    title: Title = Field(None)  # type: ignore[assignment]
    column_id: Id = Field(None)  # type: ignore[assignment]
    order: Annotated[int, Field(ge=0, le=1_000_000), Whole] = Field(None)  # type: ignore[assignment]
    before: Id = Field(None)  # type: ignore[assignment]
    after: Id = Field(None)  # type: ignore[assignment]

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if len(self.model_fields_set & set(PLACES)) > 1:
            raise ValueError(_("Give only one of order, before and after."))
        return self

    @property
    def placed(self) -> bool:
        """Whether it requests a place in a column, and not only a column."""
        return bool(self.model_fields_set & set(PLACES))


class BulkChange(Input):
    """The same change for several tickets."""

    ticket_ids: list[Id] = Field(min_length=1, max_length=500)
    updates: TicketChange

    @model_validator(mode="after")
    def _not_too_long_for_so_many(self) -> Self:
        most = LONGEST_OF_ALL // len(self.ticket_ids)
        if "description" in self.updates.model_fields_set and len(self.updates.description) > most:
            raise ValueError(_("For so many tickets at most %(most)s characters of description.", most=number(most)))
        return self


class BulkDeletion(Input):
    """Several tickets to delete."""

    ticket_ids: list[Id] = Field(min_length=1, max_length=500)


class NewTicketForm(NewTicket):
    """The plain form for a new ticket: a label may be created along with it."""

    new_label: Name50 | None = None


class TicketForm(TicketFields):
    """The plain form for a ticket's fields; the one for the title accepts line breaks."""

    title: Annotated[Title, BeforeValidator(_joined)] = Field(None)  # type: ignore[assignment]
    version: int = Field(None)  # type: ignore[assignment]
    new_label: Name50 | None = None


class Preview(Input):
    """A text to preview."""

    text: Markdown


class MoveForm(Input):
    """The plain form that moves a ticket."""

    column_id: Id
    place: Literal["top", "up", "down", "bottom"] = "bottom"


class TicketFilter(Input):
    """The query of a ticket list."""

    column_id: Id | None = None
    type: AType | None = None
    priority: APriority | None = None
    assignee_id: Id | None = None
    label_id: Id | None = None
    q: Annotated[str, Field(max_length=200), OneLine] | None = None
    limit: Annotated[int, Field(ge=1, le=500)] | None = None
    page: Annotated[str, Field(pattern=rf"^\d{{1,4}}\.[0-9A-Za-z]{{1,{LONGEST_KNOWN}}}$")] | None = None

    def criteria(self) -> dict[str, str]:
        """Return what the tickets must match, by attribute; the text to search for is not included."""
        return {name: value for name, value in self.given().items() if value and name not in {"limit", "page", "q"}}

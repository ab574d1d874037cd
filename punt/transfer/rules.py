"""What must hold in a file beyond types, keys and references: the rules without which boards would break.

Only those: a file that PUNT itself has written is never refused for a rule of taste.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Annotated, Any, NamedTuple

import sqlalchemy as sa
from fractional_indexing import FIError, validate_order_key
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from punt.models import Priority, Role, TicketType
from punt.transfer.layout import Row

LONGEST_RANK = 900
"""Characters: finding a place beside a longer one would be deeper than Python goes."""

Rule = Callable[[Any], str | None]
"""Says what is wrong with a value, or None."""


def _matching(pattern: str, said: str) -> Rule:
    known = re.compile(pattern, re.ASCII)
    return lambda value: None if known.fullmatch(value) else said


def _one_of(names: type[StrEnum]) -> Rule:
    known = {name.value for name in names}
    return lambda value: None if value in known else f"This is none of {', '.join(sorted(known))}."


def _from(least: int, most: int = 1 << 31) -> Rule:
    return lambda value: None if least <= value <= most else f"This must be {least} or more, and not that large."


def _rank(value: str) -> str | None:
    try:
        if len(value) > LONGEST_RANK or not re.fullmatch(r"[0-9A-Za-z]+", value, re.ASCII):
            raise FIError
        validate_order_key(value)
    except FIError:
        return "This is no rank."
    return None


_COLOR = _matching(r"#[0-9A-Fa-f]{6}", "This is no colour, such as #0b7a70.")
_ID = _matching(r"[\x21-\x7e]+", "This is no id.")

VALUES: dict[tuple[str, str], Rule] = {
    ("user", "username"): _matching(r"[A-Za-z0-9_-]+", "Use letters, digits, _ and - only."),
    ("user", "avatar_color"): _COLOR,
    ("project", "key"): _matching(r"[A-Z][A-Z0-9]{1,9}", "This is no key of a project."),
    ("project", "color"): _COLOR,
    ("project", "last_number"): _from(0),
    ("membership", "role"): _one_of(Role),
    ("column", "color"): _COLOR,
    ("column", "position"): _from(0),
    ("column", "wip_limit"): _from(1),
    ("label", "color"): _COLOR,
    ("ticket", "number"): _from(1),
    ("ticket", "type"): _one_of(TicketType),
    ("ticket", "priority"): _one_of(Priority),
    ("ticket", "rank"): _rank,
    ("ticket", "version"): _from(1),
    ("ticket", "story_points"): _from(0),
    ("binned_ticket", "number"): _from(1),
}


def rule_for(column: sa.Column[Any]) -> Rule | None:
    """Return the rule of a column's values, if there is one."""
    named = column.primary_key and not column.foreign_keys and isinstance(column.type, sa.String)
    return VALUES.get((column.table.name, column.name), _ID if named else None)


def wrong_with(table: str, row: Row) -> Iterator[tuple[str, str]]:
    """Give the columns of a row that do not fit its other columns, and what is wrong with each."""
    if table == "user" and row["username_key"] != row["username"].lower():
        yield "username_key", "This is not the user name in small letters."
    if table == "label" and row["name_key"] != row["name"].casefold():
        yield "name_key", "This is not the name in small letters."
    if table == "binned_ticket":
        try:
            content = BinnedContent.model_validate(row["content"])
        except ValidationError as error:
            yield "content", f"This is no ticket: {'.'.join(map(str, error.errors()[0]['loc']))} is wrong."
        else:
            if (content.id, content.number) != (row["id"], row["number"]) or _rank(content.rank):
                yield "content", "This is another ticket."


class BinnedLabel(BaseModel):
    id: str


class BinnedContent(BaseModel):
    """A ticket in the bin, as far as restoring it needs."""

    model_config = ConfigDict(strict=True)

    id: str
    key: str
    number: int
    title: str
    description: str
    type: Annotated[TicketType, Field(strict=False)]
    priority: Annotated[Priority, Field(strict=False)]
    columnId: str  # noqa: N815 the names of the wire
    rank: str
    assigneeId: str | None  # noqa: N815
    parentId: str | None  # noqa: N815
    labels: list[BinnedLabel]
    storyPoints: int | None  # noqa: N815
    estimate: str | None
    startDate: str | None  # noqa: N815
    dueDate: str | None  # noqa: N815
    version: int
    createdAt: str  # noqa: N815


class BoardRule(NamedTuple):
    """A rule about several rows.

    :param query: selects ``_line`` of the rows that break it.
    """

    field: str
    said: str
    query: str


BOARD_RULES = (
    BoardRule(
        "ticket.column_id",
        "This column belongs to another project.",
        'SELECT t._line FROM ticket t JOIN "column" c ON c.id = t.column_id WHERE c.project_id <> t.project_id',
    ),
    BoardRule(
        "ticket.project_key",
        "This is not the key of its project.",
        'SELECT t._line FROM ticket t JOIN project p ON p.id = t.project_id WHERE p."key" <> t.project_key',
    ),
    BoardRule(
        "ticket.parent_id",
        "This ticket belongs to another project.",
        "SELECT t._line FROM ticket t JOIN ticket p ON p.id = t.parent_id WHERE p.project_id <> t.project_id",
    ),
    BoardRule(
        "ticket.parent_id",
        "A subtask cannot be a parent.",
        "SELECT t._line FROM ticket t JOIN ticket p ON p.id = t.parent_id WHERE p.type = 'Subtask'",
    ),
    BoardRule(
        "ticket.number",
        "Its project has not given this number yet.",
        "SELECT t._line FROM ticket t JOIN project p ON p.id = t.project_id WHERE t.number > p.last_number",
    ),
    BoardRule(
        "binned_ticket.number",
        "Its project has not given this number yet.",
        "SELECT b._line FROM binned_ticket b JOIN project p ON p.id = b.project_id WHERE b.number > p.last_number",
    ),
    BoardRule(
        "binned_ticket.number",
        "A ticket that is not deleted has this number.",
        "SELECT b._line FROM binned_ticket b JOIN ticket t ON t.project_id = b.project_id AND t.number = b.number",
    ),
    BoardRule(
        "binned_ticket.id",
        "A ticket that is not deleted has this id.",
        "SELECT b._line FROM binned_ticket b JOIN ticket t ON t.id = b.id",
    ),
    BoardRule(
        "ticket_label.label_id",
        "This label belongs to another project.",
        "SELECT x._line FROM ticket_label x JOIN ticket t ON t.id = x.ticket_id JOIN label l ON l.id = x.label_id "
        "WHERE l.project_id <> t.project_id",
    ),
    BoardRule(
        "project",
        "This project has no column.",
        'SELECT p._line FROM project p WHERE p.id NOT IN (SELECT project_id FROM "column")',
    ),
)

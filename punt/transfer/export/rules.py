"""What must hold in a file beyond types, keys and references: the rules without which boards would break.

Nothing else: a file that PUNT itself has written is never refused for a matter of style.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any, NamedTuple

import sqlalchemy as sa
from fractional_indexing import FIError, validate_order_key

from punt.database import ID_PATTERN
from punt.language import later
from punt.models import Priority, Role, TicketType
from punt.models.rank import LONGEST_KNOWN
from punt.models.texts import key_of
from punt.transfer.boards.cards import flat
from punt.transfer.export.layout import Row
from punt.transfer.export.nested import MOST, wrong_with_binned, wrong_with_changes, wrong_with_setting

Rule = Callable[[Any], str | None]
"""Returns what is wrong with a value, or None."""


def _matching(pattern: str, said: str) -> Rule:
    known = re.compile(pattern, re.ASCII)
    return lambda value: None if known.fullmatch(value) else said


def _one_of(names: type[StrEnum]) -> Rule:
    known = {name.value for name in names}
    return lambda value: None if value in known else f"This is none of {', '.join(sorted(known))}."


def _from(least: int, most: int = MOST) -> Rule:
    return lambda value: None if least <= value <= most else f"This must be {least} or more, and not that large."


def wrong_with_rank(value: str) -> str | None:
    """Return why no ticket can be placed beside one with this rank, if so."""
    try:
        if len(value) > LONGEST_KNOWN or not re.fullmatch(r"[0-9A-Za-z]+", value, re.ASCII):
            raise FIError
        validate_order_key(value)
    except FIError:
        return later("This is no rank.")
    return None


def _name(value: str) -> str | None:
    return None if flat(value) else later("There is nothing to read in this.")


_COLOR = _matching(r"#[0-9A-Fa-f]{6}", later("This is no colour, such as #0b7a70."))
_ID = _matching(ID_PATTERN, later("This is no id."))
_WORD = _matching(r"[\x21-\x7e]+", later("This is no word."))
_HASH = _matching(r"[0-9a-f]{64}", later("This is no hash."))
_PASSWORD = _matching(
    r"scrypt:(1024|2048|4096|8192|16384|32768|65536|131072):8:1\$[A-Za-z0-9]{8,64}\$[0-9a-f]{128}",
    later("PUNT writes no such hash of a password."),
)

VALUES: dict[tuple[str, str], Rule] = {
    ("user", "username"): _matching(r"[A-Za-z0-9_-]{3,30}", later("Use 3 to 30 letters, digits, _ and - only.")),
    ("user", "name"): _name,
    ("user", "email"): lambda value: (
        None if value and value == value.lower() else later("This is not in small letters.")
    ),
    ("user", "picture_hash"): _HASH,
    ("user", "language"): _matching(r"[a-z]{2,8}", later("This is not the code of a language.")),
    ("user", "password_hash"): _PASSWORD,
    ("user", "avatar_color"): _COLOR,
    ("picture", "hash"): _HASH,
    ("site_setting", "name"): _WORD,
    ("audit_entry", "id"): _from(1, 1 << 53),
    ("audit_entry", "actor_id"): _ID,
    ("audit_entry", "token_id"): _ID,
    ("audit_entry", "project_id"): _ID,
    ("project", "name"): _name,
    ("project", "key"): _matching(r"[A-Z][A-Z0-9]{1,9}", later("This is no key of a project.")),
    ("project", "color"): _COLOR,
    ("project", "last_number"): _from(0),
    ("membership", "role"): _one_of(Role),
    ("column", "name"): _name,
    ("column", "color"): _COLOR,
    ("column", "position"): _from(0),
    ("column", "wip_limit"): _from(1),
    ("label", "name"): _name,
    ("label", "color"): _COLOR,
    ("ticket", "title"): _name,
    ("ticket", "number"): _from(1),
    ("ticket", "type"): _one_of(TicketType),
    ("ticket", "priority"): _one_of(Priority),
    ("ticket", "rank"): wrong_with_rank,
    ("ticket", "version"): _from(1),
    ("ticket", "quiet_versions"): _from(0),
    ("ticket", "story_points"): _from(0),
    ("binned_ticket", "number"): _from(1),
}


def rule_for(column: sa.Column[Any]) -> Rule | None:
    """Return the rule of a column's values, if there is one."""
    named = column.primary_key and not column.foreign_keys and isinstance(column.type, sa.String)
    return VALUES.get((column.table.name, column.name), _ID if named else None)


def wrong_with(table: str, row: Row) -> Iterator[tuple[str, str]]:
    """Yield the columns of a row that do not fit its other columns, and what is wrong with each."""
    if table == "user" and row["username_key"] != row["username"].lower():
        yield "username_key", later("This is not the user name in small letters.")
    if table == "label" and row["name_key"] not in {key_of(row["name"]), row["name"].casefold()}:  # as older ones wrote
        yield "name_key", later("This is not the name in small letters.")
    subject = row.get("subject_id") if table == "audit_entry" and row["kind"] != "setting" else None
    if subject and (said := _ID(subject)):
        yield "subject_id", said
    if wrong := _wrong_inside(table, row):
        yield wrong


def _wrong_inside(table: str, row: Row) -> tuple[str, str] | None:
    """Return a row's JSON column and what is wrong in it."""
    if table == "binned_ticket":
        name, said = "content", wrong_with_binned(row, wrong_with_rank)
    elif table == "site_setting":
        name, said = "value", wrong_with_setting(row["name"], row["value"])
    elif table == "audit_entry":
        name, said = "changes", wrong_with_changes(row["verb"], row.get("changes"))
    else:
        return None
    return (name, said) if said else None


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
        later("This column belongs to another project."),
        'SELECT t._line FROM ticket t JOIN "column" c ON c.id = t.column_id WHERE c.project_id <> t.project_id',
    ),
    BoardRule(
        "ticket.project_key",
        later("This is not the key of its project."),
        'SELECT t._line FROM ticket t JOIN project p ON p.id = t.project_id WHERE p."key" <> t.project_key',
    ),
    BoardRule(
        "ticket.parent_id",
        later("This ticket belongs to another project."),
        "SELECT t._line FROM ticket t JOIN ticket p ON p.id = t.parent_id WHERE p.project_id <> t.project_id",
    ),
    BoardRule(
        "ticket.parent_id",
        later("A subtask cannot be a parent."),
        "SELECT t._line FROM ticket t JOIN ticket p ON p.id = t.parent_id WHERE p.type = 'Subtask'",
    ),
    BoardRule(
        "ticket.number",
        later("Its project has not given this number yet."),
        "SELECT t._line FROM ticket t JOIN project p ON p.id = t.project_id WHERE t.number > p.last_number",
    ),
    BoardRule(
        "binned_ticket.number",
        later("Its project has not given this number yet."),
        "SELECT b._line FROM binned_ticket b JOIN project p ON p.id = b.project_id WHERE b.number > p.last_number",
    ),
    BoardRule(
        "binned_ticket.number",
        later("A ticket that is not deleted has this number."),
        "SELECT b._line FROM binned_ticket b JOIN ticket t ON t.project_id = b.project_id AND t.number = b.number",
    ),
    BoardRule(
        "binned_ticket.id",
        later("A ticket that is not deleted has this id."),
        "SELECT b._line FROM binned_ticket b JOIN ticket t ON t.id = b.id",
    ),
    BoardRule(
        "ticket_label.label_id",
        later("This label belongs to another project."),
        "SELECT x._line FROM ticket_label x JOIN ticket t ON t.id = x.ticket_id JOIN label l ON l.id = x.label_id "
        "WHERE l.project_id <> t.project_id",
    ),
    BoardRule(
        "project",
        later("This project has no column."),
        'SELECT p._line FROM project p WHERE p.id NOT IN (SELECT project_id FROM "column")',
    ),
)

OWNERLESS = "SELECT _line FROM project WHERE id NOT IN (SELECT project_id FROM membership WHERE role = 'owner')"
"""Finds projects without an owner: odd, but permitted, because system admins can act as owners there."""

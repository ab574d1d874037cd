"""What must hold in the columns that contain JSON, because later readers rely on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from punt.database import ID_PATTERN
from punt.inputs.admin import SiteChange
from punt.inputs.base import invalid
from punt.language import later
from punt.models import Priority, TicketType
from punt.models.site import Site
from punt.models.wire import LONG
from punt.transfer.export.layout import Row
from punt.transfer.export.values import day, moment

MOST = 10**9 - 1
"""The largest number or version: counting continues after it, and an address of a ticket has nine digits."""

Kind = Callable[[Any], bool]
"""Tells whether a value is one that the audit trail keeps."""
AnId = Annotated[str, Field(pattern=f"^{ID_PATTERN}$")]
ADay = Annotated[str, AfterValidator(day)]
AMoment = Annotated[str, AfterValidator(moment)]


class BinnedLabel(BaseModel):
    id: AnId
    name: Annotated[str, Field(max_length=50)] = ""


class BinnedChild(BaseModel):
    id: AnId
    key: Annotated[str, Field(max_length=30)]


class BinnedContent(BaseModel):
    """A ticket in the bin, as far as restoring needs it."""

    model_config = ConfigDict(strict=True)

    id: str
    key: str
    number: int
    title: Annotated[str, Field(min_length=1, max_length=200)]
    description: str
    type: Annotated[TicketType, Field(strict=False)]
    priority: Annotated[Priority, Field(strict=False)]
    columnId: AnId  # noqa: N815 the names of the wire
    rank: str
    assigneeId: AnId | None  # noqa: N815
    parentId: AnId | None  # noqa: N815
    labels: list[BinnedLabel]
    storyPoints: Annotated[int, Field(ge=0, le=MOST)] | None  # noqa: N815
    estimate: Annotated[str, Field(max_length=20)] | None
    startDate: ADay | None  # noqa: N815
    dueDate: ADay | None  # noqa: N815
    version: Annotated[int, Field(ge=1, le=MOST)]
    createdAt: AMoment  # noqa: N815
    columnName: Annotated[str, Field(max_length=50)] | None = None  # noqa: N815
    parentKey: Annotated[str, Field(max_length=30)] | None = None  # noqa: N815
    children: list[BinnedChild] = []


def wrong_with_binned(row: Row, rank: Any) -> str | None:
    """Return what is wrong with a ticket in the bin.

    :param rank: the rule of a rank.
    """
    try:
        content = BinnedContent.model_validate(row["content"])
    except ValidationError as error:
        return f"This is no ticket: {'.'.join(map(str, error.errors()[0]['loc']))} is wrong."
    same = (content.id, content.number) == (row["id"], row["number"])
    return None if same and not rank(content.rank) else later("This is another ticket.")


def wrong_with_setting(name: str, value: Any) -> str | None:
    """Return what is wrong with a setting of the site; one that this PUNT does not know is never read."""
    if name not in {each.name for each in fields(Site)}:
        return None
    try:
        SiteChange.model_validate({"siteName" if name == "name" else name: value})
    except ValidationError as error:
        return invalid(error).details[0].message
    return None


def wrong_with_changes(verb: str, changes: Any) -> str | None:
    """Return what is wrong with an audit entry's changes: by field nothing, or the old and the new value."""
    if changes is None:
        return None
    if not isinstance(changes, dict):
        return later("These are no changes by field.")
    if verb == "moved" and (changes.keys() - {"column"} or None in changes.values()):
        return later("A move changes the column only.")
    wrong = next((name for name, pair in changes.items() if not (pair is None or _is_change(name, pair))), None)
    return None if wrong is None else f"This is no change: {wrong[:80]}."


def _is_change(name: str, pair: Any) -> bool:
    return isinstance(pair, list) and len(pair) == 2 and all(_is_recordable(name, value) for value in pair)


def _is_recordable(name: str, value: Any) -> bool:
    """Tell whether the audit trail writes such a value of a field."""
    if name in LONG:
        return _is_whole(value)
    return value is None or RECORDED.get(name, _is_plain)(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_whole(value: Any) -> bool:
    return type(value) is int


def _is_truth(value: Any) -> bool:
    return isinstance(value, bool)


def _is_day(value: Any) -> bool:
    try:
        return bool(day(value))
    except ValueError:
        return False


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_plain(value: Any) -> bool:
    """Tell whether a page can show a field that this PUNT does not write."""
    return isinstance(value, str | int) or _are_texts(value)


RECORDED: dict[str, Kind] = {
    **dict.fromkeys(("title", "type", "priority", "column", "parent", "assigneeId", "estimate"), _is_text),
    **dict.fromkeys(("name", "color", "role", "username", "email", "scope", "address"), _is_text),
    **dict.fromkeys(("storyPoints", "wipLimit", "order"), _is_whole),
    **dict.fromkeys(("isAdmin", "isActive"), _is_truth),
    **dict.fromkeys(("startDate", "dueDate"), _is_day),
    "labels": _are_texts,
    "children": _are_texts,
    "value": lambda value: isinstance(value, str | bool),
    "password": lambda _: False,
}
"""What the audit trail keeps of each field that is not a long text, if anything."""

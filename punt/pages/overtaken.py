"""A ticket's current values, for somebody who edited outdated ones."""

from __future__ import annotations

from typing import Any

from punt.access import Grant
from punt.language import _, later
from punt.models import wire
from punt.models.people import those_with
from punt.pages.context import day

HINT = later(
    "Where a field differs from the ticket as it is now, that is said. If you save again, what stands here is kept."
)
_FIELDS = ("title", "type", "priority", "assigneeId", "storyPoints", "estimate", "startDate", "dueDate", "parentId")


def said_now(grant: Grant, typed: dict[str, Any], ticket: wire.Json) -> dict[str, str]:
    """Show at each field of a plain form the ticket's current value, if that differs."""
    differing = [name for name in _FIELDS if name in typed and typed[name].strip() != _as_typed(ticket[name])]
    said = {name: _("The ticket says %(value)s now.", value=_in_words(grant, name, ticket[name])) for name in differing}
    labels = {label["id"]: label["name"] for label in ticket["labels"]}
    if "labelIds" in typed and set(typed["labelIds"]) != labels.keys():
        said["labelIds"] = _("The ticket has %(labels)s now.", labels=", ".join(sorted(labels.values())) or _("none"))
    if "description" in typed and typed["description"].replace("\r\n", "\n") != ticket["description"]:
        said["description"] = _("The ticket has another text now: the one that is shown above.")
    return said


def _as_typed(value: Any) -> str:
    return "" if value is None else str(value)


def _in_words(grant: Grant, name: str, value: Any) -> str:
    if value is None:
        return _("nothing")
    if name == "assigneeId":
        return next((_("“%(text)s”", text=person.name) for person in those_with([value])), _("somebody else"))
    if name == "parentId":
        parent = grant.ticket(value)
        return _("“%(text)s”", text=" ".join((parent.key, parent.title)))
    return _("“%(text)s”", text=day(value) if name in {"startDate", "dueDate"} else value)

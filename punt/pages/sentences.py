"""The audit in words: what somebody did, as one says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from punt.models.wire import Json
from punt.pages.context import day

NOBODY = "Deleted person"
_DID = {
    "created": "made",
    "updated": "changed",
    "moved": "moved",
    "deleted": "deleted",
    "restored": "restored",
    "wiped": "wiped",
}
_DID_OF = {
    ("member", "created"): "added",
    ("member", "deleted"): "removed",
    ("setting", "created"): "set",
    ("setting", "updated"): "set",
    ("session", "created"): "signed in",
    ("session", "deleted"): "signed out",
    ("session", "failed"): "failed to sign in",
    ("import", "imported"): "imported",
    ("token", "created"): "made",
    ("token", "deleted"): "ended",
}
_NOUNS = {
    "column": "the column",
    "label": "the label",
    "project": "the project",
    "member": "the member",
    "user": "the account",
    "token": "the API token",
}
BEGINNINGS = frozenset({"role", "address", "isAdmin", "value", "newTickets", "newColumns", "newLabels"})
"""Fields of which only the new value is said where there was none before."""
_SETTINGS = {"name": "the name of this site", "registration": "whether anybody may make an account"}
_WORDS = {
    "assigneeId": "assignee",
    "storyPoints": "story points",
    "startDate": "start",
    "dueDate": "due date",
    "wipLimit": "limit",
    "isAdmin": "administrator",
    "isActive": "enabled",
    "color": "colour",
    "parent": "part of",
    "newTickets": "new tickets:",
    "newColumns": "new columns:",
    "newLabels": "new labels:",
}


def sentence(entry: Json, people: Mapping[str, str]) -> Json:
    """Say an entry: who ``did`` ``what``, and ``how``; without ``what`` it is about oneself.

    :param people: names by id; who is not among them is deleted.
    """
    kind, verb = entry["kind"], entry["verb"]
    subject = _SETTINGS.get(entry["subject"], "") if kind == "setting" else entry["subject"]
    what = " ".join(filter(None, (_NOUNS.get(kind), subject)))
    own = kind == "session" and entry["actorId"] == entry["subjectId"]
    return {
        "did": _DID_OF.get((kind, verb)) or _DID.get(verb, verb),
        "what": "" if own else f"as {what}" if verb == "failed" and what else what,
        "how": _how(entry, people),
    }


def _how(entry: Json, people: Mapping[str, str]) -> str:
    changes = entry["changes"]
    if entry["verb"] == "moved":
        return _from_to(changes[0]["from"], changes[0]["to"]) if changes else "within its column"
    return ", ".join(_change(change, people) for change in changes)


def _change(change: Json, people: Mapping[str, str]) -> str:
    name: str = change["field"]
    words = _WORDS.get(name, name)
    if "fromLength" in change:
        return f"{words} (from {change['fromLength']} to {change['toLength']} characters)"
    if "from" not in change:
        return words
    old, new = (_value(name, change[end], people) for end in ("from", "to"))
    begins = change["from"] is None and name in BEGINNINGS
    words = "" if name == "value" else words
    return f"{words} {new if begins else _from_to(old, new)}".strip()


def _value(name: str, value: Any, people: Mapping[str, str]) -> str:
    if name == "assigneeId":
        return people.get(value, NOBODY) if value else "nobody"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value in (None, "", []):
        return "none"
    if name in {"startDate", "dueDate"}:
        return day(value)
    return ", ".join(value) if isinstance(value, list) else f"“{value}”" if name in {"title", "name"} else str(value)


def _from_to(old: str | None, new: str | None) -> str:
    return f"from {old} to {new}"

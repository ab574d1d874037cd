"""The audit trail in words: what somebody did, in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from punt.language import _, later, plural
from punt.models.wire import Json
from punt.pages.context import day

_DID = {
    "created": later("created %(what)s"),
    "updated": later("changed %(what)s"),
    "moved": later("moved %(what)s"),
    "deleted": later("deleted %(what)s"),
    "restored": later("restored %(what)s"),
    "wiped": later("wiped %(what)s"),
}
_DID_OF = {
    ("member", "created"): later("added %(what)s"),
    ("member", "deleted"): later("removed %(what)s"),
    ("setting", "created"): later("set %(what)s"),
    ("setting", "updated"): later("set %(what)s"),
    ("session", "created"): later("signed in %(what)s"),
    ("session", "deleted"): later("signed out %(what)s"),
    ("session", "failed"): later("failed to sign in as %(what)s"),
    ("import", "imported"): later("imported %(what)s"),
    ("token", "created"): later("created %(what)s"),
    ("token", "deleted"): later("ended %(what)s"),
}
_OF_ONESELF = {
    "created": later("signed in"),
    "deleted": later("signed out"),
    "failed": later("failed to sign in"),
}
_NOUNS = {
    "column": later("the column %(name)s"),
    "label": later("the label %(name)s"),
    "project": later("the project %(name)s"),
    "member": later("the member %(name)s"),
    "user": later("the account %(name)s"),
    "token": later("the API token %(name)s"),
}
BEGINNINGS = frozenset({"role", "address", "isAdmin", "value", "newTickets", "newColumns", "newLabels"})
"""Fields of which only the new value is mentioned if there was none before."""
_SETTINGS = {"name": later("the name of this site"), "registration": later("whether anybody may make an account")}
_WORDS = {
    "assigneeId": later("assignee"),
    "storyPoints": later("story points"),
    "startDate": later("start"),
    "dueDate": later("due date"),
    "wipLimit": later("limit"),
    "isAdmin": later("administrator"),
    "isActive": later("enabled"),
    "color": later("colour"),
    "parent": later("part of"),
    "newTickets": later("new tickets:"),
    "newColumns": later("new columns:"),
    "newLabels": later("new labels:"),
    "title": later("title"),
    "description": later("description"),
    "type": later("type"),
    "priority": later("priority"),
    "estimate": later("estimate"),
    "labels": later("labels"),
    "column": later("column"),
    "name": later("name"),
    "email": later("email"),
    "role": later("role"),
    "address": later("address"),
    "order": later("order"),
    "scope": later("scope"),
    "username": later("username"),
    "key": later("key"),
    "picture": later("picture"),
}
_VALUES = (later("owner"), later("admin"), later("member"), later("viewer"))
"""Roles as they are kept; types and priorities are among ``punt.pages.context.WORDS``."""


def nobody() -> str:
    """Name somebody who is deleted."""
    return _("Deleted person")


def sentence(entry: Json, people: Mapping[str, str], *, about: bool = False) -> str:
    """Write an entry as a sentence without its subject.

    :param people: names by id; everybody else is deleted.
    :param about: whether the reader knows what it is about.
    """
    did = _did(entry, _("it") if about else _what(entry))
    if not (how := _how(entry, people)):
        return did
    return f"{did} {how}" if entry["verb"] == "moved" else f"{did}: {how}"


def _did(entry: Json, what: str) -> str:
    kind, verb = entry["kind"], entry["verb"]
    own = kind == "session" and (entry["actorId"] == entry["subjectId"] or not what)
    said = _OF_ONESELF.get(verb) if own else _DID_OF.get((kind, verb)) or _DID.get(verb)
    return _(said, what=what).strip() if said else f"{verb} {what}".strip()


def _what(entry: Json) -> str:
    kind, subject = entry["kind"], entry["subject"]
    if kind == "setting":
        return _(_SETTINGS[subject]) if subject in _SETTINGS else ""
    return _(_NOUNS[kind], name=subject or "").strip() if kind in _NOUNS else subject or ""


def _how(entry: Json, people: Mapping[str, str]) -> str:
    changes = entry["changes"]
    if entry["verb"] == "moved":
        return _from_to(changes[0]["from"], changes[0]["to"]) if changes else _("within its column")
    return ", ".join(_change(change, people) for change in changes)


def _change(change: Json, people: Mapping[str, str]) -> str:
    name: str = change["field"]
    words = _(_WORDS[name]) if name in _WORDS else name
    if "fromLength" in change:
        old_length, new_length = change["fromLength"], change["toLength"]
        said = "%(field)s (from %(old)s to %(num)s character)", "%(field)s (from %(old)s to %(num)s characters)"
        return plural(*said, new_length, num=new_length, field=words, old=old_length)
    if "from" not in change:
        return words
    old, new = (_value(name, change[end], people) for end in ("from", "to"))
    begins = change["from"] is None and name in BEGINNINGS
    words = "" if name == "value" else words
    return f"{words} {new if begins else _from_to(old, new)}".strip()


def _value(name: str, value: Any, people: Mapping[str, str]) -> str:
    if name == "assigneeId":
        return people.get(value, nobody()) if value else _("nobody")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value in (None, "", []):
        return _("none")
    if name in {"startDate", "dueDate"}:
        return day(value)
    if name in {"type", "priority", "role"}:
        return _(str(value))
    return ", ".join(value) if isinstance(value, list) else _quoted(value) if name in {"title", "name"} else str(value)


def _quoted(text: str) -> str:
    return _("“%(text)s”", text=text)


def _from_to(old: str | None, new: str | None) -> str:
    return _("from %(old)s to %(new)s", old=old, new=new)

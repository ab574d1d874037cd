"""A ticket's history, as a page and as a part of the ticket's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template

from punt import access
from punt.inputs.admin import HistoryQuery
from punt.inputs.base import query
from punt.language import _
from punt.models import AuditEntry, wire
from punt.models.people import those_with
from punt.pages.sentences import nobody, sentence

SHOWN = 20
"""Entries that a ticket's own page shows."""

blueprint = Blueprint("history", __name__, url_prefix="/projects/<key>/tickets/<int:number>/history")


@blueprint.get("")
def show(key: str, number: int) -> Any:
    """Show a ticket's history, newest first."""
    grant, asked = access.project(key), query(HistoryQuery)
    ticket = grant.ticket(str(number))
    entries, more = history_of(ticket.id, asked.limit, asked.before)
    return render_template(
        "tickets/history.html",
        project=wire.project(grant.project),
        ticket=wire.ticket(ticket),
        history=entries,
        more=more,
        newest=asked.before is None,
    )


def history_of(ticket_id: str, limit: int = SHOWN, before: int | None = None) -> tuple[list[wire.Json], int | None]:
    """Return entries about a ticket in words, newest first, and where to read on."""
    found, more = AuditEntry.page(AuditEntry.about(subject_id=ticket_id), limit, before)
    return described(found, about=True), more


def described(found: Sequence[AuditEntry], *, about: bool = False) -> list[wire.Json]:
    """Put entries into words, with people's current names.

    :param about: whether the reader knows what they are about.
    """
    entries = [wire.audit_entry(entry) for entry in found]
    changes = [change for entry in entries for change in entry["changes"] if change["field"] == "assigneeId"]
    ids = {entry["actorId"] for entry in entries} | {change[end] for change in changes for end in ("from", "to")}
    people = {person.id: person.name for person in those_with(sorted(ids - {None}))}
    return [
        entry
        | {
            "said": sentence(entry, people, about=about),
            "who": _who(entry, people),
            "known": entry["actorId"] in people,
        }
        for entry in entries
    ]


def _who(entry: wire.Json, people: dict[str, str]) -> str:
    if entry["actorId"]:
        return people.get(entry["actorId"], nobody())
    return _("Somebody") if entry["kind"] == "session" else _("The server")

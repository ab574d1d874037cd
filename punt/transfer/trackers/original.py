"""Reading a project out of a backup of the original PUNT (0.9.6 and before, versions 1.0.0 to 1.4.0 of its format).

Made from facts about that format only. Nothing of its secrets is looked at.
"""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from typing import Any, TypeVar

from pydantic import Field

from punt.models import Priority, TicketType
from punt.transfer.boards import Board, BoardCard, BoardLabel, BoardList, Comment, planned
from punt.transfer.cards import Plan, one_line
from punt.transfer.json_file import Part, read_as
from punt.transfer.refusal import Refusal

NAME = "the original PUNT"
WHAT = "backup of the original PUNT"
INSIDE = "backup.json"
UNPACKED = 50_000_000
"""Bytes that what is read of a zip may have."""
ZIP = b"PK\x03\x04"
NOT_YET = {
    "environment": "Environments",
    "affected_version": "Affected versions",
    "fix_version": "Fix versions",
    "resolution": "Resolutions",
    "sprint_id": "Places in sprints",
}
"""What tickets have there and not here."""

AChoice = TypeVar("AChoice", TicketType, Priority)


class OldProject(Part):
    id: str
    key: str = ""
    name: str = ""


class OldColumn(Part):
    id: str
    name: str = ""
    order: float = 0
    project_id: str


class OldLabel(Part):
    id: str
    name: str = ""
    color: str = ""
    project_id: str


class OldUser(Part):
    id: str
    username: str = ""
    name: str = ""
    email: str = ""


class OldTicket(Part):
    id: str
    title: str = ""
    description: str = ""
    type: str = "task"
    priority: str = "medium"
    order: float = 0
    number: int = 0
    story_points: float | None = None
    estimate: str = ""
    start_date: str | None = None
    due_date: str | None = None
    environment: str = ""
    affected_version: str = ""
    fix_version: str = ""
    resolution: str = ""
    sprint_id: str = ""
    project_id: str
    column_id: str
    assignee_id: str | None = None
    parent_id: str | None = None
    label_ids: list[str] = Field(default_factory=list)


class OldComment(Part):
    content: str = ""
    created_at: str = ""
    is_system_generated: bool = False
    ticket_id: str
    author_id: str | None = None


class OldLink(Part):
    from_ticket_id: str = ""


class OldOfTicket(Part):
    ticket_id: str = ""


class OldSprint(Part):
    project_id: str = ""


class OldData(Part):
    projects: list[OldProject]
    columns: list[OldColumn]
    tickets: list[OldTicket]
    labels: list[OldLabel] = Field(default_factory=list)
    users: list[OldUser] = Field(default_factory=list)
    comments: list[OldComment] = Field(default_factory=list)
    sprints: list[OldSprint] = Field(default_factory=list)
    ticket_links: list[OldLink] = Field(default_factory=list)
    ticket_watchers: list[OldOfTicket] = Field(default_factory=list)
    ticket_edits: list[OldOfTicket] = Field(default_factory=list)
    ticket_activities: list[OldOfTicket] = Field(default_factory=list)
    attachments: list[OldOfTicket] = Field(default_factory=list)


class OldBackup(Part):
    """A whole file."""

    data: OldData


def unzipped(content: bytes) -> bytes:
    """Return the JSON out of a backup with attachments.

    :raises Refusal: when there is none in it, or it is too large.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(INSIDE) as file:
            found = file.read(UNPACKED + 1)
    except KeyError:
        raise Refusal(f"There is no {INSIDE} in this. Save what a spreadsheet program wrote as “CSV UTF-8”.") from None
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise Refusal(f"This zip cannot be unpacked: {one_line(str(error), 100)}") from None
    if len(found) > UNPACKED:
        raise Refusal(f"{INSIDE} unpacks to more than {UNPACKED:,} bytes.")
    return found


def is_original(found: Any) -> bool:
    """Tell whether it looks like a backup, encrypted or not."""
    return isinstance(found, dict) and "version" in found and ("exportedAt" in found or "exportedBy" in found)


def read_backup(found: dict[str, Any]) -> OldData:
    """Look at a backup.

    :raises Refusal: when it is none, or encrypted.
    """
    if found.get("encrypted") or "ciphertext" in found:
        raise Refusal("This backup is encrypted. Make one without a password in the original PUNT, and import that.")
    return read_as(OldBackup, found, WHAT).data


def parts_of(data: OldData) -> dict[str, str]:
    """List the projects of a backup: what each is called by its key, and how many tickets it has."""
    counts = Counter(ticket.project_id for ticket in data.tickets)
    return {each.key or each.id: f"{one_line(each.name, 80)} ({counts[each.id]:,} tickets)" for each in data.projects}


def plan_of(data: OldData, part: str) -> Plan:
    """Turn one project of a backup into what it brings.

    :param part: its key.
    :raises Refusal: when there is none of that key.
    """
    project = next((each for each in data.projects if (each.key or each.id) == part), None)
    if project is None:
        raise Refusal(f"There is no project {one_line(part, 40)} in this backup.")
    return planned(_board(data, project.id))


def _board(data: OldData, project_id: str) -> Board:
    tickets = [each for each in data.tickets if each.project_id == project_id]
    board = Board(
        lists=[BoardList(each.id, each.name, each.order) for each in data.columns if each.project_id == project_id],
        labels=[_label(each) for each in data.labels if each.project_id == project_id],
        people={each.id: tuple(filter(None, (each.username, each.email, each.name))) for each in data.users},
        cards=[],
    )
    comments = _comments(data, board)
    board.cards = [_card(ticket, comments.get(ticket.id, []), board.left) for ticket in tickets]
    _leave(board.left, data, tickets, project_id)
    return board


def _label(label: OldLabel) -> BoardLabel:
    color = label.color.lower()
    is_color = len(color) == 7 and color[0] == "#" and set(color[1:]) <= set("0123456789abcdef")
    return BoardLabel(label.id, label.name, color if is_color else None)


def _card(ticket: OldTicket, comments: list[Comment], left: Counter[str]) -> BoardCard:
    points = ticket.story_points
    fits = points is None or (points.is_integer() and 0 <= points <= 999)
    left["Values that are no story points"] += not fits
    return BoardCard(
        id=ticket.id,
        title=ticket.title,
        list_id=ticket.column_id,
        description=ticket.description,
        position=ticket.order,
        labels=ticket.label_ids,
        people=[ticket.assignee_id] if ticket.assignee_id else [],
        start=ticket.start_date,
        due=ticket.due_date,
        comments=comments,
        parent=ticket.parent_id,
        type=_one_of(TicketType, ticket.type, TicketType.TASK, "Type", left),
        priority=_one_of(Priority, ticket.priority, Priority.MEDIUM, "Priority", left),
        story_points=int(points) if points is not None and fits else None,
        estimate=ticket.estimate,
    )


def _one_of(names: type[AChoice], text: str, otherwise: AChoice, what: str, left: Counter[str]) -> AChoice:
    found = next((name for name in names if name.value.casefold() == text.strip().casefold()), None)
    if text and found is None:
        left[f"{what} “{one_line(text, 40)}”, unknown here"] += 1
    return found or otherwise


def _comments(data: OldData, board: Board) -> dict[str, list[Comment]]:
    """Return what people said by ticket, oldest first, to stand below its description."""
    found: dict[str, list[Comment]] = {}
    for each in sorted(data.comments, key=lambda each: each.created_at):
        if not each.is_system_generated:
            who = board.people.get(each.author_id or "", ())
            found.setdefault(each.ticket_id, []).append(Comment(who[-1] if who else "", each.created_at, each.content))
    return found


def _leave(left: Counter[str], data: OldData, tickets: list[OldTicket], project_id: str) -> None:
    """Count what of a project is not taken."""
    ids = {ticket.id for ticket in tickets}
    left["Comments, which stand below the description now"] = sum(
        each.ticket_id in ids and not each.is_system_generated for each in data.comments
    )
    left["Comments that the system made"] = sum(
        each.ticket_id in ids and each.is_system_generated for each in data.comments
    )
    left["Sprints"] = sum(each.project_id == project_id for each in data.sprints)
    left["Links between tickets"] = sum(each.from_ticket_id in ids for each in data.ticket_links)
    for what, things in (
        ("Watchers of tickets", data.ticket_watchers),
        ("Edits in the history", data.ticket_edits),
        ("Activities in the history", data.ticket_activities),
        ("Attachments", data.attachments),
    ):
        left[what] = sum(each.ticket_id in ids for each in things)
    for name, what in NOT_YET.items():
        left[what] = sum(bool(getattr(ticket, name)) for ticket in tickets)

"""Turning a project of a backup of the original PUNT into a plan."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any, TypeVar

from punt.language import _, later
from punt.models import Priority, TicketType
from punt.transfer.boards.board import Board, BoardCard, BoardLabel, BoardList, Comment, planned
from punt.transfer.boards.cards import Past, Plan, hex_color, one_line
from punt.transfer.boards.trackers.original_file import OldData, OldLabel, OldTicket
from punt.transfer.refusal import Refusal

MOST_PAST = 200
"""Changes of one ticket that are copied into the audit trail."""
EARLIEST = 2000
"""The earliest credible year of a change."""
FIELDS = {"assignee": "assignee", "storyPoints": "storyPoints", "sprintId": "sprint", "columnId": "column"}
"""Our names for fields of its history, where they differ."""
NOT_YET = {
    "environment": later("Environments"),
    "affected_version": later("Affected versions"),
    "fix_version": later("Fix versions"),
    "resolution": later("Resolutions"),
    "sprint_id": later("Places in sprints"),
}
"""What tickets have there and not here."""

AChoice = TypeVar("AChoice", TicketType, Priority)


def plan_of(data: OldData, part: str, *, bounded: bool = True) -> Plan:
    """Turn one project of a backup into a plan.

    :param part: its key.
    :param bounded: as for a :class:`Plan`.
    :raises Refusal: when none has that key.
    """
    project = next((each for each in data.projects if (each.key or each.id) == part), None)
    if project is None:
        raise Refusal(_("There is no project %(part)s in this backup.", part=one_line(part, 40)))
    return planned(_board(data, project.id), bounded=bounded)


def _board(data: OldData, project_id: str) -> Board:
    tickets = [each for each in data.tickets if each.project_id == project_id]
    board = Board(
        lists=[BoardList(each.id, each.name, each.order) for each in data.columns if each.project_id == project_id],
        labels=[_label(each) for each in data.labels if each.project_id == project_id],
        people={each.id: each.names() for each in data.users},
        cards=[],
    )
    comments, history = _comments(data, board), _history(data, board, {each.id for each in tickets})
    board.cards = [_card(ticket, comments.get(ticket.id, []), board.left) for ticket in tickets]
    for card in board.cards:
        card.history = history.get(card.id, [])
        board.left[_("Changes in the history before the newest")] += max(len(history.get(card.id, [])) - MOST_PAST, 0)
        card.history = card.history[-MOST_PAST:]
    _leave(board.left, data, tickets, project_id)
    return board


def _label(label: OldLabel) -> BoardLabel:
    return BoardLabel(label.id, label.name, hex_color(label.color.strip()))


def _card(ticket: OldTicket, comments: list[Comment], left: Counter[str]) -> BoardCard:
    points = ticket.story_points
    fits = points is None or (points.is_integer() and 0 <= points <= 999)
    left[_("Values that are no story points")] += not fits
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
        type=_one_of(TicketType, ticket.type, TicketType.TASK, later("Type"), left),
        priority=_one_of(Priority, ticket.priority, Priority.MEDIUM, later("Priority"), left),
        story_points=int(points) if points is not None and fits else None,
        estimate=ticket.estimate,
    )


def _one_of(names: type[AChoice], text: str, otherwise: AChoice, what: str, left: Counter[str]) -> AChoice:
    found = next((name for name in names if name.value.casefold() == text.strip().casefold()), None)
    if text and found is None:
        left[_("%(what)s “%(text)s”, unknown here", what=_(what), text=one_line(text, 40))] += 1
    return found or otherwise


def _comments(data: OldData, board: Board) -> dict[str, list[Comment]]:
    """Return the comments by ticket, oldest first, to go below its description."""
    found: dict[str, list[Comment]] = {}
    for each in sorted(data.comments, key=lambda each: each.created_at):
        if not each.is_system_generated:
            who = board.people.get(each.author_id or "", ())
            found.setdefault(each.ticket_id, []).append(Comment(who[-1] if who else "", each.created_at, each.content))
    return found


def _history(data: OldData, board: Board, ids: set[str]) -> dict[str, list[Past]]:
    """Return what was done to each ticket, oldest first."""
    found: dict[str, list[Past]] = {}
    for each in (each for each in data.ticket_activities if each.ticket_id in ids):
        at = _moment(each.created_at)
        if at is None:
            board.left[_("Changes in the history at no moment")] += 1
            continue
        name = FIELDS.get(each.field, one_line(each.field or each.action, 40) or "something")
        past = Past(at, board.people.get(each.user_id, ()), name, _short(each.old_value), _short(each.new_value))
        found.setdefault(each.ticket_id, []).append(past)
    return {ticket_id: sorted(history, key=lambda past: past.at) for ticket_id, history in found.items()}


def _moment(text: str) -> datetime | None:
    """Read a timestamp; one from the future counts as none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return found if found.year >= EARLIEST and found <= datetime.now(UTC) else None


def _short(value: Any) -> str | None:
    text = value if isinstance(value, str) or value is None else json.dumps(value)
    return one_line(text, 200) or None if text else None


def _leave(left: Counter[str], data: OldData, tickets: list[OldTicket], project_id: str) -> None:
    """Count what of a project is not imported."""
    ids = {ticket.id for ticket in tickets}
    left[_("Comments, which stand below the description now")] = sum(
        each.ticket_id in ids and not each.is_system_generated for each in data.comments
    )
    left[_("Comments that the system made")] = sum(
        each.ticket_id in ids and each.is_system_generated for each in data.comments
    )
    left[_("Sprints")] = sum(each.project_id == project_id for each in data.sprints)
    left[_("Links between tickets")] = sum(each.from_ticket_id in ids for each in data.ticket_links)
    for what, things in (
        (_("Watchers of tickets"), data.ticket_watchers),
        (_("Edits in the history"), data.ticket_edits),
        (_("Attachments"), data.attachments),
    ):
        left[what] = sum(each.ticket_id in ids for each in things)
    for name, what in NOT_YET.items():
        left[_(what)] = sum(bool(getattr(ticket, name)) for ticket in tickets)

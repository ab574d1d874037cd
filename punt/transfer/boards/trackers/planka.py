"""Reading a board as PLANKA's API returns it (``GET /api/boards/<id>``), versions 1 and 2; it has no export of its own.

Source of the format: server/api of plankanban/planka, the controller that shows a board and the models.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from punt.language import _
from punt.transfer.boards.board import Board, BoardCard, BoardLabel, BoardList, Checklist, planned
from punt.transfer.boards.cards import Plan
from punt.transfer.boards.json_file import Part, read_as

NAME = "PLANKA"
WHAT = "board of PLANKA"
PUT_AWAY = frozenset({"archive", "trash"})
COLORS = {
    "red": "#c02b2b",
    "berry": "#c02b2b",
    "burgundy": "#8a1f2b",
    "piggy": "#b0576a",
    "orange": "#b4491f",
    "pumpkin": "#b4491f",
    "rust": "#9a4a1f",
    "leafs": "#8a5a00",
    "yellow": "#8a5a00",
    "gold": "#8a6a00",
    "sand": "#8a6f3d",
    "cocoa": "#7a5a45",
    "mud": "#7a6450",
    "grass": "#4d7c0f",
    "moss": "#4d7c0f",
    "salad": "#4d7c0f",
    "green": "#0f7b4d",
    "sea": "#0b7285",
    "coast": "#3a6ea5",
    "blue": "#1d6fd1",
    "sky": "#2b7fb5",
    "ocean": "#14507a",
    "eyes": "#7a5fc7",
    "lilac": "#8a63c7",
    "plum": "#7a3f8a",
    "fields": "#6a5fc7",
    "tulip": "#a3296f",
}
"""PLANKA's colour words, as colours of PUNT; greys and unknown ones are grey."""
GREY = "#566072"


class PlankaList(Part):
    id: str
    name: str = ""
    type: str = "active"
    position: float = 0


class PlankaLabel(Part):
    id: str
    name: str = ""
    color: str = ""


class PlankaUser(Part):
    id: str
    name: str = ""
    username: str = ""
    email: str = ""


class PlankaCard(Part):
    id: str
    name: str
    description: str = ""
    list_id: str
    type: str = ""
    position: float = 0
    start_date: str | None = None
    due_date: str | None = None
    is_due_completed: bool = False
    comments_total: int = 0


class PlankaMember(Part):
    card_id: str
    user_id: str


class PlankaCardLabel(Part):
    card_id: str
    label_id: str


class PlankaTaskList(Part):
    id: str
    card_id: str
    name: str = ""
    position: float = 0


class PlankaTask(Part):
    name: str = ""
    card_id: str = ""
    task_list_id: str = ""
    is_completed: bool = False
    position: float = 0


class PlankaIncluded(Part):
    lists: list[PlankaList]
    cards: list[PlankaCard]
    labels: list[PlankaLabel] = Field(default_factory=list)
    users: list[PlankaUser] = Field(default_factory=list)
    card_memberships: list[PlankaMember] = Field(default_factory=list)
    card_labels: list[PlankaCardLabel] = Field(default_factory=list)
    task_lists: list[PlankaTaskList] = Field(default_factory=list)
    tasks: list[PlankaTask] = Field(default_factory=list)
    attachments: list[Any] = Field(default_factory=list)
    custom_field_values: list[Any] = Field(default_factory=list)


class PlankaBoard(Part):
    """A whole file."""

    included: PlankaIncluded


def plan_of(found: Any) -> Plan:
    """Turn the JSON of a board into a plan, without its archive and trash.

    :raises Refusal: when it is not such a board.
    """
    export = read_as(PlankaBoard, found, WHAT).included
    board = Board(
        lists=[BoardList(each.id, each.name, each.position, each.type in PUT_AWAY) for each in export.lists],
        labels=[_label(each) for each in export.labels],
        people={each.id: tuple(filter(None, (each.username, each.email, each.name))) for each in export.users},
        cards=_cards(export),
    )
    board.left[_("Comments")] = sum(card.comments_total for card in export.cards)
    board.left[_("Attachments")] = len(export.attachments)
    board.left[_("Values of custom fields")] = len(export.custom_field_values)
    board.left[_("Marks that a due date is met")] = sum(card.is_due_completed for card in export.cards)
    return planned(board)


def _label(label: PlankaLabel) -> BoardLabel:
    return BoardLabel(label.id, label.name, _color(label.color), label.color.replace("-", " "))


def _cards(export: PlankaIncluded) -> list[BoardCard]:
    people, labels = dict[str, list[str]](), dict[str, list[str]]()
    for member in export.card_memberships:
        people.setdefault(member.card_id, []).append(member.user_id)
    for label in export.card_labels:
        labels.setdefault(label.card_id, []).append(label.label_id)
    checklists = _checklists(export)
    return [
        BoardCard(
            id=card.id,
            title=card.name,
            list_id=card.list_id,
            description=card.description,
            position=card.position,
            labels=labels.get(card.id, []),
            people=people.get(card.id, []),
            start=card.start_date,
            due=card.due_date,
            checklists=checklists.get(card.id, []),
        )
        for card in export.cards
    ]


def _checklists(export: PlankaIncluded) -> dict[str, list[Checklist]]:
    """Group tasks by their lists, or in version 1, which has none, by their cards."""
    tasks: dict[str, list[tuple[bool, str]]] = {}
    for task in sorted(export.tasks, key=lambda task: task.position):
        if task.name:  # one without a name is another card
            tasks.setdefault(task.task_list_id or task.card_id, []).append((task.is_completed, task.name))
    found: dict[str, list[Checklist]] = {}
    for each in sorted(export.task_lists, key=lambda each: each.position):
        found.setdefault(each.card_id, []).append(Checklist(each.name, tasks.get(each.id, [])))
    for card in export.cards:
        if card.id in tasks:
            found.setdefault(card.id, []).append(Checklist("Tasks", tasks[card.id]))
    return found


def _color(name: str) -> str:
    return next((COLORS[word] for word in reversed(name.split("-")) if word in COLORS), GREY)

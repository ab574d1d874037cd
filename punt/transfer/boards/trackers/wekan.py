"""Reading a board as WeKan exports it (Board settings → Export board → JSON).

Source of the format: server and models of wekan/wekan, the exporter of ``wekan-board-1.0.0``.
"""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from punt.language import _
from punt.transfer.boards.board import Board, BoardCard, BoardLabel, BoardList, Checklist, planned
from punt.transfer.boards.cards import Plan
from punt.transfer.boards.json_file import Part, read_as
from punt.transfer.boards.trackers.trello import COLORS

NAME = "WeKan"
WHAT = "board exported from WeKan"
MORE_COLORS = {
    "darkgreen": "#0a5636",
    "slateblue": "#5b5fc7",
    "indigo": "#4b2aa3",
    "navy": "#1d3f8a",
    "gray": "#566072",
    "silver": "#7a8494",
    "gold": "#a07a00",
    "crimson": "#a8103a",
    "magenta": "#b0279b",
    "plum": "#8e4f9e",
    "saddlebrown": "#7a4a1e",
    "peachpuff": "#b5764a",
    "mistyrose": "#b06a72",
    "paleturquoise": "#3d8a92",
}


class WekanPart(Part):
    """A part of the file; each has its id in ``_id``."""

    model_config = ConfigDict(alias_generator=lambda name: "_id" if name == "id" else to_camel(name))


class WekanList(WekanPart):
    id: str
    title: str = ""
    archived: bool = False
    sort: float = 0
    wip_limit: dict[str, Any] = Field(default_factory=dict)


class WekanLabel(WekanPart):
    id: str
    name: str = ""
    color: str = ""


class WekanProfile(Part):
    fullname: str = ""


class WekanUser(WekanPart):
    id: str
    username: str = ""
    profile: WekanProfile = WekanProfile()


class WekanSwimlane(WekanPart):
    archived: bool = False


class WekanChecklist(WekanPart):
    id: str
    card_id: str = ""
    title: str = ""
    sort: float = 0


class WekanItem(WekanPart):
    checklist_id: str = ""
    title: str = ""
    is_finished: bool = False
    sort: float = 0


class WekanComment(WekanPart):
    card_id: str = ""


class WekanCard(WekanPart):
    id: str
    title: str = ""
    description: str = ""
    archived: bool = False
    list_id: str = ""
    sort: float = 0
    label_ids: list[str] = Field(default_factory=list)
    assignees: list[str] = Field(default_factory=list)
    members: list[str] = Field(default_factory=list)
    start_at: str | None = None
    due_at: str | None = None
    parent_id: str | None = None
    custom_fields: list[Any] = Field(default_factory=list)


class WekanBoard(WekanPart):
    """A whole file."""

    title: str = ""
    lists: list[WekanList]
    cards: list[WekanCard]
    labels: list[WekanLabel] = Field(default_factory=list)
    users: list[WekanUser] = Field(default_factory=list)
    swimlanes: list[WekanSwimlane] = Field(default_factory=list)
    checklists: list[WekanChecklist] = Field(default_factory=list)
    checklist_items: list[WekanItem] = Field(default_factory=list)
    comments: list[WekanComment] = Field(default_factory=list)
    attachments: list[Any] = Field(default_factory=list)
    rules: list[Any] = Field(default_factory=list)


def plan_of(found: Any) -> Plan:
    """Turn the JSON of an export into a plan: open lists and open cards.

    :raises Refusal: when it is not an export of a board.
    """
    export = read_as(WekanBoard, found, WHAT)
    colors = COLORS | MORE_COLORS
    board = Board(
        lists=[BoardList(each.id, each.title, each.sort, each.archived) for each in export.lists],
        labels=[BoardLabel(each.id, each.name, colors.get(each.color), each.color) for each in export.labels],
        people={each.id: tuple(filter(None, (each.username, each.profile.fullname))) for each in export.users},
        cards=_cards(export),
    )
    limits = sum(bool(each.wip_limit.get("enabled")) for each in export.lists)
    board.left[_("Limits of lists")] = limits
    board.left[_("Swimlanes, whose cards come together")] = max(len(export.swimlanes) - 1, 0)
    board.left[_("Comments")] = len(export.comments)
    board.left[_("Attachments")] = len(export.attachments)
    board.left[_("Values of custom fields")] = sum(
        _has_value(value) for card in export.cards for value in card.custom_fields
    )
    board.left[_("Rules")] = len(export.rules)
    return planned(board)


def _cards(export: WekanBoard) -> list[BoardCard]:
    checklists = _checklists(export)
    return [
        BoardCard(
            id=card.id,
            title=card.title,
            list_id=card.list_id,
            description=card.description,
            position=card.sort,
            archived=card.archived,
            labels=card.label_ids,
            people=list(dict.fromkeys([*card.assignees, *card.members])),
            start=card.start_at,
            due=card.due_at,
            checklists=checklists.get(card.id, []),
            parent=card.parent_id or None,
        )
        for card in export.cards
    ]


def _checklists(export: WekanBoard) -> dict[str, list[Checklist]]:
    items: dict[str, list[tuple[bool, str]]] = {}
    for item in sorted(export.checklist_items, key=lambda item: item.sort):
        items.setdefault(item.checklist_id, []).append((item.is_finished, item.title))
    found: dict[str, list[Checklist]] = {}
    for each in sorted(export.checklists, key=lambda each: each.sort):
        found.setdefault(each.card_id, []).append(Checklist(each.title, items.get(each.id, [])))
    return found


def _has_value(field: Any) -> bool:
    return isinstance(field, dict) and field.get("value") not in (None, "", [])

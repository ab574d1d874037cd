"""Reading a board as Trello exports it (Menu → Print, export and share → Export as JSON).

Source of the format: developer.atlassian.com/cloud/trello, the nested resources of a board. Exports of 2014 and
2015 have their labels on the cards, and checklists that their cards name.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from punt.language import _
from punt.transfer.boards.board import Board, BoardCard, BoardLabel, BoardList, Checklist, planned
from punt.transfer.boards.cards import Plan
from punt.transfer.boards.json_file import Part, parsed, read_as

COLORS = {
    "green": "#0f7b4d",
    "yellow": "#8a5a00",
    "orange": "#b4491f",
    "red": "#c02b2b",
    "purple": "#7a3ff2",
    "blue": "#1d6fd1",
    "sky": "#0b7285",
    "lime": "#4d7c0f",
    "pink": "#a3296f",
    "black": "#566072",
}
"""Trello's colours, as the nearest of PUNT's that have enough contrast."""
WHAT = "board exported from Trello"


class TrelloList(Part):
    id: str
    name: str
    closed: bool = False
    pos: float = 0
    soft_limit: Any = None


class TrelloLabel(Part):
    id: str = ""
    name: str = ""
    color: str = ""

    def key(self) -> str:
        """Return its id, or a substitute if it has none, as in 2014."""
        return self.id or f"{self.color} {self.name}"


class TrelloMember(Part):
    id: str
    full_name: str = ""
    username: str = ""


class TrelloItem(Part):
    name: str
    state: str = "incomplete"
    pos: float = 0


class TrelloChecklist(Part):
    id: str
    id_card: str = ""
    name: str = ""
    pos: float = 0
    check_items: list[TrelloItem] = Field(default_factory=list)


class TrelloCard(Part):
    id: str
    name: str
    desc: str = ""
    closed: bool = False
    id_list: str
    id_labels: list[str] = Field(default_factory=list)
    labels: list[TrelloLabel] = Field(default_factory=list)
    id_members: list[str] = Field(default_factory=list)
    id_checklists: list[str] = Field(default_factory=list)
    pos: float = 0
    start: str | None = None
    due: str | None = None
    due_complete: bool = False
    attachments: list[Any] = Field(default_factory=list)
    custom_field_items: list[Any] = Field(default_factory=list)


class TrelloAction(Part):
    type: str = ""


class TrelloBoard(Part):
    """A whole file."""

    name: str
    lists: list[TrelloList]
    cards: list[TrelloCard]
    labels: list[TrelloLabel] = Field(default_factory=list)
    label_names: dict[str, str] = Field(default_factory=dict)
    members: list[TrelloMember] = Field(default_factory=list)
    checklists: list[TrelloChecklist] = Field(default_factory=list)
    actions: list[TrelloAction] = Field(default_factory=list)


def read_trello(content: bytes) -> Plan:
    """Turn an export into a plan: open lists and open cards.

    :raises Refusal: when it is not an export of a board.
    """
    return plan_of(parsed(content, WHAT))


def plan_of(found: Any) -> Plan:
    """Turn the JSON of an export into a plan; raises what :func:`read_trello` does."""
    export = read_as(TrelloBoard, found, WHAT)
    board = Board(
        lists=[BoardList(each.id, each.name, each.pos, each.closed) for each in export.lists],
        labels=[_label(export, each) for each in _labels(export)],
        people={each.id: tuple(filter(None, (each.username, each.full_name))) for each in export.members},
        cards=_cards(export),
    )
    _leave(board, export)
    return planned(board)


def _cards(export: TrelloBoard) -> list[BoardCard]:
    checklists = _checklists(export)
    return [
        BoardCard(
            id=card.id,
            title=card.name,
            list_id=card.id_list,
            description=card.desc,
            position=card.pos,
            archived=card.closed,
            labels=list(dict.fromkeys([*card.id_labels, *(label.key() for label in card.labels)])),
            people=card.id_members,
            start=card.start,
            due=card.due,
            checklists=checklists.get(card.id, []),
        )
        for card in export.cards
    ]


def _labels(export: TrelloBoard) -> list[TrelloLabel]:
    """List the labels of the board, and those that only appear on cards."""
    found = {label.key(): label for label in export.labels}
    for card in export.cards:
        for label in card.labels:
            found.setdefault(label.key(), label)
    return list(found.values())


def _label(export: TrelloBoard, label: TrelloLabel) -> BoardLabel:
    color, _, shade = label.color.partition("_")
    name = label.name or export.label_names.get(label.color, "")
    return BoardLabel(label.key(), name, COLORS.get(color), f"{shade} {color}".strip())


def _checklists(export: TrelloBoard) -> dict[str, list[Checklist]]:
    cards = {checklist: card.id for card in export.cards for checklist in card.id_checklists}
    found: dict[str, list[Checklist]] = {}
    for each in sorted(export.checklists, key=lambda each: each.pos):
        items = [(item.state == "complete", item.name) for item in sorted(each.check_items, key=lambda item: item.pos)]
        found.setdefault(each.id_card or cards.get(each.id, ""), []).append(Checklist(each.name, items))
    return found


def _leave(board: Board, export: TrelloBoard) -> None:
    """Count what of open cards and lists, and of comments, is not imported."""
    lists = {each.id for each in export.lists if not each.closed}
    cards = [each for each in export.cards if not each.closed and each.id_list in lists]
    board.left[_("Limits of lists")] = sum(bool(each.soft_limit) for each in export.lists if each.id in lists)
    board.left[_("Attachments")] = sum(len(each.attachments) for each in cards)
    board.left[_("Values of custom fields")] = sum(len(each.custom_field_items) for each in cards)
    board.left[_("Marks that a due date is met")] = sum(each.due_complete for each in cards)
    board.left[_("Comments")] = sum(action.type == "commentCard" for action in export.actions)

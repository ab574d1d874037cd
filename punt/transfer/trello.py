"""Reading a board as Trello exports it (Menu → Print, export and share → Export as JSON).

Source of the format: developer.atlassian.com/cloud/trello, the nested resources of a board.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from punt.inputs.names import NameTwice, each_once
from punt.transfer.cards import Card, Plan, day, given_day, many_lines, one_line
from punt.transfer.refusal import Refusal

COLORS = {
    "green": "#0f7b4d",
    "yellow": "#8a5a00",
    "orange": "#b4491f",
    "red": "#c02b2b",
    "purple": "#7a3ff2",
    "blue": "#1d6fd1",
    "sky": "#0b7285",
    "lime": "#0f7b4d",
    "pink": "#a3296f",
    "black": "#566072",
}
"""Trello's colours, in those of PUNT that are nearest and have contrast enough."""


class Part(BaseModel):
    """A part of the file; what is not named is not looked at."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", strict=True)


class TrelloList(Part):
    id: str
    name: str
    closed: bool = False
    pos: float = 0
    soft_limit: Any = None


class TrelloLabel(Part):
    id: str
    name: str = ""
    color: str | None = None


class TrelloMember(Part):
    id: str
    full_name: str | None = None
    username: str = ""


class TrelloItem(Part):
    name: str
    state: str = "incomplete"
    pos: float = 0


class TrelloChecklist(Part):
    id: str
    id_card: str | None = None
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
    id_members: list[str] = Field(default_factory=list)
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
    members: list[TrelloMember] = Field(default_factory=list)
    checklists: list[TrelloChecklist] = Field(default_factory=list)
    actions: list[TrelloAction] = Field(default_factory=list)


def read_trello(content: bytes) -> Plan:
    """Turn an export into what it brings: open lists and open cards.

    :raises Refusal: when it is no export of a board.
    """
    try:
        board = TrelloBoard.model_validate(json.loads(content, object_pairs_hook=each_once), strict=False)
    except RecursionError:
        raise Refusal("This is nested too deep.") from None
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise Refusal(f"This is no board exported from Trello: {where} is missing or wrong.") from None
    except NameTwice as twice:
        raise Refusal(f"This is no board exported from Trello: {twice}") from None
    except ValueError:
        raise Refusal("This is no board exported from Trello: it is not valid JSON.") from None
    return _Reader(board).plan()


class _Reader:
    """One board on its way into a plan."""

    def __init__(self, board: TrelloBoard) -> None:
        self._board, self._plan = board, Plan()
        self._lists = {each.id: each for each in board.lists}
        self._members = {each.id: each for each in board.members}

    def plan(self) -> Plan:
        board, plan = self._board, self._plan
        open_lists = sorted((each for each in board.lists if not each.closed), key=lambda each: each.pos)
        names = {each.id: plan.column(each.name if one_line(each.name, 1) else "List") for each in open_lists}
        plan.leave("Archived lists", len(board.lists) - len(open_lists))
        plan.leave("Limits of lists", sum(bool(each.soft_limit) for each in open_lists))
        self._labels = {each.id: self._label(each) for each in board.labels}
        self._checklists = self._by_card()
        for card in sorted(board.cards, key=lambda card: card.pos):
            if card.closed or card.id_list not in names:
                plan.leave("Archived cards")
            else:
                plan.card(self._card(card, names[card.id_list]))
        plan.leave("Comments", sum(action.type == "commentCard" for action in board.actions))
        return plan

    def _card(self, card: TrelloCard, column: str) -> Card:
        members = [self._members[each] for each in card.id_members if each in self._members]
        labels = [self._labels[each] for each in card.id_labels if each in self._labels]
        leave = self._plan.leave
        leave("Attachments", len(card.attachments))
        leave("Values of custom fields", len(card.custom_field_items))
        leave("Marks that a due date is met", int(card.due_complete))
        leave("Members of cards who are no longer on the board", len(card.id_members) - len(members))
        leave("Labels of cards that the board does not know", len(card.id_labels) - len(labels))
        return Card(
            title=card.name,
            column=column,
            description="\n\n".join(part for part in (many_lines(card.desc), *self._tasks(card)) if part),
            labels=labels,
            people=[_names_of(member) for member in members],
            start=self._day(card.start),
            due=self._day(card.due),
        )

    def _tasks(self, card: TrelloCard) -> list[str]:
        return [
            f"**{one_line(checklist.name, 200) or 'Checklist'}**\n\n{_task_list(checklist)}"
            for checklist in self._checklists.get(card.id, ())
        ]

    def _by_card(self) -> dict[str, list[TrelloChecklist]]:
        found: dict[str, list[TrelloChecklist]] = {}
        for checklist in sorted(self._board.checklists, key=lambda each: each.pos):
            if checklist.id_card and checklist.check_items:
                found.setdefault(checklist.id_card, []).append(checklist)
        return found

    def _label(self, label: TrelloLabel) -> str:
        shade = (label.color or "").partition("_")[0]
        name = next((each for each in (label.name, shade.capitalize()) if one_line(each, 1)), "Label")
        return self._plan.label(name, COLORS.get(shade))

    def _day(self, text: str | None) -> Any:
        given = given_day(text)
        found = day(given) if given else None
        self._plan.leave("Dates that are none", int(bool(given) and found is None))
        return found


def _names_of(member: TrelloMember) -> tuple[str, ...]:
    return tuple(name for name in (member.username, member.full_name) if name) or ("somebody",)


def _task_list(checklist: TrelloChecklist) -> str:
    items = sorted(checklist.check_items, key=lambda item: item.pos)
    return "\n".join(f"- [{'x' if item.state == 'complete' else ' '}] {one_line(item.name, 1000)}" for item in items)

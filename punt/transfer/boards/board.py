"""Turning a board of lists and cards, as most trackers have it, into a plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from punt.heavy.slices import breathing
from punt.language import _
from punt.models import Priority, TicketType
from punt.transfer.boards.cards import FURTHER, MOST_PEOPLE, Card, Past, Plan, many_lines, one_line
from punt.transfer.boards.days import day, given_day
from punt.transfer.boards.family import find_parents

Position = float
SHADES = {"dark": (0, 0.3), "light": (255, 0.4)}
"""What a shade is mixed with, of 255, and how much."""


@dataclass
class BoardList:
    """A list, which becomes a column."""

    id: str
    name: str
    position: Position = 0
    archived: bool = False


@dataclass
class BoardLabel:
    """A label.

    :ivar shade: the name of its colour, such as ``dark green``, for a label without a name.
    """

    id: str
    name: str
    color: str | None = None
    shade: str = ""


@dataclass
class Checklist:
    """A checklist: for each item in order, whether it is done, and its text."""

    name: str
    items: list[tuple[bool, str]]


@dataclass
class Comment:
    """What somebody said of a card."""

    who: str
    when: str
    text: str


@dataclass
class BoardCard:
    """A card, which becomes a ticket; it refers to everything else by ids."""

    id: str
    title: str
    list_id: str
    description: str = ""
    position: Position = 0
    archived: bool = False
    labels: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    start: str | None = None
    due: str | None = None
    checklists: list[Checklist] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    parent: str | None = None
    type: TicketType = TicketType.TASK
    priority: Priority = Priority.MEDIUM
    story_points: int | None = None
    estimate: str = ""
    history: list[Past] = field(default_factory=list)


@dataclass
class Board:
    """A whole board.

    :ivar people: each person's names by id, the best name first.
    :ivar left: what is not imported.
    """

    lists: list[BoardList]
    cards: list[BoardCard]
    labels: list[BoardLabel] = field(default_factory=list)
    people: dict[str, tuple[str, ...]] = field(default_factory=dict)
    left: Counter[str] = field(default_factory=Counter)


Placed = TypeVar("Placed", BoardList, BoardCard)


def planned(board: Board, *, bounded: bool = True) -> Plan:
    """Turn a board into a plan: open lists and open cards, in their order.

    :param bounded: as for a :class:`Plan`.
    """
    return _Reader(board, bounded).plan()


class _Reader:
    """One board on its way into a plan."""

    def __init__(self, board: Board, bounded: bool) -> None:
        self._board, self._plan = board, Plan(left=+board.left, bounded=bounded)

    def plan(self) -> Plan:
        board, plan = self._board, self._plan
        open_lists = _sorted(each for each in board.lists if not each.archived)
        names = {each.id: plan.column(_shown(each.name) or "List", another=True) for each in open_lists}
        plan.leave(_("Archived lists"), len(board.lists) - len(open_lists))
        self._labels = self._named_labels()
        for card in breathing(_sorted(board.cards)):
            if card.archived or card.list_id not in names:
                plan.leave(_("Archived cards"))
            else:
                plan.card(self._card(card, names[card.list_id]))
        find_parents(plan)
        return plan

    def _card(self, card: BoardCard, column: str) -> Card:
        people = [self._board.people[each] for each in card.people if each in self._board.people]
        labels = [self._labels[each] for each in card.labels if each in self._labels]
        self._plan.leave(_("Members of cards who are no longer on the board"), len(card.people) - len(people))
        self._plan.leave(FURTHER, len(people[MOST_PEOPLE:]))
        self._plan.leave(_("Labels of cards that the board does not know"), len(card.labels) - len(labels))
        return Card(
            title=card.title,
            column=column,
            description=_description(card),
            type=card.type,
            priority=card.priority,
            labels=list(dict.fromkeys(labels)),
            people=[names or ("somebody",) for names in people[:MOST_PEOPLE]],
            story_points=card.story_points,
            estimate=self._plan.estimate(card.estimate),
            start=self._day(card.start),
            due=self._day(card.due),
            history=card.history,
            keys=[card.id],
            parents=[card.parent] if card.parent else [],
        )

    def _named_labels(self) -> dict[str, str]:
        """Name all labels; one without a name is called by its colour. Several shades of one colour stay distinct."""
        shades = {each.shade for each in self._board.labels}
        families = Counter(map(_family, shades))
        found = {}
        for label in self._board.labels:
            alone = families[_family(label.shade)] == 1
            name = _shown(label.name) or (_family(label.shade) if alone else label.shade).capitalize() or "Label"
            color = label.color if alone else shaded(label.color, label.shade)
            found[label.id] = self._plan.label(name, color, another=True)
        return found

    def _day(self, text: str | None) -> date | None:
        given = given_day(text)
        found = day(given) if given else None
        self._plan.leave(_("Dates that are none"), int(bool(given) and found is None))
        return found


def shaded(color: str | None, shade: str) -> str | None:
    """Mix a colour with dark or light, as the first word of a shade says."""
    name = shade.partition(" ")[0]
    if color is None or name not in SHADES:
        return color
    end, share = SHADES[name]
    parts = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(part + (end - part) * share):02x}" for part in parts)


def _description(card: BoardCard) -> str:
    parts = [many_lines(card.description), *map(_tasks, card.checklists), *map(_said, card.comments)]
    return "\n\n".join(filter(None, parts))


def _tasks(checklist: Checklist) -> str:
    items = "\n".join(f"- [{'x' if done else ' '}] {one_line(text, 1000)}" for done, text in checklist.items)
    return f"**{one_line(checklist.name, 200) or 'Checklist'}**\n\n{items}" if items else ""


def _said(comment: Comment) -> str:
    text = many_lines(comment.text)
    return f"**{one_line(comment.who, 80) or 'Somebody'}, {comment.when[:10]}:**\n\n{text}" if text else ""


def _family(shade: str) -> str:
    """Return a shade such as ``dark green`` without its first word."""
    return shade.rpartition(" ")[2]


def _shown(name: str) -> str:
    return name if one_line(name, len(name)) else ""


def _sorted(things: Iterable[Placed]) -> list[Placed]:
    return sorted(things, key=lambda each: each.position)

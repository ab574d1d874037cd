"""Finding the parents of tickets to be created within their file."""

from __future__ import annotations

from collections import Counter

from punt.language import _
from punt.models import TicketType
from punt.models.texts import key_of
from punt.transfer.boards.cards import Card, Plan, flat


def find_parents(plan: Plan) -> None:
    """Set each card's index of its parent among the cards; an impossible parent is reported."""
    keys, titles = _numbers(plan.cards)
    for index, card in enumerate(plan.cards):
        if card.parents:
            known = (keys.get(name) or titles.get(name) for name in map(_plain, card.parents))
            found = next((other for other in known if other), None)
            card.parent = found - 1 if found and found - 1 != index else None
            plan.leave(_("Parents that are not in this file"), int(not found))
            plan.leave(_("Tickets that are their own parents"), int(found == index + 1))
    for card in plan.cards:
        if card.parent is not None and plan.cards[card.parent].type is TicketType.SUBTASK:
            card.parent = None
            plan.leave(_("Parents that are subtasks, which have no children here"))
    _open_circles(plan)
    for card in plan.cards:
        card.keys, card.parents = [], []  # which nobody needs any more


def parents_first(cards: list[Card]) -> list[int]:
    """Return the indexes of cards with each parent before its children; there are no cycles."""
    found: dict[int, None] = {}
    for index in range(len(cards)):
        line = [index]
        while (parent := cards[line[-1]].parent) is not None and parent not in found:
            line.append(parent)
        found.update(dict.fromkeys(reversed(line)))
    return list(found)


def _numbers(cards: list[Card]) -> tuple[dict[str, int], dict[str, int]]:
    """Return by key, and by title if only one ticket has it, the number of a card, counted from 1."""
    keys: dict[str, int] = {}
    for number, card in enumerate(cards, 1):
        for key in card.keys:
            keys.setdefault(_plain(key), number)
    titles = [_plain(card.title) for card in cards]
    counts = Counter(titles)
    return keys, {title: number for number, title in enumerate(titles, 1) if counts[title] == 1}


def _open_circles(plan: Plan) -> None:
    """Remove the parent of one ticket in each cycle."""
    over: set[int] = set()
    for index in range(len(plan.cards)):
        line: dict[int, None] = {}
        at: int | None = index
        while at is not None and at not in over and at not in line:
            line[at] = None
            at = plan.cards[at].parent
        if at is not None and at in line:
            plan.cards[at].parent = None
            plan.leave(_("Parents that made a circle"))
        over.update(line)


def _plain(text: str) -> str:
    return key_of(flat(text))

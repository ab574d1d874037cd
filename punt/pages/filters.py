"""The filters in a board's address; ``static/js/board/filters.js`` decides the same from the data of the cards."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from punt.database import now
from punt.models import wire
from punt.models.texts import sought

ME, NOBODY = "me", "unassigned"
DUE = ("overdue", "today", "week", "none")


@dataclass(frozen=True)
class Filter:
    """What to show of a board: every word, and for each requested facet at least one value.

    :param q: words, each of which must be in key, title or labels.
    :param wanted: values by facet.
    :param me: the current user's id: ``me`` means another person to everyone.
    """

    q: str
    wanted: dict[str, frozenset[str]]
    me: str
    today: date = field(default_factory=lambda: now().date())

    @classmethod
    def of(cls, query: MultiDict[str, str], me: str, board: dict[str, Any]) -> Filter:
        """Read it from the query of a board's address; values that the board does not offer are ignored."""
        offered = {
            "type": board["types"],
            "priority": board["priorities"],
            "assignee": [ME, NOBODY, *(person["id"] for person in board["members"])],
            "label": [label["id"] for label in board["labels"]],
            "due": DUE,
        }
        wanted = {facet: frozenset(values).intersection(query.getlist(facet)) for facet, values in offered.items()}
        return cls(query.get("q", "").strip(), {facet: values for facet, values in wanted.items() if values}, me)

    def __bool__(self) -> bool:
        return bool(self.q or self.wanted)

    def asks(self, facet: str, value: str) -> bool:
        """Tell whether a value is requested."""
        asked = self.wanted.get(facet, frozenset())
        return value in asked or (facet == "assignee" and value == ME and self.me in asked)

    def lets_through(self, card: wire.Json, *, done: bool = False) -> bool:
        """Tell whether a card matches.

        :param done: whether its column is a done one, where nothing is overdue.
        """
        if not self:
            return True
        text = sought(" ".join([card["key"], card["title"], *(label["name"] for label in card["labels"])]))
        return all(word in text for word in sought(self.q).split()) and all(
            values & set(self._values(facet, card, done)) for facet, values in self.wanted.items()
        )

    def _values(self, facet: str, card: wire.Json, done: bool) -> Collection[str]:
        """List a card's values for a facet."""
        if facet == "label":
            return [label["id"] for label in card["labels"]]
        if facet == "assignee":
            person = card["assigneeId"] or NOBODY
            return [person, ME] if person == self.me else [person]
        return self._due(card["dueDate"], done) if facet == "due" else [card[facet]]

    def _due(self, day: str | None, done: bool) -> Collection[str]:
        if day is None:
            return ["none"]
        left, weekday = (date.fromisoformat(day) - self.today).days, self.today.weekday()
        due = {"overdue": left < 0 and not done, "today": left == 0, "week": -weekday <= left < 7 - weekday}
        return [name for name, applies in due.items() if applies]

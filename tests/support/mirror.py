"""A reference client: a board that is read once and from then on only applies events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

from tests.support.listener import Message

Json = dict[str, Any]


class Mirror:
    """A board as a client of the specification keeps it.

    Applying an event twice, or one that is older than what the mirror has already, changes nothing. That is why
    the stream may be opened first and the board be read afterwards.
    """

    def __init__(self, columns: list[Json], labels: list[Json], tickets: list[Json]) -> None:
        self._columns, self._labels, self._tickets = _by_id(columns), _by_id(labels), _by_id(tickets)
        self._gone: set[str] = set()

    @classmethod
    def of(cls, client: httpx.Client, project: str) -> Mirror:
        """Read the whole board."""
        return cls(*(client.get(f"/api/projects/{project}/{what}").json() for what in ("columns", "labels", "tickets")))

    def apply(self, message: Message) -> None:
        """Apply an event; events that are not about a board do nothing."""
        handlers: dict[str, Callable[[Json], None]] = {
            "ticket.created": self._add_ticket,
            "ticket.updated": self._put_ticket,
            "ticket.moved": self._put_ticket,
            "ticket.deleted": lambda data: self._remove(self._tickets, data),
            "label.created": self._put_label,
            "label.updated": self._put_label,
            "label.deleted": self._remove_label,
            "column.created": lambda data: self._put(self._columns, data),
            "column.updated": lambda data: self._put(self._columns, data),
            "column.deleted": lambda data: self._remove(self._columns, data),
        }
        if handler := handlers.get(message["type"]):
            handler(message["data"])

    def board(self) -> list[Json]:
        """Return the columns from left to right, each with its tickets from top to bottom, all fields included.

        A ticket's order is derived from the ranks in its column: a move carries only the order of the moved ticket.
        """
        columns = sorted(self._columns.values(), key=lambda column: column["order"])
        return [{**column, "tickets": self._tickets_in(column["id"])} for column in columns]

    def labels(self) -> list[Json]:
        """Return the labels by name."""
        return sorted(self._labels.values(), key=_name)

    def _tickets_in(self, column_id: str) -> list[Json]:
        tickets = [ticket for ticket in self._tickets.values() if ticket["columnId"] == column_id]
        tickets.sort(key=lambda ticket: ticket["rank"])
        return [{**ticket, "order": order} for order, ticket in enumerate(tickets)]

    def _put(self, things: dict[str, Json], data: Json) -> None:
        if data["id"] not in self._gone:
            things[data["id"]] = data

    def _add_ticket(self, data: Json) -> None:
        self._gone.discard(data["id"])  # it may have been restored from the bin
        self._put_ticket(data)

    def _put_ticket(self, data: Json) -> None:
        known = self._tickets.get(data["id"])
        if known is None or known["version"] <= data["version"]:
            self._put(self._tickets, data)

    def _put_label(self, data: Json) -> None:
        self._put(self._labels, data)
        self._relabel(lambda label: data if label["id"] == data["id"] else label)

    def _remove(self, things: dict[str, Json], data: Json) -> None:
        self._gone.add(data["id"])
        things.pop(data["id"], None)

    def _remove_label(self, data: Json) -> None:
        self._remove(self._labels, data)
        self._relabel(lambda label: None if label["id"] == data["id"] else label)

    def _relabel(self, change: Callable[[Json], Json | None]) -> None:
        for ticket in self._tickets.values():
            labels = [changed for label in ticket["labels"] if (changed := change(label))]
            ticket["labels"] = sorted(labels, key=_name)


def _by_id(things: list[Json]) -> dict[str, Json]:
    return {thing["id"]: thing for thing in things}


def _name(label: Json) -> str:
    return str(label["name"]).casefold()

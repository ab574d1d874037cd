"""A project's board."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Blueprint, Response, redirect, request, stream_template, url_for

from punt import access
from punt.access import Grant, May
from punt.database import end_read
from punt.events.pipeline import cursor
from punt.heavy.slices import breathing, slices
from punt.heavy.turns import Turns
from punt.models import Label, Priority, TicketType, wire
from punt.models.board import cards, is_large
from punt.models.people import seen_on
from punt.pages.context import is_done
from punt.pages.filters import Filter
from punt.web.long_answers import spooled

blueprint = Blueprint("board", __name__, url_prefix="/projects/<key>")

PIECE = 2_000
"""Pieces of a template that are joined at once: some 50 kB of a board."""
LARGE = Turns(line=100, timeout=30)
"""Requests for boards of thousands: twelve at once would keep twelve in memory."""


@blueprint.get("")
@blueprint.get("/")
def home(key: str) -> Any:
    """Go to the board."""
    return redirect(url_for("board.show", key=access.project(key).project.key))


@blueprint.get("/board")
def show(key: str) -> Any:
    """Show the board, large ones one at a time."""
    if not is_large(access.project(key).project.id):
        return _board(key)
    end_read()  # a request that waits for its turn holds nothing, and is authenticated again then
    with LARGE.one():
        access.user_anew()
        return _board(key)


def _board(key: str) -> Response:
    """Answer with the board and the cursor read before its data: nothing is missed between rendering and listening."""
    since = cursor()
    grant = access.project(key)
    around, found = surroundings(grant), cards(grant.project.id)
    around["members"] += _assigned_no_members(around, found)
    wanted = Filter.of(request.args, grant.user.id, around)
    columns = _columns(grant, found, wanted)
    known = around | {"columns": columns, "filter": wanted, "cursor": since}
    return spooled(_pieces("projects/board.html", known), "text/html")


def _pieces(template: str, known: dict[str, Any]) -> Iterator[bytes]:
    """Render a template in pieces: a board of thousands is never completely in memory."""
    for some in slices(stream_template(template, **known), PIECE):
        yield "".join(some).encode()


def surroundings(grant: Grant) -> dict[str, Any]:
    """Return what a board and the pages of its tickets have in common."""
    project = grant.project
    return {
        "project": wire.project(project),
        "labels": [wire.label(label) for label in Label.of(project.id)],
        "members": [wire.user(each.user) | {"memberId": each.id} for each in project.members()],
        "people": {person.id: wire.user(person) for person in seen_on(project.id)},
        "can": {"edit": grant.may(May.WORK), "manage": grant.may(May.MANAGE)},
        "types": [each.value for each in TicketType],
        "priorities": [each.value for each in Priority],
    }


def _assigned_no_members(around: dict[str, Any], found: Sequence[wire.Json]) -> list[wire.Json]:
    """List former members who still have tickets, so that one can filter by them."""
    assigned = {card["assigneeId"] for card in found} - {member["id"] for member in around["members"]}
    return [person for person in around["people"].values() if person["id"] in assigned]


def _columns(grant: Grant, found: Sequence[wire.Json], wanted: Filter) -> list[dict[str, Any]]:
    columns = {column.id: wire.column(column) | {"tickets": [], "hidden": 0} for column in grant.project.columns()}
    for card in breathing(found):
        column = columns[card["columnId"]]
        card["hidden"] = not wanted.lets_through(card, done=is_done(column["name"]))
        column["hidden"] += card["hidden"]
        column["tickets"].append(card)
    return list(columns.values())

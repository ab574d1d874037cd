"""The JSON shape of each thing has exactly the promised keys."""

from __future__ import annotations

from datetime import date

from punt.database import writing
from punt.models import Label, wire
from tests.models.conftest import Harbour
from tests.support.patterns import TIMESTAMP

TICKET = [
    "id",
    "key",
    "number",
    "title",
    "description",
    "type",
    "priority",
    "projectId",
    "columnId",
    "order",
    "rank",
    "assigneeId",
    "creatorId",
    "parentId",
    "labels",
    "storyPoints",
    "estimate",
    "startDate",
    "dueDate",
    "version",
    "createdAt",
    "updatedAt",
]


def test_a_ticket_is_written_in_the_promised_order_of_members(harbour: Harbour) -> None:
    found = wire.ticket(harbour.get(harbour.add("a", start_date=date(2024, 2, 29))))

    assert list(found) == TICKET
    assert (found["startDate"], found["dueDate"]) == ("2024-02-29", None)
    assert (found["createdAt"], found["updatedAt"]) == (TIMESTAMP, TIMESTAMP)


def test_a_project_a_column_and_a_label_are_written_as_promised(harbour: Harbour) -> None:
    with writing():
        label = Label.create(harbour.project.id, "quay")
    project = harbour.project

    assert list(wire.project(project)) == ["id", "key", "name", "description", "color", "createdAt", "updatedAt"]
    assert list(wire.column(project.columns()[0])) == ["id", "name", "color", "wipLimit", "order"]
    assert list(wire.label(label)) == ["id", "name", "color"]


def test_a_person_is_shown_without_anything_private(harbour: Harbour) -> None:
    shown = wire.user(harbour.person("alice"))

    assert list(shown) == ["id", "username", "name", "avatarColor", "avatarUrl"]
    assert wire.own_user(harbour.person("alice")).keys() - shown.keys() == {"email", "language", "isAdmin", "createdAt"}

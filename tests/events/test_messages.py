"""The exact message of every event type, on exactly the streams where it belongs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from punt.models import Membership
from tests.support.ears import Ears
from tests.support.listener import Listener, Message
from tests.support.patterns import CURSOR, ID, TIMESTAMP
from tests.support.pictures import PICTURE
from tests.support.server import Server

TAB = "tab-1"
HARB = "/api/projects/HARB"


class Stage:
    """Alice acts in one tab; Bob listens to everything that he may hear."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.alice, self.bob = server.client("alice", headers={"X-Tab-Id": TAB}), server.client("bob")
        self.alice_id = self.alice.get("/api/me").json()["id"]
        self.project_id = self.alice.get(HARB).json()["id"]

    def message(self, type_: str, data: Any, project_id: str | None = None, **more: Any) -> Message:
        """Return the whole message that a change by Alice is; by default one inside her project."""
        project = {"projectId": project_id or self.project_id} if project_id != "" else {}
        origin = {"tabId": TAB, "timestamp": TIMESTAMP, "actorId": self.alice_id}
        return {"type": type_, "data": data, **origin, **project, **more}

    def make(self, what: str, **fields: Any) -> dict[str, Any]:
        """Let Alice make a ticket, a label or a column; return what the API answers."""
        answer = self.alice.post(f"{HARB}/{what}", json=fields)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def columns(self) -> list[dict[str, Any]]:
        columns: list[dict[str, Any]] = self.alice.get(f"{HARB}/columns").json()
        return columns


@pytest.fixture(scope="module")
def stage(live: Server) -> Stage:
    return Stage(live)


@pytest.fixture
def ears(stage: Stage) -> Iterator[Ears]:
    """Bob at the three streams."""
    with Ears(stage.server, stage.bob) as ears:
        yield ears


def only(stream: str, *messages: Message) -> dict[str, list[Message]]:
    """What is heard when one of the three streams has told something and the others nothing."""
    return {"project": [], "projects": [], "users": []} | {stream: list(messages)}


def answered(answer: httpx.Response) -> Any:
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


def test_ticket_created_carries_the_full_ticket(stage: Stage, ears: Ears) -> None:
    ticket = stage.make("tickets", title="Dredge the basin ⚓", type="bug", priority="high", dueDate="2030-05-01")

    assert ears.heard() == only("project", stage.message("ticket.created", ticket))
    assert ticket == {
        "id": ID,
        "key": f"HARB-{ticket['number']}",
        "number": ticket["number"],
        "title": "Dredge the basin ⚓",
        "description": "",
        "type": "Bug",
        "priority": "High",
        "projectId": stage.project_id,
        "columnId": stage.columns()[0]["id"],
        "order": ticket["order"],
        "rank": ticket["rank"],
        "assigneeId": None,
        "creatorId": stage.alice_id,
        "parentId": None,
        "labels": [],
        "storyPoints": None,
        "estimate": None,
        "startDate": None,
        "dueDate": "2030-05-01",
        "version": 1,
        "createdAt": TIMESTAMP,
        "updatedAt": TIMESTAMP,
    }


def test_ticket_updated_carries_the_ticket_and_names_the_changed_fields(stage: Stage, ears: Ears) -> None:
    ticket, label = stage.make("tickets", title="Old"), stage.make("labels", name="tide", color="#1d6fd1")
    change = {"title": "New", "description": "one\r\ntwo\u2028three", "labelIds": [label["id"]], "storyPoints": 3}
    changed = answered(stage.alice.patch(f"{HARB}/tickets/{ticket['id']}", json=change))

    message = stage.message("ticket.updated", changed, changed=["description", "labels", "storyPoints", "title"])
    assert ears.heard() == only(
        "project", stage.message("ticket.created", ticket), stage.message("label.created", label), message
    )
    assert changed == {
        **ticket,
        "title": "New",
        "description": "one\ntwo\u2028three",
        "labels": [label],
        "storyPoints": 3,
        "version": changed["version"],
        "updatedAt": TIMESTAMP,
    }
    assert changed["version"] > ticket["version"]


def test_ticket_moved_carries_the_ticket_with_its_new_column_and_order(stage: Stage, ears: Ears) -> None:
    column = stage.columns()[1]["id"]
    first, second = (stage.make("tickets", title=title, columnId=column) for title in ("First", "Second"))
    moved = answered(stage.alice.patch(f"{HARB}/tickets/{second['id']}", json={"columnId": column, "order": 0}))

    *_, message = ears.heard()["project"]
    assert message == stage.message("ticket.moved", moved, changed=["rank"])
    assert (moved["columnId"], moved["order"], moved["rank"] < first["rank"]) == (column, 0, True)
    assert ears.heard()["projects"] == ears.heard()["users"] == []


def test_a_change_that_moves_and_edits_is_one_ticket_moved_and_one_ticket_updated(stage: Stage, ears: Ears) -> None:
    stage.make("tickets", title="Neighbour", columnId=stage.columns()[2]["id"])
    ticket = stage.make("tickets", title="Old")
    change = {"title": "New", "columnId": stage.columns()[2]["id"], "order": 0}
    changed = answered(stage.alice.patch(f"{HARB}/tickets/{ticket['id']}", json=change))

    assert ears.heard()["project"][2:] == [
        stage.message("ticket.moved", changed, changed=["columnId", "rank"]),
        stage.message("ticket.updated", changed, changed=["title"]),
    ]


def test_ticket_deleted_carries_the_id_alone(stage: Stage, ears: Ears) -> None:
    ticket = stage.make("tickets", title="Gone")
    answered(stage.alice.delete(f"{HARB}/tickets/{ticket['id']}"))

    created, deleted = ears.heard()["project"]
    assert created == stage.message("ticket.created", ticket)
    assert deleted == stage.message("ticket.deleted", {"id": ticket["id"]})


def test_label_created_updated_and_deleted(stage: Stage, ears: Ears) -> None:
    label = stage.make("labels", name="urgent", color="#C02B2B")
    changed = answered(stage.alice.patch(f"{HARB}/labels/{label['id']}", json={"name": "Very urgent"}))
    answered(stage.alice.delete(f"{HARB}/labels/{label['id']}"))

    assert label == {"id": ID, "name": "urgent", "color": "#c02b2b"}
    assert ears.heard() == only(
        "project",
        stage.message("label.created", label),
        stage.message("label.updated", {**label, "name": "Very urgent"}, changed=["name"]),
        stage.message("label.deleted", {"id": label["id"]}),
    )
    assert changed == {**label, "name": "Very urgent"}


def test_column_created_updated_and_deleted(stage: Stage, ears: Ears) -> None:
    column = stage.make("columns", name="Blocked")
    change = {"name": "On hold", "color": "#8a5a00", "wipLimit": 3}
    changed = answered(stage.alice.patch(f"{HARB}/columns/{column['id']}", json=change))
    answered(stage.alice.delete(f"{HARB}/columns/{column['id']}"))

    assert column == {"id": ID, "name": "Blocked", "color": None, "wipLimit": None, "order": 4}
    assert ears.heard() == only(
        "project",
        stage.message("column.created", column),
        stage.message("column.updated", changed, changed=["color", "name", "wipLimit"]),
        stage.message("column.deleted", {"id": column["id"]}),
    )
    assert changed == {**column, **change}


def test_columns_in_a_new_order_are_an_update_of_each_that_moved(stage: Stage, ears: Ears) -> None:
    ids = [column["id"] for column in stage.columns()]
    asked = [ids[0], ids[2], ids[1], *ids[3:]]
    arranged = answered(stage.alice.put(f"{HARB}/columns/order", json={"columnIds": asked}))

    told = sorted(ears.heard()["project"], key=lambda message: message["data"]["order"])
    assert told == [stage.message("column.updated", column, changed=["order"]) for column in arranged[1:3]]


def test_project_created_reaches_its_founder_and_nobody_else(stage: Stage, ears: Ears) -> None:
    with Ears(stage.server, stage.server.client("alice")) as own_other_tab:
        project = answered(stage.alice.post("/api/projects", json={"key": "dock", "name": "Dock"}))

        assert own_other_tab.heard() == only("projects", stage.message("project.created", project, project["id"]))
    assert ears.heard() == only("projects")
    assert project == {
        "id": ID,
        "key": "DOCK",
        "name": "Dock",
        "description": "",
        "color": project["color"],
        "createdAt": TIMESTAMP,
        "updatedAt": TIMESTAMP,
    }


def test_project_updated(stage: Stage, ears: Ears) -> None:
    change = {"name": "Harbour site", "description": "All of it", "color": "#0b62d6"}
    changed = answered(stage.alice.patch(HARB, json=change))

    assert ears.heard() == only(
        "projects", stage.message("project.updated", changed, changed=["color", "description", "name"])
    )
    assert changed == {**changed, **change, "id": stage.project_id, "key": "HARB"}


def test_project_deleted_carries_the_id_alone(stage: Stage) -> None:
    project = answered(stage.alice.post("/api/projects", json={"key": "PIER", "name": "Pier"}))
    added = stage.server.flask("member", "add", "PIER", "bob", "viewer")
    assert added.returncode == 0, added.stderr
    with Ears(stage.server, stage.bob) as ears:
        answered(stage.alice.delete("/api/projects/PIER"))

        assert ears.heard() == only("projects", stage.message("project.deleted", {"id": project["id"]}, project["id"]))


def test_user_updated_carries_the_summary(stage: Stage, ears: Ears) -> None:
    change = {"name": "Alice L.", "avatarColor": "#1d6f8a", "email": "new@example.org"}
    answered(stage.alice.patch("/api/me", json=change))

    summary = {"username": "alice", "name": "Alice L.", "avatarColor": "#1d6f8a", "avatarUrl": None}
    data = {"id": stage.alice_id, **summary}
    assert ears.heard() == only("users", stage.message("user.updated", data, "", changed=["avatarColor", "name"]))


def test_user_updated_tells_of_a_picture_and_of_its_end(stage: Stage, ears: Ears) -> None:
    pictured = answered(stage.alice.put("/api/me/picture", content=PICTURE))
    answered(stage.alice.delete("/api/me/picture"))

    summary = {name: pictured[name] for name in ("id", "username", "name", "avatarColor", "avatarUrl")}
    assert summary["avatarUrl"].startswith("/avatars/")
    changed = {"changed": ["avatarUrl"]}
    assert ears.heard() == only(
        "users",
        stage.message("user.updated", summary, "", **changed),
        stage.message("user.updated", summary | {"avatarUrl": None}, "", **changed),
    )


def test_a_new_person_is_no_event(stage: Stage, ears: Ears) -> None:
    made = stage.server.flask("user", "create", "dora", "--password-stdin", stdin="correct horse battery\n")

    answered(stage.alice.patch("/api/me", json={"name": "Alice the second"}))

    assert made.returncode == 0
    assert [message["type"] for message in ears.heard()["users"]] == ["user.updated"]


def test_member_created_updated_and_deleted(stage: Stage, ears: Ears) -> None:
    server = stage.server
    server.flask("member", "add", "HARB", "charlie")
    server.flask("member", "add", "HARB", "charlie", "viewer")
    members = stage.alice.get(f"{HARB}/members").json()
    member = next(member for member in members if member["user"]["username"] == "charlie")
    with server.writing() as session:
        session.delete(session.get_one(Membership, member["id"]))

    by_command = {"tabId": None, "timestamp": TIMESTAMP, "projectId": stage.project_id}
    assert ears.heard() == only(
        "project",
        {"type": "member.created", "data": {**member, "role": "member"}, **by_command},
        {"type": "member.updated", "data": {**member, "role": "viewer"}, **by_command, "changed": ["role"]},
        {"type": "member.deleted", "data": {"id": member["id"]}, **by_command},
    )


def test_every_message_has_its_place_in_the_log_as_its_id(stage: Stage) -> None:
    with Listener(stage.bob, f"{HARB}/events") as stream:
        for title in ("one", "two", "three"):
            stage.make("tickets", title=title)
        stream.wait_for(3)

        logged = stage.server.rows("SELECT epoch || '-' || position FROM event_log ORDER BY position DESC LIMIT 3")
        assert [id_ for (id_,) in reversed(logged)] == stream.ids == [CURSOR] * 3


def test_one_connection_may_tell_everything(stage: Stage) -> None:
    with Listener(stage.bob, "/api/events?project=HARB") as stream:
        ticket = stage.make("tickets", title="One")
        answered(stage.alice.patch(HARB, json={"description": "Other"}))
        answered(stage.alice.patch("/api/me", json={"name": "Alice"}))
        stream.wait_for(3)

        assert stream.types() == ["ticket.created", "project.updated", "user.updated"]
        assert stream.messages[0] == stage.message("ticket.created", ticket)

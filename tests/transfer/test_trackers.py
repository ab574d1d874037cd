"""Files as other trackers write them: what is imported, and what is reported. Each is a row of docs/importing.md."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from punt.settings import ROOT
from punt.transfer.boards.cards import Card, Plan
from punt.transfer.boards.choice import Choice
from punt.transfer.boards.foreign import Reading, understood
from punt.transfer.boards.trackers import original_file
from punt.transfer.refusal import Refusal
from tests.support.board import TICKETS, nothing_changes
from tests.support.cast import signed_in
from tests.support.importing import take, upload

SAMPLES = Path(__file__).with_name("samples")
PLAIN = Card("")


def read(name: str, choice: Choice | None = None) -> Reading:
    return understood((SAMPLES / name).read_bytes(), choice)


def told(plan: Plan) -> list[dict[str, Any]]:
    """Return of each card what differs from an empty one."""
    found = []
    for card in plan.cards:
        said = {name: value for name, value in vars(card).items() if value != getattr(PLAIN, name)}
        said |= {name: str(said[name]) for name in ("start", "due", "type", "priority") if name in said}
        if card.parent is not None:
            said["parent"] = plan.cards[card.parent].title
        found.append({name: value for name, value in said.items() if name not in {"keys", "parents", "history"}})
    return found


EXPECTED: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "jira.csv": (
        "Jira",
        [
            {
                "title": "Berths can be booked",
                "column": "To Do",
                "type": "Epic",
                "priority": "High",
                "description": "h2. Why\n\nGuests ring us up.",
            },
            {
                "title": "Booking form",
                "column": "In Progress",
                "type": "Story",
                "labels": ["web", "guests"],
                "people": [("Alice Lindqvist",)],
                "due": "2025-08-20",
                "story_points": 5,
                "estimate": "8h",
                "description": "*Name*, boat, nights",
                "parent": "Berths can be booked",
            },
            {
                "title": "Date field",
                "column": "Done",
                "type": "Subtask",
                "priority": "Lowest",
                "labels": ["web"],
                "people": [("zoe",)],
                "estimate": "90m",
                "parent": "Booking form",
            },
        ],
    ),
    "linear.csv": (
        "Linear",
        [
            {
                "title": "Light the pier",
                "column": "In Progress",
                "priority": "Critical",
                "labels": ["Feature", "Outside"],
                "people": [("alice@example.org",)],
                "story_points": 3,
                "start": "2026-01-05",
                "due": "2026-02-01",
                "description": "Lamps every *ten* metres",
            },
            {"title": "Order lamps", "column": "Todo", "story_points": 1, "parent": "Light the pier"},
        ],
    ),
    "asana.csv": (
        "Asana",
        [
            {
                "title": "Paint the office",
                "column": "To do",
                "priority": "High",
                "labels": ["paint", "inside"],
                "people": [("Alice Lindqvist", "alice@example.org")],
                "start": "2026-03-01",
                "due": "2026-03-09",
                "description": "Red and white,\ntwo coats",
            },
            {"title": "Measure the walls", "column": "Done", "parent": "Paint the office"},
            {"title": "Ring the painter", "column": "To do", "priority": "Low", "people": [("Zoe", "zoe@example.org")]},
        ],
    ),
    "asana.json": (
        "Asana",
        [
            {
                "title": "Paint the office",
                "column": "To do",
                "labels": ["paint", "inside, upstairs"],
                "people": [("Alice Lindqvist",)],
                "start": "2026-03-01",
                "due": "2026-03-09",
                "description": "Red and white",
            },
            {"title": "Measure the walls", "column": "To do", "parent": "Paint the office"},
            {"title": "Ring the painter", "column": "Done", "due": "2026-03-02"},
        ],
    ),
    "kanboard.csv": (
        "Kanboard",
        [
            {
                "title": "Oil the crane",
                "column": "Work in progress",
                "labels": ["Outside"],
                "people": [("alice", "Alice Lindqvist")],
                "story_points": 5,
                "estimate": "2.5h",
                "start": "2026-03-02",
                "due": "2026-03-25",
            },
            {"title": "Paint, red", "column": "Done", "people": [("zoe", "Zoe")], "story_points": 0},
        ],
    ),
    "trello.csv": (
        "Trello",
        [
            {
                "title": "Order tiles",
                "column": "North quay",
                "labels": ["Buying", "Urgent"],
                "people": [("alice",), ("zoe",)],
                "due": "2026-10-09",
                "description": "Upstairs, 20 m²",
            }
        ],
    ),
    "trello-2015.json": (
        "Trello",
        [
            {
                "title": "Mend the crane",
                "column": "To Do",
                "labels": ["Bug"],
                "people": [("alice", "Alice Lindqvist")],
                "description": "**Parts**\n\n- [ ] Chain",
            },
            {"title": "Sweep", "column": "Done", "labels": ["Blue"], "due": "2015-04-01"},
        ],
    ),
    "wekan.json": (
        "WeKan",
        [
            {
                "title": "Order paint",
                "column": "To Do",
                "labels": ["Urgent"],
                "people": [("alice", "Alice Lindqvist")],
                "start": "2026-03-01",
                "due": "2026-03-09",
                "description": "Red *and* white\n\n**Colours**\n\n- [x] Red\n- [ ] White",
            },
            {
                "title": "Sweep the pier",
                "column": "Done",
                "labels": ["Green", "Darkgreen"],
                "people": [("zoe",)],
                "parent": "Order paint",
            },
            {"title": "Watch", "column": "Done"},
        ],
    ),
    "wekan.csv": (
        "WeKan",
        [
            {
                "title": "Order paint",
                "column": "To Do",
                "labels": ["Urgent"],
                "people": [("alice",)],
                "start": "2026-03-01",
                "due": "2026-03-09",
                "description": "Red and white",
            }
        ],
    ),
    "planka-1.json": (
        "PLANKA",
        [
            {
                "title": "Order paint",
                "column": "Backlog",
                "labels": ["Urgent"],
                "people": [("alice@example.org", "Alice Lindqvist")],
                "due": "2026-03-09",
                "description": "Red\n\n**Tasks**\n\n- [x] Red\n- [ ] White",
            },
            {"title": "Sweep", "column": "Done", "labels": ["Blue"]},
        ],
    ),
    "planka-2.json": (
        "PLANKA",
        [
            {
                "title": "Order paint",
                "column": "To Do",
                "labels": ["Urgent"],
                "people": [("alice", "alice@example.org", "Alice Lindqvist"), ("zoe", "Zoe")],
                "start": "2026-03-01",
                "due": "2026-03-09",
                "description": "Red\n\n**Colours**\n\n- [x] Red",
            },
            {"title": "Sweep", "column": "Done", "labels": ["Urgent"]},
        ],
    ),
    "github.json": (
        "GitHub",
        [
            {
                "title": "Cards jump while they are dragged",
                "column": "Open",
                "labels": ["bug", "good first issue, easy"],
                "people": [("alice",), ("zoe",)],
                "description": "Steps:\r\n\r\n1. open\r\n2. drag",
            },
            {"title": "Colours are wrong", "column": "Closed"},
        ],
    ),
    "punt-original.json": (
        "the original PUNT",
        [
            {
                "title": "Booking form",
                "column": "Doing",
                "type": "Story",
                "priority": "High",
                "labels": ["Quay"],
                "people": [("alice", "alice@example.org", "Alice Lindqvist")],
                "story_points": 5,
                "estimate": "2h",
                "start": "2026-05-30",
                "due": "2026-06-09",
                "parent": "Berths",
                "description": "Name, boat\n\n**Alice Lindqvist, 2026-05-02:**\n\nFirst **try** is up\n\n"
                "**Zoe, 2026-05-03:**\n\nFine",
            },
            {
                "title": "Berths",
                "column": "Backlog",
                "type": "Epic",
                "priority": "Critical",
                "people": [("zoe", "Zoe")],
            },
        ],
    ),
}
LEFT = {
    "jira.csv": {"Column “Comment”", "Column “Sprint”", "Column “Attachment”", "Column “Environment”"},
    "linear.csv": {"Archived lines", "Column “Cycle Name”", "Column “Project”"},
    "asana.csv": {"Column “Completed At”", "Column “Blocked By (Dependencies)”"},
    "asana.json": set[str](),
    "kanboard.csv": {"Column “Swimlane”", "Column “Status”", "Column “Time spent”"},
    "trello.csv": {"Archived lines", "Column “Comment Count”", "Column “Attachment Count”"},
    "trello.json": {"Archived lists", "Archived cards", "Comments", "Attachments", "Marks that a due date is met"},
    "trello-2015.json": {"Comments"},
    "wekan.json": {
        "Archived lists",
        "Archived cards",
        "Comments",
        "Attachments",
        "Limits of lists",
        "Values of custom fields",
        "Swimlanes, whose cards come together",
        "Column “Done”, which is there more than once",
    },
    "wekan.csv": {"Archived lines", "Column “Swimlane”", "Column “CustomField-Litres-number”"},
    "planka-1.json": set[str](),
    "planka-2.json": {
        "Archived lists",
        "Archived cards",
        "Comments",
        "Attachments",
        "Marks that a due date is met",
        "Label “urgent”, made one with “Urgent”",
    },
    "github.json": {"Column “comments”", "Column “milestone”", "Column “author”", "Column “url”"},
    "punt-original.json": {
        "Comments, which stand below the description now",
        "Comments that the system made",
        "Sprints",
        "Links between tickets",
        "Watchers of tickets",
        "Attachments",
        "Environments",
        "Fix versions",
        "Places in sprints",
        "Label “quay”, made one with “Quay”",
    },
}


@pytest.mark.parametrize("name", EXPECTED)
def test_what_a_tracker_exports_comes_over(name: str) -> None:
    tracker, cards = EXPECTED[name]

    reading = read(name)

    assert reading.tracker == tracker
    assert told(reading.planned()) == cards


@pytest.mark.parametrize("name", LEFT)
def test_what_does_not_come_over_is_reported(name: str) -> None:
    assert LEFT[name] <= set(read(name).planned().left)


def test_colours_of_labels_come_along() -> None:
    assert read("github.json").planned().labels["bug"] == "#d73a4a"
    assert read("wekan.json").planned().labels["Urgent"] == "#a8103a"
    assert read("planka-1.json").planned().labels["Urgent"] == "#c02b2b"
    assert read("punt-original.json").planned().labels["Quay"] == "#ff0000"


@pytest.mark.parametrize("name", LEFT)
def test_each_file_comes_in_through_the_page(alice: FlaskClient, name: str) -> None:
    answer = upload(alice, (SAMPLES / name).read_bytes(), name)
    shown = alice.get(answer.location).text
    done = take(alice, answer.location)

    count = len(read(name).planned().cards)
    assert f"{count} new ticket" in shown
    assert f"Imported: {count} new ticket" in done.text
    assert len(alice.get(TICKETS).json or ()) == count


def test_every_tracker_has_a_row_with_a_file_that_was_tried() -> None:
    table = (ROOT / "docs" / "importing.md").read_text()

    assert {path.name for path in SAMPLES.iterdir()} == set(LEFT)
    for name in LEFT:
        assert f"`{name}`" in table, f"docs/importing.md: which row was tried on {name}?"


def test_a_project_is_chosen_out_of_a_backup(alice: FlaskClient) -> None:
    assert read("punt-original.json").parts == {"HARB": "Harbour (2 tickets)", "BAKE": "Bakery (1 tickets)"}
    assert [card.title for card in read("punt-original.json", Choice(part="BAKE")).planned().cards] == ["Bake bread"]
    assert read("punt-original.json", Choice(into="BAKE")).part == "BAKE"

    address = upload(alice, (SAMPLES / "punt-original.json").read_bytes()).location
    alice.post(address, data={"do": "look", "part": "BAKE"})
    shown = alice.get(address).text
    wrong = alice.post(address, data={"do": "take", "part": "NONE"})
    done = take(alice, address, part="BAKE")

    assert '<option value="BAKE" selected>' in shown
    assert (wrong.status_code, "There is no project NONE in this file" in wrong.text) == (400, True)
    assert "Imported: 1 new ticket, 1 new column." in done.text


def zipped(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
        archive.writestr("files/uploads/a.png", b"picture")
    return file.getvalue()


def test_a_backup_comes_out_of_its_zip() -> None:
    reading = understood(zipped("backup.json", (SAMPLES / "punt-original.json").read_bytes()))

    assert told(reading.planned()) == EXPECTED["punt-original.json"][1]


def test_a_zip_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(original_file, "UNPACKED", 1000)

    with pytest.raises(Refusal, match=r"unpacks to more than 1,000 bytes"):
        original_file.unzipped(zipped("backup.json", b"0" * 1001))


def test_a_zip_is_never_unpacked_among_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(original_file, "unzipped", lambda _: pytest.fail("it was unpacked right here"))

    assert understood(zipped("backup.json", (SAMPLES / "punt-original.json").read_bytes())).part == "HARB"


def test_nobody_can_say_in_the_audit_what_others_did(app: Flask, alice: FlaskClient) -> None:
    done = take(alice, upload(alice, (SAMPLES / "punt-original.json").read_bytes()).location)

    told = signed_in(app, "sue").get("/api/admin/audit?kind=ticket").json or []
    assert "Changes in the history of tickets: 1" in done.text
    assert {entry["verb"] for entry in told} == {"created"}


def test_secrets_of_a_backup_come_nowhere(app: Flask, alice: FlaskClient) -> None:
    take(alice, upload(alice, (SAMPLES / "punt-original.json").read_bytes()).location)

    kept = b"".join(path.read_bytes() for path in Path(app.instance_path).rglob("*") if path.is_file())
    assert b"Booking form" in kept
    assert not [secret for secret in (b"sk-never", b"$2b$12$", b'"never"') if secret in kept]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("name", ["jira.csv", "github.json", "wekan.json"])
def test_files_are_read_however_they_are_encoded(name: str, encoding: str) -> None:
    content = (SAMPLES / name).read_text().encode(encoding)

    assert told(understood(content).planned()) == EXPECTED[name][1]


BOARD = {"_format": "wekan-board-1.0.0", "_id": "b", "lists": [], "cards": []}
REFUSED = {
    "an encrypted backup": (
        json.dumps({"version": "1.4.0", "exportedAt": "2026", "encrypted": True, "ciphertext": "eA=="}).encode(),
        "This backup is encrypted",
    ),
    "a backup without data": (b'{"version": "1.4.0", "exportedAt": "x"}', "data is missing or wrong"),
    "a backup without projects": (
        json.dumps(
            {"version": "1", "exportedAt": "x", "data": {"projects": [], "columns": [], "tickets": []}}
        ).encode(),
        "no project in this backup",
    ),
    "a zip of something else": (zipped("sheet1.xml", b"<x/>"), "There is no backup.json"),
    "a zip that is torn": (zipped("backup.json", b"{}")[:60], "cannot be unpacked"),
    "a list of no objects": (b"[1, 2]", "something in it is no object"),
    "an empty list": (b"[]", "No column is the title"),
    "an object of nothing": (b"{}", "name is missing or wrong"),
    "half of UTF-16": ("[]".encode("utf-16")[:-1], "begins like UTF-16, and is none"),
    "UTF-16 that does not say so": ("Title\nx".encode("utf-16-le"), "a character that is none"),
    "Latin-1": ("Title\nCafé".encode("latin-1"), "This is not UTF-8"),
    "a number that is none": (b'[{"title": NaN}]', "NaN is no number"),
    "a member twice": (b'[{"title": "a", "title": "b"}]', "title stands here twice"),
    "a board of WeKan with a wrong card": (json.dumps(BOARD | {"cards": [{"title": "x"}]}).encode(), "cards.0._id"),
    "a board of PLANKA without lists": (b'{"item": {}, "included": {"cards": []}}', "included.lists is missing"),
    "a subtask of Asana that is none": (b'{"data": [{"gid": "1", "name": "x", "subtasks": [5]}]}', "a subtask is none"),
    "nested too deep": (b'[{"title":' * 100_000, "nested too deep"),
    "many members": (json.dumps([{f"m{nth}": 1 for nth in range(2001)}]).encode(), "It has 2001 columns"),
    "many tickets": (json.dumps([{"title": "x"}] * 2001).encode(), "more than 2,000 tickets"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_none_of_them_is_refused_with_a_reason(app: Flask, name: str) -> None:
    content, said = REFUSED[name]

    with nothing_changes(app), pytest.raises(Refusal) as caught:
        understood(content).planned()

    assert said in caught.value.message

"""Trello boards and tables from anywhere, imported into a project: what is imported, reported, and refused."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from punt.database import db
from punt.events.log import LoggedEvent
from punt.transfer.boards.cards import MOST
from punt.transfer.boards.trackers.trello import read_trello
from punt.transfer.refusal import Refusal
from tests.support.board import HARB, TICKETS, made, nothing_changes, person
from tests.support.cast import signed_in
from tests.support.importing import PAGE, send
from tests.support.tables import read_csv

BOARD = Path(__file__).with_name("samples") / "trello.json"


def tickets(client: FlaskClient) -> list[dict[str, Any]]:
    return list(client.get(TICKETS).json or ())


def columns(client: FlaskClient) -> dict[str, str]:
    return {column["id"]: column["name"] for column in client.get(f"{HARB}/columns").json or ()}


def events(app: Flask) -> Counter[str]:
    """Count the events in the log by type."""
    with app.app_context():
        return Counter(db.session.scalars(sa.select(LoggedEvent.type)))


def test_a_board_of_trello_lands_as_board(app: Flask, alice: FlaskClient) -> None:
    answer = send(alice, BOARD.read_bytes())

    found, names = tickets(alice), columns(alice)
    assert answer.status_code == 200
    assert list(names.values()) == ["To Do", "In Progress", "Review", "Done", "Ideas"]
    assert [(names[each["columnId"]], each["title"]) for each in found] == [
        ("To Do", "Order paint"),
        ("To Do", "Ask for a crane"),
        ("Done", "Measure the berths"),
        ("Ideas", "A café on the pier"),
    ]
    assert found[1]["assigneeId"] == person(signed_in(app, "bob"))
    paint = found[0]
    assert (paint["startDate"], paint["dueDate"], paint["assigneeId"]) == ("2026-03-01", "2026-03-09", person(alice))
    assert {(label["name"], label["color"]) for label in paint["labels"]} == {
        ("Urgent", "#c02b2b"),
        ("Green", "#0f7b4d"),
    }
    assert paint["description"] == "Red *and* white.\n\n**Colours**\n\n- [x] Red\n- [ ] White"


def test_open_boards_hear_of_everything(app: Flask, alice: FlaskClient) -> None:
    before = events(app)

    send(alice, BOARD.read_bytes())

    assert events(app) - before == {"ticket.created": 4, "column.created": 1, "label.created": 2}


def test_what_is_not_taken_of_trello_is_told(alice: FlaskClient) -> None:
    text = send(alice, BOARD.read_bytes()).text

    assert "Imported: 4 new tickets, 1 new column, 2 new labels." in text
    for told in (
        "Archived lists: 1",
        "Archived cards: 2",
        "Comments: 2",
        "Attachments: 1",
        "Marks that a due date is met: 1",
        "Assigned to zoe, who is no member here: 1",
    ):
        assert told in text, told


LOST = {
    "name": "Board",
    "lists": [{"id": "l", "name": "L" * 60, "softLimit": 3}, {"id": "m", "name": "To Do", "softLimit": None}],
    "labels": [{"id": "b", "name": "b" * 51}],
    "members": [],
    "cards": [
        {"id": "c", "name": "One", "idList": "l", "idLabels": ["b", "gone"], "idMembers": ["left", "too"]},
        {"id": "d", "name": "Two", "idList": "l", "idLabels": ["b"]},
    ],
}


def test_what_a_board_of_trello_has_lost_or_too_long_is_told() -> None:
    plan = read_trello(json.dumps(LOST).encode())

    assert (plan.columns, list(plan.labels)) == (["L" * 50, "To Do"], ["b" * 50])
    assert plan.left == {
        "Limits of lists": 1,
        "Names of columns and labels cut after 50 characters": 2,
        "Members of cards who are no longer on the board": 2,
        "Labels of cards that the board does not know": 1,
    }


def test_what_a_table_has_too_long_or_without_a_name_is_told() -> None:
    lines = [
        "Title,Status,Tags,Estimate,,_",
        f"One,{'s' * 51},{'t' * 60};short,{'e' * 21},nameless,too,beyond,,further",
        f"Two,{'s' * 51},{'t' * 60},2h,,,",
    ]

    plan = read_csv("\n".join(lines).encode())

    assert [(card.column, card.labels[0], card.estimate) for card in plan.cards] == [
        ("s" * 50, "t" * 50, "e" * 20),
        ("s" * 50, "t" * 50, "2h"),
    ]
    assert plan.left == {
        "Names of columns and labels cut after 50 characters": 2,
        "Estimates cut after 20 characters": 1,
        "Cells under no name in the header": 4,
    }


NO_DAYS = [
    "0001-01-01",
    "0001-01-01T00:00:00Z",
    " 0001-01-01 00:00:00 ",
    "0001-01-01T05:53:28+05:53",
    "00010101",
    "0000-00-00",
    "0000-00-00 00:00:00",
    "0000-12-31T19:03:58-04:56",
    "1/1/0001 12:00:00 AM",
    "01/01/0001",
]
"""How programs write "no date"."""


@pytest.mark.parametrize("written", NO_DAYS)
def test_what_programs_write_for_no_day_is_none_and_nothing_to_tell(written: str) -> None:
    card = {"id": "c", "name": "One", "idList": "m", "start": written, "due": written}

    plans = [
        read_csv(f"Title,Start,Due\nOne,{written},{written}".encode()),
        read_trello(json.dumps({"name": "Board", "lists": [{"id": "m", "name": "To Do"}], "cards": [card]}).encode()),
    ]

    for plan in plans:
        assert [(each.start, each.due) for each in plan.cards] == [(None, None)]
        assert not plan.left


def test_names_that_show_nothing_are_none() -> None:
    plan = read_csv("Title,Status,Tags\n\u200b,Doing,x\nTwo,\u200b,\ufeff".encode())

    assert [(card.title, card.column, card.labels) for card in plan.cards] == [("Two", None, [])]
    assert plan.left == {"Lines without a title": 1}


def test_what_is_no_day_at_all_is_told() -> None:
    plan = read_csv(b"Title,Due\nOne,soon\nTwo,0001-02-30\nThree,2026-01-01")

    assert [each.due and each.due.isoformat() for each in plan.cards] == [None, None, "2026-01-01"]
    assert plan.left == {"Values that are no days": 2}


CSV = """\ufeffSummary;Status;Issue Type;Priority;Tags;Assigned To;Story-Points;Due Date;Colour;Description
"Paint; red";doing;bug;HIGH;"hull, deck";bob;5;2026-05-01T00:00:00Z;red;"One
two"
Sweep;To Do;chore;;;zoe;lots;soon;;
;To Do;;;;;;;;
Wait;;;;HULL;;;;;
"""


def test_a_table_lands_with_what_its_columns_are_called(alice: FlaskClient) -> None:
    answer = send(alice, CSV)

    names = columns(alice)
    found = {each["title"]: each for each in tickets(alice)}
    assert answer.status_code == 200, answer.text
    paint = found["Paint; red"]
    assert (names[paint["columnId"]], paint["type"], paint["priority"]) == ("doing", "Bug", "High")
    assert (paint["storyPoints"], paint["dueDate"], paint["description"]) == (5, "2026-05-01", "One\ntwo")
    assert [label["name"] for label in paint["labels"]] == ["deck", "hull"]
    assert paint["assigneeId"] != person(alice)
    assert (names[found["Wait"]["columnId"]], found["Wait"]["labels"][0]["name"]) == ("To Do", "hull")
    assert found.keys() == {"Paint; red", "Sweep", "Wait"}
    for told in (
        "Column “Colour”: 1",
        "Lines without a title: 1",
        "Type “chore”, unknown here: 1",
        "Values that are no story points: 1",
        "Values that are no days: 1",
        "Assigned to zoe, who is no member here: 1",
    ):
        assert told in answer.text, told


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_sign_between_the_cells_is_found(delimiter: str) -> None:
    lines = [["Title", "Status", "Notes, and; more"], ["One", "Done", "x"]]

    plan = read_csv("\r\n".join(delimiter.join(f'"{cell}"' for cell in line) for line in lines).encode())

    assert [(card.title, card.column) for card in plan.cards] == [("One", "Done")]


def test_what_is_too_long_is_cut_and_told(alice: FlaskClient) -> None:
    title, body = "long " * 60, "x" * 60_000

    answer = send(alice, f"Title,Description,Status\n{title},{body},{'c' * 80}\n")

    found = tickets(alice)[0]
    assert (len(found["title"]), len(found["description"])) == (199, 50_000)
    assert found["description"].startswith(title.strip())
    assert "Titles shortened, and kept whole in the description: 1" in answer.text


NAMES = [f"c{nth}" for nth in range(80)]
MANY_LABELS = {
    "csv": f'Title,Tags\nOne,"{",".join(NAMES)}"\n',
    "trello": json.dumps(
        {
            "name": "Board",
            "lists": [{"id": "l", "name": "To Do"}],
            "labels": [{"id": name, "name": name} for name in NAMES],
            "cards": [{"id": "c", "name": "One", "idList": "l", "idLabels": NAMES}],
        }
    ),
}


@pytest.mark.parametrize("kind", MANY_LABELS)
def test_more_labels_than_a_ticket_may_have_are_cut_and_told(alice: FlaskClient, kind: str) -> None:
    answer = send(alice, MANY_LABELS[kind])

    labels = [label["id"] for label in tickets(alice)[0]["labels"]]
    assert len(labels) == 50
    assert "Labels beyond the 50 that a ticket may have: 30" in answer.text
    assert alice.patch(f"{TICKETS}/1", json={"labelIds": labels}).status_code == 200


MANY = b"".join(b"x,name %d\n" % nth for nth in range(501))
WRONG = {
    "nothing": (b"", "No column is the title"),
    "no title": (b"a,b\n1,2\n", "No column is the title"),
    "another encoding": ("Title\nCafé\n".encode("latin-1"), "line 2: This is not UTF-8"),
    "UTF-16": ("Title\nCafé\n".encode("utf-16"), "not UTF-8"),
    "a NUL": (b"Title\na\0b\n", "no CSV"),
    "an open quote": (b'Title\n"never closed', "no CSV"),
    "an endless cell": (b"Title\n" + b"x" * 300_000, "no CSV"),
    "many columns": (b"Title" + b",x" * 2000 + b"\n", "It has 2001 columns"),
    "many lines": (b"Title\n" + b"x\n" * (MOST + 1), "more than 2,000 tickets"),
    "many columns on the board": (
        b"Title,Status\n" + b"".join(b"x,c%d\n" % n for n in range(101)),
        "more than 100 columns",
    ),
    "many labels": (b"Title,Tags\n" + b"".join(b"x,c%d\n" % n for n in range(501)), "more than 500 labels"),
    "no board": (b"{}", "no board exported from Trello: name is missing"),
    "a name twice": (
        b'{"name": "B", "lists": [{"id": "a", "id": "b", "name": "L"}], "cards": []}',
        "id stands here twice",
    ),
    "half a board": (b'{"name": "x", "lists": [', "not valid JSON"),
    "a board of another kind": (b'{"name": "x", "lists": 5, "cards": []}', "lists is missing or wrong"),
    "a nested board": (b'{"name":' * 100_000, "nested too deep"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_file_that_cannot_be_read_is_refused(furnished: Flask, name: str) -> None:
    content, said = WRONG[name]

    with nothing_changes(furnished), pytest.raises(Refusal) as caught:
        (read_trello if content.startswith(b"{") else read_csv)(content)

    assert said in caught.value.message


def test_a_refusal_stands_beside_the_file_and_nothing_is_kept(
    app: Flask, alice: FlaskClient, capfd: pytest.CaptureFixture[str]
) -> None:
    with nothing_changes(app):
        answers = [send(alice, WRONG[name][0]) for name in ("no title", "half a board", "a nested board")]

    assert [answer.status_code for answer in answers] == [400] * 3
    assert "Traceback" not in capfd.readouterr().err
    assert "No column is the title" in answers[0].text


def test_what_fails_on_the_way_leaves_nothing(app: Flask, alice: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("punt.transfer.boards.carrying.DESCRIPTION", None)

    with nothing_changes(app):
        answer = send(alice, "Title,Status\nOne,New column\n")

    assert answer.status_code == 500


@pytest.mark.parametrize(
    ("who", "status"), [("charlie", 404), ("vera", 403), ("bob", 403), ("adam", 200), ("sue", 200)]
)
def test_only_who_manages_the_project_may(app: Flask, who: str, status: int) -> None:
    client = signed_in(app, who)

    shown, sent = client.get(PAGE), send(client, "Title\nOne\n")

    assert (shown.status_code, sent.status_code) == (status, status)


@pytest.mark.parametrize("who", ["alice", None])
def test_the_shell_imports_too(app: Flask, alice: FlaskClient, tmp_path: Path, who: str | None) -> None:
    table = tmp_path / "table.csv"
    table.write_text("Title\nOne\n")
    extra = ["--as", who] if who else []

    answers = [
        app.test_cli_runner().invoke(args=["project", "import-csv", "harb", str(table), *extra]),
        app.test_cli_runner().invoke(args=["project", "import-trello", "HARB", str(BOARD), *extra]),
        app.test_cli_runner().invoke(args=["project", "import-trello", "HARB", str(table)]),
        app.test_cli_runner().invoke(args=["project", "import-csv", "NONE", str(table)]),
    ]

    assert [answer.exit_code for answer in answers] == [0, 0, 1, 1]
    assert "Imported: 4 new tickets" in answers[1].output
    assert "Archived lists: 1" in answers[1].output
    assert "Error: This is no board exported from Trello" in answers[2].output
    assert {ticket["creatorId"] for ticket in tickets(alice)} == {person(alice) if who else None}


def test_labels_and_columns_that_are_there_are_used(alice: FlaskClient) -> None:
    label = made(alice, f"{HARB}/labels", name="URGENT", color="#0b7285")

    send(alice, BOARD.read_bytes())

    paint = next(each for each in tickets(alice) if each["title"] == "Order paint")
    assert label in paint["labels"]
    assert json.dumps(columns(alice)).count("Done") == 1


def test_names_that_are_spelt_otherwise_here_are_told(alice: FlaskClient) -> None:
    made(alice, f"{HARB}/labels", name="URGENT", color="#0b7285")

    text = send(alice, "Title,Status,Labels\nOne,to do,urgent\n").text

    assert "Column “to do”, made one with “To Do”: 1" in text
    assert "Label “urgent”, made one with “URGENT”: 1" in text


FAMILY = "Summary,Issue key,Parent,Status\nForm,H-1,H-2,Done\nBooking,H-2,H-3,To Do\nBerths,H-3,,Done\n"


def test_parents_come_along_in_whatever_order_they_stand(app: Flask, alice: FlaskClient) -> None:
    before = events(app)

    send(alice, FAMILY)

    found = {each["number"]: each for each in tickets(alice)}
    assert [found[number]["title"] for number in (1, 2, 3)] == ["Form", "Booking", "Berths"]
    assert [found[number]["parentId"] for number in (1, 2, 3)] == [found[2]["id"], found[3]["id"], None]
    assert (found[1]["order"], found[3]["order"]) == (0, 1)
    assert events(app) - before == {"ticket.created": 3}

"""An import is shown first, with columns that can be changed, and carried out once, however often it is requested."""

from __future__ import annotations

import io
import os
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from punt.services.waiting_room import KEPT, OF_ONE
from tests.support.board import HARB, TICKETS, nothing_changes
from tests.support.cast import signed_in
from tests.support.importing import PAGE, take, upload

SignIn = Callable[[str], FlaskClient]
TABLE = "Thing,Where,Title,Labels,Labels\nPaint the quay,Doing,A,red,white\nSweep,Done,B\nWait,Done,C\nRest,Done,D\n"
MANY = "Title\n" + "".join(f"Crate {nth}\n" for nth in range(150))


def titles(client: FlaskClient) -> list[str]:
    return [each["title"] for each in client.get(TICKETS).json or ()]


def waiting(app: Flask) -> list[Path]:
    return [path for path in (Path(app.instance_path) / "imports").glob("*") if "note" not in path.name]


def test_a_file_is_shown_with_its_columns_and_samples_and_nothing_is_changed(app: Flask, alice: FlaskClient) -> None:
    with nothing_changes(app):
        answer = upload(alice, TABLE, "things.csv")
        shown = alice.get(answer.location).text

    assert (answer.status_code, answer.location.startswith(f"{PAGE}/")) == (303, True)
    for said in ("things.csv", "4 new tickets", "Nothing is imported yet", "Column “Thing”: 1"):
        assert said in shown, said
    for sample in ("Paint the quay", "Sweep", "Wait", "red · white"):
        assert f">{sample}</li>" in shown
    assert ">Rest</li>" not in shown
    assert shown.count("<select") == 4
    assert '<option value="title" selected>Title</option>' in shown


def test_columns_can_be_changed_and_looked_at_again(app: Flask, alice: FlaskClient) -> None:
    address = upload(alice, TABLE).location
    chosen = {"column-1": "title", "column-2": "column", "column-3": "", "column-4": "labels"}

    with nothing_changes(app):
        again = alice.post(address, data=chosen | {"do": "look"})
        shown = alice.get(address).text
    done = take(alice, address, **chosen)

    assert (again.status_code, again.location) == (303, address)
    assert "New columns of the board: Doing" in shown
    assert "Imported: 4 new tickets, 1 new column, 2 new labels." in done.text
    assert titles(alice) == ["Sweep", "Wait", "Rest", "Paint the quay"]
    assert "Column “Title”: 1" in done.text


def test_a_file_without_a_title_asks_for_one(app: Flask, alice: FlaskClient) -> None:
    answer = upload(alice, "Thing,Where\nPaint,Done\n")

    shown = alice.get(answer.location).text
    with nothing_changes(app):
        refused = alice.post(answer.location, data={"do": "take", "column-1": "", "column-2": "column"})
    done = take(alice, answer.location, **{"column-1": "title"})

    assert answer.status_code == 303
    assert "No column is the title" in shown
    assert (refused.status_code, "No column is the title" in refused.text) == (400, True)
    assert "Imported: 1 new ticket." in done.text


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"column-1": "title", "column-3": "title"}, "“Thing” and “Title” cannot both be it"),
        ({"column-9": "title"}, "There is no column “#9”"),
        ({"column-1": "password"}, "There is no field “password”"),
        ({"column-x": "title"}, "There is no column “#x”"),
        ({"column-": "title"}, "There is no column “#”"),
        ({"column-²": "title"}, "There is no column “#²”"),
        ({"column-99999999999999999999": "title"}, "There is no column"),
    ],
)
def test_what_cannot_be_chosen_is_said(app: Flask, alice: FlaskClient, columns: dict[str, str], said: str) -> None:
    address = upload(alice, TABLE).location

    with nothing_changes(app):
        answer = alice.post(address, data={"do": "take"} | columns)

    assert answer.status_code == 400
    assert said in answer.text


def test_a_file_is_taken_once_however_often_it_is_asked_for(app: Flask, alice: FlaskClient) -> None:
    address = upload(alice, MANY, "crates.csv").location

    answers = [alice.post(address, data={"do": "take"}) for _ in range(3)]
    shown = [alice.get(address) for _ in range(2)]

    assert {(answer.status_code, answer.location) for answer in answers} == {(303, address)}
    assert len(titles(alice)) == 150
    assert {(page.status_code, "Imported: 150 new tickets." in page.text) for page in shown} == {(200, True)}
    assert not waiting(app)
    told = signed_in(app, "sue").get("/api/admin/audit?kind=import").json or ()
    assert [(entry["subject"], entry["changes"]) for entry in told] == [
        ("crates.csv", [{"field": "newTickets", "from": None, "to": 150}])
    ]
    page = re.sub(r"\s*<[^>]*>\s*", " ", signed_in(app, "sue").get("/admin/audit?kind=import").text)
    assert "imported crates.csv" in page
    assert "new tickets: 150" in page


def test_two_clicks_at_once_import_once(app: Flask, alice: FlaskClient) -> None:
    address = upload(alice, MANY).location
    others = [signed_in(app, "alice") for _ in range(3)]

    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(lambda client: client.post(address, data={"do": "take"}), others))

    assert {answer.status_code for answer in answers} == {303}
    assert len(titles(alice)) == 150


def test_what_takes_long_tells_how_far_it_is_and_then_leads_to_what_came_of_it(
    app: Flask, alice: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("punt.services.imports.BEAT", 0)
    monkeypatch.setattr("punt.pages.transfer.FEW", 100)
    address = upload(alice, MANY).location

    answer = alice.post(address, data={"do": "take"})

    assert answer.status_code == 200
    assert "149 of 150 tickets" in answer.text
    assert f'<meta http-equiv="refresh" content="0;url={address}">' in answer.text
    assert "Imported: 150 new tickets." in alice.get(address).text
    again = alice.post(address, data={"do": "take"})
    assert (again.status_code, len(titles(alice))) == (303, 150)


def test_who_leaves_while_it_runs_finds_it_done(
    app: Flask, alice: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("punt.services.imports.BEAT", 0)
    monkeypatch.setattr("punt.pages.transfer.FEW", 100)
    address = upload(alice, MANY).location

    answer = alice.post(address, data={"do": "take"}, buffered=False)
    next(chunk for chunk in answer.response if b" of 150 tickets" in chunk)
    answer.close()

    assert len(titles(alice)) == 150
    assert "Imported: 150 new tickets." in alice.get(address).text


def test_what_fails_on_the_way_is_told_and_leaves_nothing(
    app: Flask, alice: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("punt.services.imports.BEAT", 0)
    monkeypatch.setattr("punt.pages.transfer.FEW", 100)
    monkeypatch.setattr("punt.services.imports.note_import", lambda *_: (_ for _ in ()).throw(OSError("no room")))
    address = upload(alice, MANY).location

    with nothing_changes(app):
        text = alice.post(address, data={"do": "take"}).text

    assert "Nothing was changed" in text
    assert "149 of 150 tickets" in text
    assert "4 new" not in alice.get(address).text
    assert "Nothing is imported yet" in alice.get(address).text


@pytest.mark.parametrize("who", ["adam", "sue", "bob", "charlie"])
def test_a_file_is_found_by_who_sent_it_alone(app: Flask, alice: FlaskClient, sign_in: SignIn, who: str) -> None:
    address = upload(alice, TABLE).location
    other = sign_in(who)

    with nothing_changes(app):
        shown, taken = other.get(address), other.post(address, data={"do": "take"})

    assert {shown.status_code, taken.status_code} == {403 if who == "bob" else 404}
    assert "Paint the quay" not in shown.text + taken.text
    assert "4 new" in take(alice, address).text
    assert other.get(address).status_code == (403 if who == "bob" else 404)


def test_a_file_is_for_one_project(app: Flask, alice: FlaskClient) -> None:
    assert alice.post("/api/projects", json={"key": "BOAT", "name": "Boat"}).status_code == 201
    address = upload(alice, TABLE).location.replace("HARB", "BOAT")

    assert [alice.get(address).status_code, alice.post(address).status_code] == [404, 404]


@pytest.mark.parametrize("name", ["0" * 32, "..", "..%2Fsecret.key", "%00", "a" * 31, "A" * 32, "½"])
def test_what_does_not_wait_is_not_here(alice: FlaskClient, name: str) -> None:
    answers = [alice.get(f"{PAGE}/{name}"), alice.post(f"{PAGE}/{name}", data={"do": "take"})]

    assert {answer.status_code for answer in answers} <= {404, 400}


def test_files_wait_for_an_hour_and_few_of_one_person(app: Flask, alice: FlaskClient) -> None:
    addresses = [upload(alice, TABLE).location]
    for path in (Path(app.instance_path) / "imports").glob("*"):
        os.utime(path, (time.time() - KEPT / 2,) * 2)
    addresses += [upload(alice, TABLE).location for _ in range(OF_ONE)]

    statuses = [alice.get(address).status_code for address in addresses]
    for path in (Path(app.instance_path) / "imports").glob("*"):
        os.utime(path, (time.time() - KEPT - 60,) * 2)
    with app.app_context():
        app.extensions["punt_events"].keeper.tidy()

    assert statuses == [404] + [200] * OF_ONE
    assert not list((Path(app.instance_path) / "imports").glob("*"))
    gone = alice.post(addresses[-1], data={"do": "take"})
    assert (gone.status_code, "Please choose it again" in gone.text) == (404, True)


def test_a_file_that_cannot_be_read_does_not_wait(app: Flask, alice: FlaskClient) -> None:
    answers = [upload(alice, content) for content in (b"\x00\x01", '{"name": "half', "Title\nCafé".encode("latin-1"))]

    assert {answer.status_code for answer in answers} == {400}
    assert not waiting(app)


def test_the_room_for_files_is_bounded(alice: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("punt.services.waiting_room.CROWD", 10)
    upload(alice, TABLE)

    assert upload(alice, TABLE).status_code == 503


def by_rest(client: FlaskClient, content: str, query: str = "", key: str = "", **fields: Any) -> Any:
    data = {"file": (io.BytesIO(content.encode()), "things.csv"), **fields}
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(f"{HARB}/import{query}", data=data, content_type="multipart/form-data", headers=headers)


@pytest.mark.parametrize("query", ["?dryRun", "?dryRun=true", "?dryRun=1"])
def test_rest_looks_first(app: Flask, alice: FlaskClient, query: str) -> None:
    with nothing_changes(app):
        answer = by_rest(alice, TABLE, query, map=["Thing=title", "Where=column", "Title=none"])

    assert answer.status_code == 200
    assert answer.json["columns"][0] == {
        "number": 1,
        "name": "Thing",
        "field": "title",
        "samples": ["Paint the quay", "Sweep", "Wait"],
    }
    assert {name: answer.json[name] for name in ("dryRun", "tracker", "problem", "tickets", "newColumns")} == {
        "dryRun": True,
        "tracker": "a table",
        "problem": None,
        "tickets": 4,
        "newColumns": ["Doing"],
    }


def test_rest_imports_once_for_a_key(alice: FlaskClient) -> None:
    answers = [by_rest(alice, TABLE, key="monday") for _ in range(2)] + [by_rest(alice, TABLE, key="tuesday")]

    assert [(answer.status_code, answer.json["tickets"]) for answer in answers] == [(201, 4)] * 3
    assert answers[0].json == answers[1].json
    assert titles(alice) == ["A", "B", "C", "D"] * 2


def test_rest_says_what_has_to_be_chosen_and_refuses_what_cannot_be(app: Flask, alice: FlaskClient) -> None:
    with nothing_changes(app):
        looked = by_rest(alice, "Thing\nPaint\n", "?dryRun=1")
        refused = [
            by_rest(alice, "Thing\nPaint\n"),
            by_rest(alice, TABLE, map="Nothing=title"),
            by_rest(alice, TABLE, map="Thing"),
            by_rest(alice, TABLE, "?dryRun=perhaps"),
            by_rest(alice, TABLE, key="k" * 201),
        ]

    assert (looked.status_code, looked.json["tickets"]) == (200, 0)
    assert "No column is the title" in looked.json["problem"]
    assert [answer.status_code for answer in refused] == [400] * 5
    fields = [answer.json["details"][0]["field"] for answer in refused]
    assert fields == ["file", "map", "map", "dryRun", "Idempotency-Key"]


@pytest.mark.parametrize(
    ("pairs", "found"),
    [
        (["Thing=title", "Where=status"], ["Sweep", "Wait", "Rest", "Paint the quay"]),
        (["title=Thing"], ["Paint the quay", "Sweep", "Wait", "Rest"]),
        (["#1=title", "title=none"], ["Paint the quay", "Sweep", "Wait", "Rest"]),
        ([], ["A", "B", "C", "D"]),
    ],
)
@pytest.mark.parametrize("command", ["import", "import-csv"])
def test_the_shell_takes_a_mapping(
    app: Flask, alice: FlaskClient, tmp_path: Path, command: str, pairs: list[str], found: list[str]
) -> None:
    (tmp_path / "things.csv").write_text(TABLE)
    options = [word for pair in pairs for word in ("--map", pair)]
    words = ["project", command, "HARB", str(tmp_path / "things.csv"), *options]

    with nothing_changes(app):
        looked = app.test_cli_runner().invoke(args=[*words, "--dry-run"])
    done = app.test_cli_runner().invoke(args=words)

    assert (looked.exit_code, done.exit_code) == (0, 0), looked.output + done.output
    assert "Nothing is imported yet. It would be: 4 new tickets" in looked.output
    assert "Paint the quay | Sweep | Wait" in looked.output
    assert titles(alice) == found


def test_the_shell_says_what_is_wrong_with_a_mapping(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "things.csv").write_text(TABLE)

    for pair in ("Nothing=title", "Thing=nothing at all", "Thing", "=title", "Where=title"):
        done = app.test_cli_runner().invoke(
            args=["project", "import", "HARB", str(tmp_path / "things.csv"), "--map", "Thing=title", "--map", pair]
        )
        assert (done.exit_code, "Error: " in done.output) == (1, True), pair

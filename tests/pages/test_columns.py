"""The plain pages and forms about columns: permissions, errors, and the resulting board."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.board import HARB, column_ids, nothing_changes, ticket, titles

COLUMNS = "/projects/HARB/columns"
FORMS = [
    ("", {"name": "Later"}),
    ("/{column}", {"name": "Soon"}),
    ("/{column}/move", {"place": "right"}),
    ("/{column}/sort", {"by": "priority"}),
    ("/{column}/delete", {"moveTicketsTo": "{other}"}),
]

SignIn = Callable[[str], FlaskClient]


def names(client: FlaskClient) -> list[str]:
    return [column["name"] for column in client.get(f"{HARB}/columns").json or ()]


def send(client: FlaskClient, path: str, fields: dict[str, str], ids: list[str]) -> int:
    known = {"column": ids[0], "other": ids[1]}
    filled = {name: value.format(**known) for name, value in fields.items()}
    return client.post(COLUMNS + path.format(**known), data=filled).status_code


@pytest.mark.parametrize(("path", "fields"), FORMS)
@pytest.mark.parametrize(("who", "status"), [("charlie", 404), ("vera", 403), ("bob", 403)])
def test_who_may_not_changes_no_column(
    app: Flask, alice: FlaskClient, sign_in: SignIn, who: str, status: int, path: str, fields: dict[str, str]
) -> None:
    ids, client = column_ids(alice), sign_in(who)

    with nothing_changes(app):
        answers = [
            send(client, path, fields, ids),
            client.get(f"{COLUMNS}/new").status_code,
            client.get(f"{COLUMNS}/{ids[0]}").status_code,
        ]

    assert answers == [status] * 3


@pytest.mark.parametrize(("path", "fields"), FORMS)
def test_an_admin_goes_back_to_the_board(sign_in: SignIn, path: str, fields: dict[str, str]) -> None:
    adam = sign_in("adam")

    assert send(adam, path, fields, column_ids(adam)) == 302


def test_forms_do_what_they_say(alice: FlaskClient) -> None:
    ids = column_ids(alice)
    ticket(alice, "a", priority="Low")
    ticket(alice, "b", priority="High")

    alice.post(f"{COLUMNS}/{ids[0]}/sort", data={"by": "priority"})
    assert titles(alice, ids[0]) == "b a"
    alice.post(f"{COLUMNS}/{ids[0]}", data={"name": "Open", "wipLimit": "2", "color": "#0b62d6"})
    alice.post(f"{COLUMNS}/{ids[0]}/move", data={"place": "left"})
    alice.post(f"{COLUMNS}/{ids[0]}/move", data={"place": "right"})
    assert names(alice) == ["In Progress", "Open", "Review", "Done"]
    changed = (alice.get(f"{HARB}/columns").json or [])[1]
    assert (changed["wipLimit"], changed["color"]) == (2, "#0b62d6")
    alice.post(f"{COLUMNS}/{ids[0]}", data={"name": "Open", "wipLimit": "", "color": ""})
    cleared = (alice.get(f"{HARB}/columns").json or [])[1]
    assert (cleared["wipLimit"], cleared["color"]) == (None, None)
    alice.post(f"{COLUMNS}/{ids[0]}/delete", data={"moveTicketsTo": ids[3]})
    assert (names(alice), titles(alice, ids[3])) == (["In Progress", "Review", "Done"], "b a")


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(app: Flask, alice: FlaskClient) -> None:
    ids = column_ids(alice)
    ticket(alice)

    with nothing_changes(app):
        new = alice.post(COLUMNS, data={"name": "x" * 51, "wipLimit": "5"})
        saved = alice.post(f"{COLUMNS}/{ids[0]}", data={"name": "Mine", "wipLimit": "1000"})
        deleted = alice.post(f"{COLUMNS}/{ids[0]}/delete", data={"moveTicketsTo": ""})

    assert [new.status_code, saved.status_code, deleted.status_code] == [400, 400, 409]
    assert 'id="field-name-error"' in new.text
    assert 'value="5"' in new.text
    assert 'id="field-wipLimit-error"' in saved.text
    assert 'value="Mine"' in saved.text
    assert 'id="field-moveTicketsTo-error"' in deleted.text

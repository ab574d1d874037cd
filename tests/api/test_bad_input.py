"""Whatever a client sends: a clear answer that names the field, and nothing changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.board import HARB, TICKETS, column_ids, fields, nothing_changes, ticket, tickets
from tests.support.cast import PASSWORD
from tests.support.routes import ROUTES, Route, things_of

Visit = Callable[[str | None], FlaskClient]

WITH_BODY = [route for route in ROUTES if route.body]
NO_OBJECT: dict[str, bytes] = {
    "nothing": b"",
    "broken": b'{"name": ',
    "two objects": b"{} {}",
    "a comment": b"{} // yes",
    "single quotes": b"{'name': 'x'}",
    "an array": b"[]",
    "an array of objects": b"[{}]",
    "a string": b'"name"',
    "a number": b"1",
    "true": b"true",
    "null": b"null",
    "not UTF-8": b'{"name": "\xff"}',
    "UTF-16": '{"name": "x"}'.encode("utf-16"),
    "a NUL byte": b'{"name": "\x00"}',
    "a lone surrogate": rb'{"name": "\ud800"}',
    "deep arrays": b'{"name": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep objects": b'{"name":' * 10_000 + b"1" + b"}" * 10_000,
    "a huge number": b'{"name": ' + b"9" * 100_000 + b"}",
    "a huge exponent": b'{"name": 1e999999999}',
}
ODD_TEXT = ["\0", "a\0b", "\x1b[0m", "\x7f", 5, 1.5, True, ["x"], {"x": 1}]
ODD_LINES = [*ODD_TEXT, "a\nb", "\u2028", "", "  ", "\t"]
ODD_IDS = ["", "nope", "x" * 65, "ü", "a b", "\0", "../..", 1, 1.5, True, [], {}, 10**30]
ODD_NUMBERS = [-1, 1000, 1.5, "1", True, [], {}, 10**30, -(10**30), float("inf"), float("nan")]
ODD_COLORS = ["", "red", "#fff", "#ggg000", "#abcdef0", "abcdef", "#abcdef\n", "#ＡＢＣＤＥＦ", 5, []]
ODD_DATES = ["", "soon", "2024-02-30", "2024-13-01", "01.02.2024", "2024-01-01T12:30:00Z", "10000-01-01", 20240101, []]
ODD_NAMES = ["Saga", "", "bug bug", "tïtle", 3, [], {}, True]

WRONG: dict[str, dict[str, list[Any]]] = {
    f"POST {TICKETS}": {
        "title": [*ODD_LINES, None, "x" * 201],
        "description": [*ODD_TEXT, None, "x" * 50_001],
        "type": [*ODD_NAMES, None],
        "priority": [*ODD_NAMES, None],
        "columnId": [*ODD_IDS, None],
        "assigneeId": ODD_IDS,
        "parentId": ODD_IDS,
        "labelIds": [None, "x", [1], [None], ["nope"], ["x"] * 51, {}, [["x"]]],
        "storyPoints": ODD_NUMBERS,
        "estimate": [*ODD_LINES, "x" * 21],
        "startDate": ODD_DATES,
        "dueDate": ODD_DATES,
        "colour": ["red", None],
        "__proto__": [{}],
    },
    f"PATCH {TICKETS}/HARB-1": {
        "title": [None, "", "x" * 201],
        "description": [None],
        "labelIds": [None],
        "columnId": [None, "nope"],
        "order": [-1, None, 1.5, "1", True, 10**30, 1_000_001],
        "before": [None, "", "nope", 1, "HARB-99"],
        "after": [None, "", "nope", 1, []],
    },
    "POST /api/projects": {
        "key": ["A", "A" * 11, "1A", "A-B", "Ä1", "\0A", 5, None, [], ""],
        "name": [*ODD_LINES, None, "x" * 81],
        "description": [*ODD_TEXT, None, "x" * 2001],
        "color": ODD_COLORS,
        "members": [[]],
    },
    f"PATCH {HARB}": {"name": [None, "", "x" * 81], "description": [None, "x" * 2001], "color": [None, *ODD_COLORS]},
    f"POST {HARB}/columns": {
        "name": [*ODD_LINES, None, "x" * 51],
        "color": ODD_COLORS,
        "wipLimit": [0, *ODD_NUMBERS],
        "order": [1],
    },
    f"PATCH {HARB}/columns/{{column}}": {"name": [None, ""], "order": [-1, None, 1000, "1"], "wipLimit": [0, 1000]},
    f"PUT {HARB}/columns/order": {"columnIds": [None, [], "x", [1], ["nope"], {}, ["x"] * 1001]},
    f"POST {HARB}/labels": {"name": [*ODD_LINES, None, "x" * 51], "color": ODD_COLORS},
    f"PATCH {HARB}/labels/{{label}}": {"name": [None, "", "x" * 51], "color": [None, *ODD_COLORS]},
    "PATCH /api/me": {
        "name": [*ODD_LINES, None, "x" * 81],
        "email": ["", "bob", "@", "a@", "@b", "a b@c.d", "a@b@c", "x" * 65 + "@c.d", f"a@{'x' * 253}", "a@b\0", 5, []],
        "avatarColor": [None, *ODD_COLORS],
        "username": ["robert"],
        "isAdmin": [True],
        "password": [PASSWORD],
    },
    "PATCH /api/me/password": {
        "newPassword": ["", "short", "x" * 12, "password1234", "x" * 201, None, 5],
        "currentPassword": ["", None, 5, "x" * 201],
    },
    "POST /api/auth/login": {"username": ["", None, 5, "x" * 255, "a\0"], "password": ["", None, 5, "x" * 201, []]},
    "POST /api/auth/setup": {
        "username": ["", "ab", "x" * 31, "a b", "ä" * 3, "bob\n", "a.b", None, 5],
        "name": [None, ""],
        "email": ["x"],
        "password": ["", "short", "aaaaaaaaaaaa", None],
        "isAdmin": [False],
    },
}
RIGHT: dict[str, dict[str, Any]] = {
    f"POST {TICKETS}": {"title": "One"},
    "POST /api/projects": {"key": "BOAT", "name": "Boats"},
    f"POST {HARB}/columns": {"name": "Later"},
    f"POST {HARB}/labels": {"name": "quay"},
    "PATCH /api/me/password": {"currentPassword": PASSWORD, "newPassword": "four unrelated words"},
    "POST /api/auth/login": {"username": "bob", "password": PASSWORD},
    "POST /api/auth/setup": {"username": "eve", "name": "Eve", "password": PASSWORD},
}
CASES = [(request, name) for request, names in WRONG.items() for name in names]


@pytest.fixture(scope="module")
def things(visit: Visit) -> dict[str, str]:
    ticket(visit("alice"))
    return things_of(visit("alice"))


@pytest.mark.parametrize("kind", NO_OBJECT)
@pytest.mark.parametrize("route", WITH_BODY, ids=str)
def test_a_body_that_is_no_object_is_refused(
    town: Flask, visit: Visit, things: dict[str, str], route: Route, kind: str
) -> None:
    with nothing_changes(town):
        answer = route.ask(visit("alice"), things, data=NO_OBJECT[kind], content_type="application/json", body=None)

    assert (answer.status_code, answer.content_type) == (400, "application/json")
    assert fields(answer)
    assert (answer.json or {})["error"]


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
@pytest.mark.parametrize("route", WITH_BODY, ids=str)
def test_a_body_that_does_not_say_that_it_is_json_is_refused(
    town: Flask, visit: Visit, things: dict[str, str], route: Route, content_type: str
) -> None:
    with nothing_changes(town):
        answer = route.ask(visit("alice"), things, data=b'{"title": "x"}', content_type=content_type, body=None)

    assert (answer.status_code, fields(answer)) == (400, ["Content-Type"])


@pytest.mark.parametrize("route", WITH_BODY, ids=str)
def test_an_unknown_field_is_refused_by_name(town: Flask, visit: Visit, things: dict[str, str], route: Route) -> None:
    with nothing_changes(town):
        answer = route.ask(visit("alice"), things, body={"surprise": 1})

    assert answer.status_code == 400
    assert {"field": "surprise", "message": "There is no such field."} in (answer.json or {})["details"]


@pytest.mark.parametrize(("request_line", "name"), CASES)
def test_a_wrong_value_is_refused_by_the_name_of_its_field(
    town: Flask, visit: Visit, things: dict[str, str], request_line: str, name: str
) -> None:
    method, path = request_line.split()
    path = path.format(**things)
    values = WRONG[request_line][name]

    with nothing_changes(town):
        answers = [
            visit("alice").open(path, method=method, json=RIGHT.get(request_line, {}) | {name: value})
            for value in values
        ]

    for value, answer in zip(values, answers, strict=True):
        assert answer.status_code == 400, (value, answer.text)
        assert fields(answer), (value, answer.text)
        assert {field.partition(".")[0] for field in fields(answer)} == {name}, (value, answer.text)
        assert (answer.json or {})["error"].startswith(name)


def test_every_route_with_a_body_has_wrong_values_tried(things: dict[str, str]) -> None:
    tried = {(line.split()[0], line.split()[1].format(**things).replace("HARB-1", "<t>")) for line in WRONG}

    left = [
        str(route)
        for route in WITH_BODY
        if (route.method, route.address(things | {"ticket": "<t>"}).partition("?")[0]) not in tried
    ]

    assert left == ["PATCH /api/projects/<reference>/tickets", "DELETE /api/projects/<reference>/tickets"]


def test_several_wrong_fields_are_all_named(visit: Visit) -> None:
    answer = visit("alice").post(TICKETS, json={"title": "", "type": "saga", "storyPoints": -1, "x": 1})

    assert answer.status_code == 400
    assert sorted(fields(answer)) == ["storyPoints", "title", "type", "x"]


def test_a_body_over_10_mb_is_413(town: Flask, visit: Visit) -> None:
    body = b'{"title": "' + b"x" * (10 * 1024 * 1024) + b'"}'

    with nothing_changes(town):
        answer = visit("alice").post(TICKETS, data=body, content_type="application/json")

    assert (answer.status_code, answer.json) == (413, {"error": "This is too large: at most 10 MB."})


def test_a_body_just_under_10_mb_is_judged_by_its_content(visit: Visit) -> None:
    body = b'{"title": "' + b"x" * (10 * 1024 * 1024 - 13) + b'"}'

    answer = visit("alice").post(TICKETS, data=body, content_type="application/json")

    assert (answer.status_code, fields(answer)) == (400, ["title"])


@pytest.mark.parametrize("tab_id", ["", " ", "a b", "x" * 65, "ü", "a;b", "../", "a\tb", "<script>"])
def test_a_tab_id_that_is_none_is_refused(town: Flask, visit: Visit, tab_id: str) -> None:
    with nothing_changes(town):
        answer = visit("alice").post(TICKETS, json={"title": "x"}, headers={"X-Tab-Id": tab_id})

    assert (answer.status_code, fields(answer)) == (400, ["X-Tab-Id"])


@pytest.mark.parametrize("tab_id", ["a", "x" * 64, "A-z_09"])
def test_a_tab_id_of_1_to_64_plain_characters_is_taken(visit: Visit, tab_id: str) -> None:
    answer = visit("alice").post(TICKETS, json={"title": "x"}, headers={"X-Tab-Id": tab_id})

    assert answer.status_code == 201


ODD_REFERENCES = [
    "x",
    "x" * 5000,
    "9" * 9,
    "9" * 400,
    "-1",
    "0x1",
    "%F0%9F%98%80",
    "%ED%A0%80",
    "%FF%FE",
    "%E2%80%AE",
    "..",
    "%2e%2e",
    "%2F",
    "%5C",
    "'%20OR%201=1--",
    "%25",
    "%0A",
    "null",
    "٣",
    "ß",
    "HARB-٣",
]


@pytest.mark.parametrize("reference", ODD_REFERENCES)
def test_an_odd_id_in_an_address_is_not_found(town: Flask, visit: Visit, reference: str) -> None:
    alice = visit("alice")

    with nothing_changes(town):
        answers = [
            alice.get(f"/api/projects/{reference}"),
            alice.patch(f"/api/projects/{reference}", json={}),
            alice.get(f"/api/projects/{reference}/tickets"),
            alice.get(f"/api/projects/{reference}/events"),
            alice.get(f"{TICKETS}/{reference}"),
            alice.patch(f"{TICKETS}/{reference}", json={"title": "x"}),
            alice.delete(f"{TICKETS}/{reference}"),
            alice.patch(f"{HARB}/columns/{reference}", json={"name": "x"}),
            alice.delete(f"{HARB}/columns/{reference}"),
            alice.delete(f"{HARB}/columns/{column_ids(alice)[0]}?moveTicketsTo={reference}"),
            alice.patch(f"{HARB}/labels/{reference}", json={"name": "x"}),
            alice.delete(f"{HARB}/labels/{reference}"),
            alice.get(f"/api/events?project={reference}"),
        ]

    assert {(answer.status_code, answer.content_type) for answer in answers} <= {
        (404, "application/json"),
        (405, "application/json"),  # ".." and "/" may end at another route
    }


@pytest.mark.parametrize(
    "path", ["/api/projects/HA%00RB", f"{TICKETS}/%00", f"{TICKETS}?q=%00", "/api/events?project=a%00"]
)
def test_a_nul_in_an_address_is_refused(visit: Visit, path: str) -> None:
    answer = visit("alice").get(path)

    assert (answer.status_code, fields(answer)) == (400, ["address"])


@pytest.mark.parametrize("query", ["q=%FF", "q=%ED%A0%80", "q=%F0%9F%98%80", "q=%25", "&&&", "=", "q=+", "q=a&q=b"])
def test_an_odd_query_that_is_no_mistake_finds_what_it_can(visit: Visit, query: str) -> None:
    answer = visit("alice").get(f"{TICKETS}?{query}")

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "cursor", ["", "x", "-1", "0-0", "é", "x" * 5000, "deadbeef-1", "deadbeef-" + "9" * 40, "1-1-1"]
)
def test_an_odd_last_event_id_is_no_error(
    app: Flask, alice: FlaskClient, monkeypatch: pytest.MonkeyPatch, cursor: str
) -> None:
    monkeypatch.setattr(app.extensions["punt_events"].feed, "start", lambda: None)

    answers = [
        alice.get(f"{HARB}/events", headers={"Last-Event-ID": cursor}),
        alice.get(f"{HARB}/events", query_string={"lastEventId": cursor}),
    ]

    for answer in answers:
        opening = next(answer.iter_encoded())
        answer.close()
        assert (answer.status_code, answer.mimetype) == (200, "text/event-stream")
        assert (b"stream.reset" in opening) == bool(cursor)


def test_more_projects_than_one_connection_may_tell_of_are_refused(visit: Visit) -> None:
    answer = visit("alice").get("/api/events?" + "project=HARB&" * 21)

    assert (answer.status_code, fields(answer)) == (400, ["project"])


def test_a_page_of_the_board_is_still_right_after_all_that(visit: Visit) -> None:
    ids = tickets(visit("alice"), "one", "two")

    listed = [each["id"] for each in visit("alice").get(TICKETS).json or ()]

    assert set(ids) <= set(listed)

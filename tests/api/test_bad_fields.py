"""Invalid values: each is refused by the name of its field, and nothing changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.board import HARB, TICKETS, fields, nothing_changes, ticket
from tests.support.cast import PASSWORD
from tests.support.routes import ROUTES, things_of

Visit = Callable[[str | None], FlaskClient]

ODD_TEXT = ["\0", "a\0b", "\x1b[0m", "\x7f", 5, 1.5, True, ["x"], {"x": 1}]
ODD_LINES = [*ODD_TEXT, "a\nb", "\u2028", "", "  ", "\t"]
ODD_IDS = ["", "nope", "x" * 65, "ü", "a b", "\0", "../..", 1, 1.5, True, [], {}, 10**30]
ODD_NUMBERS = [-1, 1000, 1.5, "1", True, [], {}, 10**30, -(10**30), float("inf"), float("nan")]
ODD_COLORS = ["", "red", "#fff", "#ggg000", "#abcdef0", "abcdef", "#abcdef\n", "#ＡＢＣＤＥＦ", 5, []]
ODD_DATES = ["", "soon", "2024-02-30", "2024-13-01", "01.02.2024", "2024-01-01T12:30:00Z", "10000-01-01", 20240101, []]
ODD_DATES += [
    "0",
    "86400",
    "2024-1-1",
    "20240101",
    "2024-W01-1",
    "２０２４-01-01",
    " 2024-01-01",
    "2024-01-01T00:00:00",
]
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
    f"POST {HARB}/preview": {"text": [*ODD_TEXT, None, "x" * 50_001]},
    f"PATCH {HARB}": {"name": [None, "", "x" * 81], "description": [None, "x" * 2001], "color": [None, *ODD_COLORS]},
    f"POST {HARB}/columns": {
        "name": [*ODD_LINES, None, "x" * 51],
        "color": ODD_COLORS,
        "wipLimit": [0, *ODD_NUMBERS],
        "order": [1],
    },
    f"PATCH {HARB}/columns/{{column}}": {"name": [None, ""], "order": [-1, None, 1000, "1"], "wipLimit": [0, 1000]},
    f"PUT {HARB}/columns/order": {"columnIds": [None, [], "x", [1], ["nope"], {}, ["x"] * 1001]},
    f"PUT {HARB}/columns/{{column}}/order": {"tickets": [None, "x", {}, [1], [{"id": "x"}], [{"id": "x", "rank": ""}]]},
    f"POST {HARB}/columns/{{column}}/sort": {"by": ["", "title", "Priority", None, 5, []]},
    f"POST {HARB}/labels": {"name": [*ODD_LINES, None, "x" * 51], "color": ODD_COLORS},
    f"PATCH {HARB}/labels/{{label}}": {"name": [None, "", "x" * 51], "color": [None, *ODD_COLORS]},
    f"POST {HARB}/labels/{{label}}/merge": {"into": [*ODD_IDS, None]},
    f"POST {HARB}/members": {
        "username": [*ODD_LINES, None, "x" * 31, "nobody-of-that-name"],
        "role": ["", "king", None, 5, [], True],
    },
    f"PATCH {HARB}/members/{{member}}": {"role": ["", "king", None, 5, [], {}], "user": ["x"]},
    f"PUT {HARB}/presence": {"ticketId": [each for each in ODD_IDS if type(each) is not str], "expiresAt": [1]},
    "POST /api/me/tokens": {
        "name": [*ODD_LINES, None, "x" * 51],
        "scope": ["", "all", None, 5, []],
        "expiresInDays": [0, -1, 3651, 1.5, "1", True, []],
    },
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
    "POST /api/admin/users": {
        "username": ["", "ab", "a b", None, 5],
        "name": [*ODD_LINES, None, "x" * 81],
        "email": ["x", 5],
        "password": ["", "short", "aaaaaaaaaaaa", 5],
        "isAdmin": [True],
    },
    "PATCH /api/admin/users/{user}": {
        "name": [*ODD_LINES, None, "x" * 81],
        "email": ["", "x", 5],
        "isActive": [None, "true", 1],
        "isAdmin": [True],
        "username": ["robert"],
    },
    "DELETE /api/admin/users/{user}": {
        "yourPassword": ["", None, 5, "not her password", "x" * 201],
        "heir": ["", "a b", 5],
    },
    "POST /api/admin/users/{user}/password": {
        "yourPassword": ["", None, 5, "not her password", "x" * 201],
        "password": ["", "short", "aaaaaaaaaaaa", 5],
    },
    "PUT /api/admin/users/{user}/admin": {"yourPassword": ["", None, 5, "not her password", "x" * 201]},
    "PATCH /api/admin/settings": {"siteName": [*ODD_LINES, None, "x" * 41], "registration": [None, "yes", 1, 0, []]},
}
RIGHT: dict[str, dict[str, Any]] = {
    f"POST {TICKETS}": {"title": "One"},
    "POST /api/projects": {"key": "BOAT", "name": "Boats"},
    f"POST {HARB}/columns": {"name": "Later"},
    f"POST {HARB}/columns/{{column}}/sort": {"by": "priority"},
    f"POST {HARB}/labels": {"name": "quay"},
    f"POST {HARB}/members": {"username": "charlie", "role": "viewer"},
    "POST /api/me/tokens": {"name": "Nightly report"},
    f"PATCH {HARB}/members/{{member}}": {"role": "member"},
    "PATCH /api/me/password": {"currentPassword": PASSWORD, "newPassword": "four unrelated words"},
    "POST /api/admin/users": {"username": "eve", "name": "Eve"},
    "DELETE /api/admin/users/{user}": {"yourPassword": PASSWORD},
    "POST /api/admin/users/{user}/password": {"yourPassword": PASSWORD},
    "POST /api/auth/login": {"username": "bob", "password": PASSWORD},
    "POST /api/auth/setup": {"username": "eve", "name": "Eve", "password": PASSWORD},
}
CASES = [(request, name) for request, names in WRONG.items() for name in names]


@pytest.fixture(scope="module")
def things(visit: Visit) -> dict[str, str]:
    ticket(visit("alice"))
    return things_of(visit("alice"))


@pytest.mark.parametrize(("request_line", "name"), CASES)
def test_a_wrong_value_is_refused_by_the_name_of_its_field(
    town: Flask, visit: Visit, things: dict[str, str], request_line: str, name: str
) -> None:
    method, path = request_line.split()
    path = path.format(**things)
    values = WRONG[request_line][name]
    client = visit("sue" if path.startswith("/api/admin") else "alice")

    with nothing_changes(town):
        answers = [
            client.open(path, method=method, json=RIGHT.get(request_line, {}) | {name: value}) for value in values
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
        for route in ROUTES
        if route.body and (route.method, route.address(things | {"ticket": "<t>"}).partition("?")[0]) not in tried
    ]

    assert left == ["PATCH /api/projects/<reference>/tickets", "DELETE /api/projects/<reference>/tickets"]


def test_several_wrong_fields_are_all_named(visit: Visit) -> None:
    answer = visit("alice").post(TICKETS, json={"title": "", "type": "saga", "storyPoints": -1, "x": 1})

    assert answer.status_code == 400
    assert sorted(fields(answer)) == ["storyPoints", "title", "type", "x"]


@pytest.mark.parametrize(
    ("who", "method", "path", "field", "rest"),
    [
        ("bob", "POST", "/api/projects/HARB/tickets", "title", {}),
        ("alice", "POST", "/api/projects", "name", {"key": "BOAT"}),
        ("alice", "PATCH", "/api/projects/HARB", "name", {}),
        ("alice", "POST", "/api/projects/HARB/columns", "name", {}),
        ("alice", "POST", "/api/projects/HARB/labels", "name", {}),
        ("bob", "PATCH", "/api/me", "name", {}),
        ("bob", "POST", "/api/me/tokens", "name", {}),
        ("sue", "PATCH", "/api/admin/settings", "siteName", {}),
    ],
)
def test_a_name_of_invisible_characters_is_empty(
    visit: Any, who: str, method: str, path: str, field: str, rest: dict[str, str]
) -> None:
    answer = visit(who).open(path, method=method, json={field: "\u200b\ufeff\u2060", **rest})

    assert answer.status_code == 400
    assert answer.json["details"] == [{"field": field, "message": "This is required."}]

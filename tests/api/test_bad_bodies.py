"""Bodies that are not a JSON object, too large or unknown: a clear error, and nothing changed."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.board import TICKETS, fields, nothing_changes, ticket
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
    "deep arrays": b'{"name": ' + b"[" * 7000 + b"]" * 7000 + b"}",
    "deep objects": b'{"name":' * 1500 + b"1" + b"}" * 1500,
    "a huge number": b'{"name": ' + b"9" * 15_000 + b"}",
    "a huge exponent": b'{"name": 1e999999999}',
}


@pytest.fixture(scope="module")
def things(visit: Visit) -> dict[str, str]:
    ticket(visit("alice"))
    return things_of(visit("alice"))


@pytest.mark.parametrize("route", WITH_BODY, ids=str)
def test_a_body_that_is_no_object_is_refused(town: Flask, visit: Visit, things: dict[str, str], route: Route) -> None:
    with nothing_changes(town):
        answers = {
            kind: route.ask(visit(route.somebody), things, data=data, content_type="application/json", body=None)
            for kind, data in NO_OBJECT.items()
        }

    for kind, answer in answers.items():
        assert (answer.status_code, answer.content_type) == (400, "application/json"), kind
        assert fields(answer), kind
        assert (answer.json or {})["error"], kind


@pytest.mark.parametrize("route", WITH_BODY, ids=str)
def test_a_body_that_does_not_say_that_it_is_json_is_refused(
    town: Flask, visit: Visit, things: dict[str, str], route: Route
) -> None:
    with nothing_changes(town):
        answers = [
            route.ask(visit(route.somebody), things, data=b'{"title": "x"}', content_type=content_type, body=None)
            for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "")
        ]

    assert [(answer.status_code, fields(answer)) for answer in answers] == [(400, ["Content-Type"])] * 4


@pytest.mark.parametrize("route", WITH_BODY, ids=str)
def test_an_unknown_field_is_refused_by_name(town: Flask, visit: Visit, things: dict[str, str], route: Route) -> None:
    with nothing_changes(town):
        answer = route.ask(visit(route.somebody), things, body={"surprise": 1})

    assert answer.status_code == 400
    assert {"field": "surprise", "message": "There is no such field."} in (answer.json or {})["details"]


@pytest.mark.parametrize("route", [route for route in WITH_BODY if route.body], ids=str)
def test_a_name_given_twice_is_refused_by_name(town: Flask, visit: Visit, things: dict[str, str], route: Route) -> None:
    name, value = next(iter(route.filled(things).items()))
    right = json.dumps(route.filled(things))
    escaped = json.dumps(f"\\u{ord(name[0]):04x}{name[1:]}").replace("\\\\", "\\")

    with nothing_changes(town):
        answers = [
            route.ask(visit(route.somebody), things, data=text, content_type="application/json", body=None)
            for text in (
                f'{{"{name}": {json.dumps(value)}, {right[1:]}',
                f'{right[:-1]}, "{name}": {json.dumps(value)}}}',
                f"{right[:-1]}, {escaped}: {json.dumps(value)}}}",
            )
        ]

    assert [(answer.status_code, fields(answer)) for answer in answers] == [(400, [name])] * 3


def test_a_name_given_twice_further_inside_is_refused_by_name(
    town: Flask, visit: Visit, things: dict[str, str]
) -> None:
    body = f'{{"ticketIds": ["{things["ticket"]}"], "updates": {{"title": "One", "title": "Two"}}}}'

    with nothing_changes(town):
        answer = visit("alice").patch(TICKETS, data=body, content_type="application/json")

    assert (answer.status_code, fields(answer)) == (400, ["title"])


def test_a_body_over_1_mb_is_413(town: Flask, visit: Visit) -> None:
    body = b'{"title": "' + b"x" * (1024 * 1024) + b'"}'

    with nothing_changes(town):
        answer = visit("alice").post(TICKETS, data=body, content_type="application/json")

    assert (answer.status_code, answer.json) == (413, {"error": "This is too large: at most 1 MB."})


def test_a_body_just_under_1_mb_is_judged_by_its_content(visit: Visit) -> None:
    body = b'{"title": "' + b"x" * (1024 * 1024 - 13) + b'"}'

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

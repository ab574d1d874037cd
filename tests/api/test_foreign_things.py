"""Ids of another project, and requests of another site: every route that accepts them refuses them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.board import nothing_changes
from tests.support.pages import things_of_another_project
from tests.support.routes import ROUTES, Route, things_of

Visit = Callable[[str | None], FlaskClient]
NO_THING = {"reference", "stranger"}
"""Things in routes that belong to no project."""
WRITING = [route for route in ROUTES if route.writes]
INSIDE = [route for route in ROUTES if route.in_project]
ADDRESSED = [route for route in INSIDE if route.rule.count("<") > 1]
NAMING = [
    (route, name)
    for route in INSIDE
    for name in re.findall(r'["=]{(\w+)}', json.dumps(route.body) + route.query)
    if name not in NO_THING and not route.rule.endswith("/presence")  # there it is as if none were named
]


@pytest.fixture(scope="module")
def things(visit: Visit) -> dict[str, str]:
    return things_of(visit("alice"))


@pytest.fixture(scope="module")
def foreign(visit: Visit) -> dict[str, str]:
    return things_of_another_project(visit("charlie"))


def test_there_is_a_foreign_one_of_every_kind_of_thing(foreign: dict[str, str]) -> None:
    spoken_of = {name for route in INSIDE for name in re.findall(r"<(\w+?)(?:_id|_reference)?>", route.rule)}
    spoken_of |= {name for _, name in NAMING}

    assert not spoken_of - NO_THING - foreign.keys(), "tests/support/pages.py: add them to things_of_another_project"


@pytest.mark.parametrize("name", ["alice", "sue"])
@pytest.mark.parametrize("route", ADDRESSED, ids=str)
def test_what_belongs_to_another_project_is_not_found_here(
    town: Flask, visit: Visit, things: dict[str, str], foreign: dict[str, str], route: Route, name: str
) -> None:
    body = json.loads(_filled(json.dumps(route.body), things)) if route.body else None

    with nothing_changes(town):
        answer = route.ask(visit(name), things | foreign, body=body)

    assert answer.status_code == 404


@pytest.mark.parametrize(("route", "named"), NAMING, ids=str)
def test_what_belongs_to_another_project_cannot_be_named_here(
    town: Flask, visit: Visit, things: dict[str, str], foreign: dict[str, str], route: Route, named: str
) -> None:
    with nothing_changes(town):
        answer = route.ask(visit("alice"), things | {named: foreign[named]})

    assert answer.status_code in {400, 404}


@pytest.mark.parametrize("route", WRITING, ids=str)
def test_a_write_that_another_site_makes_is_refused(
    town: Flask, visit: Visit, things: dict[str, str], route: Route
) -> None:
    with nothing_changes(town):
        answer = route.ask(visit("alice"), things, headers={"Origin": "https://evil.example"})

    assert answer.status_code == 403


def _filled(text: str, things: dict[str, str]) -> str:
    return re.sub(r"{(\w+)}", lambda found: things.get(found[1], found[0]), text)

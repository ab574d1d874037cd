"""The API's description: it is whole, and it says what is true."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from punt.api.openapi import describe
from punt.inputs.tickets import NewTicket
from punt.models import shapes, wire
from punt.models.shapes import Shape
from tests.support.board import HARB, TICKETS, ticket
from tests.support.routes import PUBLIC, ROUTES

Visit = Callable[[str | None], FlaskClient]


@pytest.fixture(scope="module")
def description(visit: Visit) -> Any:
    """What the server says of itself, to anybody."""
    return visit(None).get("/api/openapi.json").json


def braced(rule: str) -> str:
    """Write a rule of Flask's as OpenAPI does."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)


def test_every_route_and_no_other_is_described(town: Flask, description: Any) -> None:
    assert description == describe(town)
    told = {f"{method.upper()} {path}" for path, item in description["paths"].items() for method in item}
    assert told == {braced(str(route)) for route in ROUTES}


def test_every_reference_leads_somewhere_and_every_schema_is_used(town: Flask, description: Any) -> None:
    used = set(re.findall(r"'#/components/schemas/(\w+)'", str(description)))
    descriptions = [getattr(view, "description", None) for view in town.view_functions.values()]

    of_queries = {each.query.__name__ for each in descriptions if each and isinstance(each.query, type)}
    assert used | of_queries == description["components"]["schemas"].keys()


def test_every_status_of_the_routes_table_is_described(description: Any) -> None:
    told = {
        (method, path, status)
        for path, item in description["paths"].items()
        for method, operation in item.items()
        for status in operation["responses"]
    }

    wanted = {(route.method.lower(), braced(route.rule), str(route.status)) for route in ROUTES}

    assert not wanted - told


def test_a_body_is_described_by_the_model_that_checks_it(description: Any) -> None:
    told = description["components"]["schemas"]["NewTicket"]

    assert set(told["properties"]) == {field.alias for field in NewTicket.model_fields.values()}
    assert told["required"] == ["title"]
    assert told["additionalProperties"] is False


def test_what_needs_no_session_says_so(description: Any) -> None:
    public = {route.rule for route in ROUTES if route.who == PUBLIC}

    open_to_all = {
        path for path, item in description["paths"].items() for told in item.values() if "security" not in told
    }

    assert open_to_all == public


def _break(monkeypatch: pytest.MonkeyPatch, shape: type[Shape]) -> None:
    """Let an answer have a field that its shape does not tell of."""
    of_wire = shape.__name__.lower()
    real = getattr(wire, of_wire)
    monkeypatch.setattr(wire, of_wire, lambda thing: real(thing) | {"secret": 1})


@pytest.mark.parametrize("shape", [shapes.Column, shapes.Label, shapes.Project])
def test_the_tests_client_notices_a_field_that_is_not_described(
    alice: FlaskClient, monkeypatch: pytest.MonkeyPatch, shape: type[Shape]
) -> None:
    alice.post(f"{HARB}/labels", json={"name": "quay"})
    path = {"Project": "/api/projects"}.get(shape.__name__, f"{HARB}/{shape.__name__.lower()}s")
    assert alice.get(path).json
    _break(monkeypatch, shape)

    with pytest.raises(AssertionError, match=r"not as punt/models/shapes\.py says: .*secret"):
        alice.get(path)


def test_the_tests_client_notices_a_status_that_is_not_described(
    app: Flask, alice: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("punt.errors.Conflict.status", 418)
    number = ticket(alice)["number"]

    with pytest.raises(AssertionError, match=r"answered 418: add it to `also=`"):
        alice.patch(f"{TICKETS}/{number}", json={"title": "x"}, headers={"If-Match": "7"})

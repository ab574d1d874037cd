"""The API's description: it is complete, and it is true."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from punt.api import shapes
from punt.api.describe import FormWithFile
from punt.api.openapi import describe
from punt.api.shapes import Shape
from punt.inputs.tickets import NewTicket
from punt.models import wire
from tests.support.board import HARB, TICKETS, fields, made, ticket
from tests.support.cast import PASSWORD
from tests.support.contract import Contract
from tests.support.routes import PUBLIC, ROUTES, things_of

Visit = Callable[[str | None], FlaskClient]


@pytest.fixture(scope="module")
def description(visit: Visit) -> Any:
    """The server's description of itself, for anybody."""
    return visit(None).get("/api/openapi.json").json


def braced(rule: str) -> str:
    """Write a Flask rule as OpenAPI does."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)


def test_every_route_and_no_other_is_described(town: Flask, description: Any) -> None:
    assert description == describe(town)
    told = {f"{method.upper()} {path}" for path, item in description["paths"].items() for method in item}
    assert told == {braced(str(route)) for route in ROUTES}


def test_every_reference_leads_somewhere_and_every_schema_is_used(town: Flask, description: Any) -> None:
    used = set(re.findall(r"'#/components/schemas/(\w+)'", str(description)))
    descriptions = [getattr(view, "description", None) for view in town.view_functions.values()]

    of_queries = {each.query.__name__ for each in descriptions if each and isinstance(each.query, type)}
    of_forms = {each.body.fields.__name__ for each in descriptions if each and isinstance(each.body, FormWithFile)}
    assert used | of_queries | of_forms == description["components"]["schemas"].keys()


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


def test_every_body_is_described_by_its_fields_unless_it_is_a_picture(description: Any) -> None:
    told = {
        (operation["operationId"], kind): content["schema"]
        for item in description["paths"].values()
        for operation in item.values()
        for kind, content in operation.get("requestBody", {}).get("content", {}).items()
    }

    named = {each for each, schema in told.items() if schema.get("properties") or schema.get("$ref")}

    assert told.keys() - named == {("pictures.update", "image/*")}


def test_a_route_that_wants_a_body_says_so(description: Any) -> None:
    wanting = {(route.method.lower(), braced(route.rule)) for route in ROUTES if route.body or route.data}

    told = {
        (method, path)
        for path, item in description["paths"].items()
        for method in item
        if "requestBody" in item[method]
    }

    assert wanting <= told


def test_an_import_wants_what_is_described_and_no_less(sign_in: Callable[[str], FlaskClient], description: Any) -> None:
    path = "/api/admin/database/import"
    body = description["paths"][path]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    right: dict[str, Any] = {"yourPassword": PASSWORD, "phrase": "replace everything"}
    sue, refused = sign_in("sue"), dict[str, Any]()

    for missing in body["required"]:
        sent = right | {"file": (io.BytesIO(b"no export"), "all.punt")}
        answer = sue.post(path, data={name: sent[name] for name in sent if name != missing})
        refused[missing] = (answer.status_code, fields(answer))

    assert set(body["properties"]) == set(body["required"])
    assert refused == {name: (400, [name]) for name in ("file", "phrase", "yourPassword")}


def test_an_api_token_is_offered_exactly_where_it_opens_something(
    app: Flask, sign_in: Callable[[str], FlaskClient]
) -> None:
    paths, things = describe(app)["paths"], things_of(sign_in("alice"))
    token = made(sign_in("sue"), "/api/me/tokens", name="A program", scope="write")["token"]
    program = app.test_client(use_cookies=False)
    program.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"

    for route in ROUTES:
        if route.who != PUBLIC and not route.stream:
            answer = route.ask(program, things)
            offered = {"token": []} in paths[braced(route.rule)][route.method.lower()]["security"]
            assert offered != ("API token may not" in answer.text), str(route)


def _break(monkeypatch: pytest.MonkeyPatch, shape: type[Shape]) -> None:
    """Let a response have a field that its shape does not describe."""
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

    with pytest.raises(AssertionError, match=r"not as punt/api/shapes\.py says: .*secret"):
        alice.get(path)


def test_the_tests_client_notices_a_header_that_is_not_described(
    app: Flask, alice: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    view: Any = app.view_functions["api_tickets.show"]
    monkeypatch.setattr(view, "description", replace(view.description, sends=()))
    monkeypatch.setattr(Contract, "of", staticmethod(Contract))
    number = ticket(alice)["number"]

    with pytest.raises(AssertionError, match=r"sends ETag: add it to `sends=`"):
        alice.get(f"{TICKETS}/{number}")


def test_the_next_page_is_described_where_there_may_be_one(description: Any) -> None:
    paged = {
        path
        for path, item in description["paths"].items()
        for told in item.values()
        if any(parameter["name"] == "limit" for parameter in told["parameters"])
    }

    linking = {
        path
        for path, item in description["paths"].items()
        for told in item.values()
        if "Link" in told["responses"].get("200", {}).get("headers", {})
    }

    assert linking == paged


def test_the_tests_client_notices_a_status_that_is_not_described(
    app: Flask, alice: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("punt.errors.Conflict.status", 418)
    number = ticket(alice)["number"]

    with pytest.raises(AssertionError, match=r"answered 418: add it to `also=`"):
        alice.patch(f"{TICKETS}/{number}", json={"title": "x"}, headers={"If-Match": "7"})

"""Random requests: whatever is sent, the response is JSON and never a 5xx."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.board import HARB, TICKETS, made, person, ticket
from tests.support.cast import PASSWORD
from tests.support.routes import PUBLIC, ROUTES, Route, things_of

Visit = Callable[[str | None], FlaskClient]
WRITING = [route for route in ROUTES if route.body]
READING = [route for route in ROUTES if not route.writes and not route.stream]
FIELDS = re.findall(
    r"\w+",
    """title description type priority columnId assigneeId labelIds parentId storyPoints estimate startDate dueDate
    order before after ticketIds updates name key color wipLimit columnIds email avatarColor username password
    currentPassword newPassword by""",
)
QUERIES = re.findall(r"\w+", "columnId type priority assigneeId labelId q limit page moveTicketsTo project by x")
PLAUSIBLE = [
    "Bug",
    "high",
    "2024-02-29",
    "#abcdef",
    "BOAT",
    "1",
    "0.a0",
    "a@b",
    PASSWORD,
    "alice",
    "HARB-1",
    "{ticket}",
]
PLAUSIBLE += ["{column}", "{spare}", "{label}", "{person}", "{foreign}"]

TEXTS = st.one_of(st.sampled_from(PLAUSIBLE), st.text(max_size=30))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.integers(0, 10), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4)),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.one_of(st.sampled_from(FIELDS), st.text(max_size=5)), VALUES, max_size=6)
HEADERS = st.dictionaries(
    st.sampled_from(["X-Tab-Id", "If-Match", "Idempotency-Key", "Origin", "Sec-Fetch-Site", "Cookie2", "Accept"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=12),
    max_size=2,
)


@pytest.fixture(scope="module")
def things(visit: Visit) -> dict[str, str]:
    """Ids of this project, and one of another."""
    alice, charlie = visit("alice"), visit("charlie")
    made(charlie, "/api/projects", key="FAR", name="Far")
    foreign = made(charlie, "/api/projects/FAR/tickets", title="Far")["id"]
    return things_of(alice) | {"person": person(visit("bob")), "foreign": foreign}


def changed(route: Route, body: dict[str, Any], *, mixed: bool) -> Any:
    """Return a random body, or the valid one with random fields in it."""
    return route.body | body if mixed else body


def plain(value: Any) -> str:
    """Write a value as JSON in ASCII, which also preserves lone surrogates."""
    return json.dumps(value, ensure_ascii=True)


@settings(max_examples=150, deadline=None)
@given(route=st.sampled_from(WRITING), body=OBJECTS, mixed=st.booleans(), headers=HEADERS)
def test_random_bodies_never_make_a_5xx(
    town: Flask,
    visit: Visit,
    things: dict[str, str],
    route: Route,
    body: dict[str, Any],
    mixed: bool,
    headers: dict[str, str],
) -> None:
    text = plain(changed(route, body, mixed=mixed))
    for name, value in things.items():
        text = text.replace(f"{{{name}}}", value)

    client = town.test_client() if route.who == PUBLIC else visit(route.somebody)

    answer = route.ask(client, things, data=text, content_type="application/json", headers=headers, body=None)

    assert answer.status_code < 500, (str(route), text, answer.text)
    assert answer.status_code == 204 or answer.content_type == "application/json"


@settings(max_examples=60, deadline=None)
@given(route=st.sampled_from(WRITING), body=st.one_of(st.binary(max_size=40), VALUES.map(plain).map(str.encode)))
def test_random_bytes_never_make_a_5xx(
    town: Flask, visit: Visit, things: dict[str, str], route: Route, body: bytes
) -> None:
    client = town.test_client() if route.who == PUBLIC else visit(route.somebody)

    answer = route.ask(client, things, data=body, content_type="application/json", body=None)

    assert answer.status_code < 500, (str(route), body, answer.text)


@settings(max_examples=120, deadline=None)
@given(route=st.sampled_from(READING), query=st.lists(st.tuples(st.sampled_from(QUERIES), TEXTS), max_size=4))
def test_random_queries_never_make_a_5xx(
    visit: Visit, things: dict[str, str], route: Route, query: list[tuple[str, str]]
) -> None:
    filled = [(name, things.get(value.strip("{}"), value)) for name, value in query]

    answer = visit(route.somebody).get(route.address(things), query_string=filled)

    assert answer.status_code < 500, (str(route), filled, answer.text)
    assert answer.content_type == "application/json"


@settings(max_examples=60, deadline=None)
@given(
    path=st.lists(st.one_of(TEXTS, st.sampled_from(["projects", "HARB", "tickets", "columns", "labels"])), max_size=5)
)
def test_random_addresses_never_make_a_5xx(visit: Visit, path: list[str]) -> None:
    answer = visit("alice").get("/api/" + "/".join(path))

    assert answer.status_code < 500, (path, answer.text)
    assert answer.content_type == "application/json"


def test_the_board_is_whole_after_all_that(visit: Visit) -> None:
    created = ticket(visit("alice"))

    answer = visit("alice").get(TICKETS)

    columns = [each["order"] for each in visit("alice").get(f"{HARB}/columns").json or ()]
    numbers = [each["number"] for each in answer.json or ()]
    assert columns == list(range(len(columns)))
    assert len(set(numbers)) == len(numbers)
    assert created["number"] == max(numbers)

"""What a client sends costs at most a small multiple of its size: bodies, forms, addresses, and responses."""

from __future__ import annotations

import io
import json
import tracemalloc
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from punt.errors import Invalid
from punt.inputs.base import body, form
from punt.inputs.boards import TicketOrder
from punt.inputs.tickets import BulkChange, NewTicket
from punt.web import security
from punt.web.security import FORM_FIELDS
from tests.support.board import HARB, TICKETS, column_ids, fields, nothing_changes, ticket, tickets
from tests.support.routes import ROUTES, Route, things_of

Visit = Callable[[str | None], FlaskClient]
WITH_BODY = [route for route in ROUTES if route.body]
KB, MB = 1 << 10, 1 << 20
WORST = "\U0001f6a2" * 50_000
"""As long as a description may be, with the characters that take the most bytes."""
FORM = "application/x-www-form-urlencoded"


@cache
def names(count: int) -> bytes:
    """Write an object with so many names, none of which any model has."""
    return json.dumps({f"unknown{nth}": nth for nth in range(count)}).encode()


@pytest.fixture(scope="module")
def things(visit: Visit) -> dict[str, str]:
    ticket(visit("alice"))
    return things_of(visit("alice"))


@pytest.mark.parametrize("route", WITH_BODY, ids=str)
def test_an_answer_names_the_first_wrong_fields_and_says_how_many_more_there_are(
    town: Flask, visit: Visit, things: dict[str, str], route: Route
) -> None:
    with nothing_changes(town):
        answer = route.ask(visit(route.somebody), things, data=names(400), content_type="application/json", body=None)

    assert answer.status_code == 400
    assert len(fields(answer)) == 20
    assert "more fields are wrong than are named here." in (answer.json or {})["error"]
    assert len(answer.data) < 4 * KB


@pytest.mark.parametrize("route", WITH_BODY, ids=str)
def test_no_route_takes_megabytes_of_names(town: Flask, visit: Visit, things: dict[str, str], route: Route) -> None:
    client = visit(route.somebody)

    with nothing_changes(town):
        answers = [
            route.ask(client, things, data=data, content_type="application/json", body=None)
            for data in (names(400_000), names(40_000), names(2_500))
        ]

    assert [answer.status_code for answer in answers] in ([413, 413, 400], [413, 400, 400], [413, 413, 413])
    assert all(len(answer.data) < 4 * KB for answer in answers)


def test_a_name_is_repeated_only_so_far(town: Flask, visit: Visit) -> None:
    bob = visit("bob")

    with nothing_changes(town):
        answers = [bob.post(TICKETS, json={name * 30_000: 1}) for name in ("n", "😀")]
        answers.append(bob.get(TICKETS, query_string={"n" * 7000: "1"}))

    assert [answer.status_code for answer in answers] == [400] * 3
    assert all(len(answer.data) < 3 * KB for answer in answers)


def test_a_query_of_many_parameters_is_refused_by_the_first(visit: Visit) -> None:
    answer = visit("bob").get(TICKETS, query_string={f"n{nth}": "1" for nth in range(900)})

    assert (answer.status_code, len(fields(answer))) == (400, 20)
    assert "880 more fields" in (answer.json or {})["error"]


def test_the_longest_texts_that_may_be_are_taken_however_they_are_written(bob: FlaskClient) -> None:
    fields = {"title": WORST[:200], "description": WORST}

    answers = [
        bob.post(TICKETS, data=json.dumps(fields), content_type="application/json"),
        bob.post(TICKETS, data=json.dumps(fields, ensure_ascii=False, indent=4), content_type="application/json"),
        bob.patch(f"{TICKETS}/1", data=json.dumps({"description": WORST[::-1]}), content_type="application/json"),
        bob.post(f"{HARB}/preview", data=json.dumps({"text": WORST}), content_type="application/json"),
        bob.post("/projects/HARB/tickets", data=fields),
        bob.post("/projects/HARB/tickets/1", data=fields | {"version": "1"}),
        bob.post("/projects/HARB/tickets", data=fields, content_type="multipart/form-data"),
    ]

    assert [answer.status_code for answer in answers[:5]] == [201, 201, 200, 200, 302]
    assert [answer.status_code for answer in answers[5:]] == [302, 302]


def test_the_longest_lists_that_may_be_are_read(alice: FlaskClient) -> None:
    longest = ["x" * 63 + str(nth % 10) for nth in range(10_000)]
    column = column_ids(alice)[0]

    bulk = alice.patch(TICKETS, json={"ticketIds": longest[:500], "updates": {"labelIds": longest[:50]}})
    deletion = alice.delete(TICKETS, json={"ticketIds": longest[:500]})
    columns = alice.put(f"{HARB}/columns/order", json={"columnIds": longest[:1000]})
    order = [{"id": each, "rank": "a" * 60} for each in longest]
    placed = alice.put(f"{HARB}/columns/{column}/order", json={"tickets": order})

    assert [answer.status_code for answer in (bulk, deletion, placed)] == [404] * 3
    assert (columns.status_code, fields(columns)) == (400, ["columnIds"])


@pytest.mark.parametrize(
    "text",
    [
        b"[" * 500_000,
        b'{"title":' * 100_000,
        b"[" + b"[]," * 300_000 + b"[]]",
        b"[" + b"{}," * 300_000 + b"{}]",
        b'{"title": [' + b"1," * 400_000 + b"1]}",
        b'{"ticketIds": [' + b'"a",' * 200_000 + b'"a"]}',
        b'{"ticketIds": [' + b'"",' * 300_000 + b'""]}',
        b'{"tickets": [' + b'{"a":1,"b":2,"c":3},' * 11_000 + b"{}]}",
        b'{"tickets": [{' + b",".join(b'"a%d":1' % nth for nth in range(29_000)) + b"}]}",
        b'{"title": ' + b"9" * 900_000 + b"}",
        b'{"title": 0.' + b"9" * 900_000 + b"}",
        b'{"title": "' + b'x\\"' * 300_000,
        b"{," * 2000 + b'"a\\' * 300_000,
        names(60_000),
    ],
    ids=lambda text: text[:24].decode(),
)
@pytest.mark.parametrize("model", [NewTicket, BulkChange, TicketOrder])
def test_reading_json_takes_a_small_multiple_of_its_size(model: Any, text: bytes) -> None:
    with Flask("test").test_request_context(method="POST", data=text, content_type="application/json") as context:
        context.request.get_data()
        tracemalloc.start()
        try:
            with pytest.raises(Invalid) as caught:
                body(model)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert len(caught.value.details) <= 20
    assert peak < 30 * len(text) + MB


@pytest.mark.parametrize("path", ["/login", "/setup", "/projects/HARB/tickets", "/theme", "/projects"])
@pytest.mark.parametrize("pair", ["a", "", "a=b", "title=x"])
def test_a_form_of_many_fields_is_refused(town: Flask, visit: Visit, path: str, pair: str) -> None:
    with nothing_changes(town):
        answer = visit("bob").post(path, data="&".join([pair] * (FORM_FIELDS + 1)), content_type=FORM)

    assert answer.status_code == 400
    assert "A form has at most 1,000 fields." in answer.text


def multipart(*parts: bytes) -> dict[str, Any]:
    """Write a body of such parts."""
    data = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + b"--b--\r\n"
    return {"data": data, "content_type": "multipart/form-data; boundary=b"}


FIELD = b'Content-Disposition: form-data; name="title"\r\n\r\nx'
FILE = b'Content-Disposition: form-data; name="f"; filename="f"\r\n\r\nx'


@pytest.mark.parametrize("path", ["/projects/HARB/tickets", "/profile/picture", "/projects/HARB/import"])
@pytest.mark.parametrize(
    "parts",
    [[FIELD] * (FORM_FIELDS + 1), [FILE] * (FORM_FIELDS + 1)],
    ids=["many fields", "many files"],
)
def test_a_form_of_many_parts_is_413(town: Flask, visit: Visit, path: str, parts: list[bytes]) -> None:
    with nothing_changes(town):
        answer = visit("alice").post(path, **multipart(*parts))

    assert answer.status_code == 413
    assert "too large" in answer.text


@pytest.mark.parametrize("head", [b"X: " + b"y" * 3 * MB, b"X: y\r\n" * 500_000, b"X" * 3 * MB])
def test_a_part_with_a_huge_head_is_refused(town: Flask, visit: Visit, head: bytes) -> None:
    part = b'Content-Disposition: form-data; name="picture"; filename="f"\r\n' + head + b"\r\n\r\nx"

    with nothing_changes(town):
        answers = [
            visit("alice").post(path, **multipart(part)) for path in ("/profile/picture", "/projects/HARB/import")
        ]

    assert [answer.status_code for answer in answers] == [413, 413]


@pytest.mark.parametrize("content_type", [FORM, "application/json", "text/plain", ""])
def test_a_file_comes_in_a_form_of_parts_only(town: Flask, visit: Visit, content_type: str) -> None:
    sent = io.BytesIO(b"file=x&" * MB)

    with nothing_changes(town):
        answers = [
            visit("sue").post(path, input_stream=sent, content_type=content_type, content_length=7 * MB)
            for path in ("/api/admin/database/import", "/admin/database/import")
        ]

    assert answers[0].status_code == 400
    assert fields(answers[0]) == ["file"]
    assert answers[1].status_code in {400, 413}
    assert sent.tell() <= 64 * KB


def test_one_description_is_not_written_into_many_tickets_without_bound(bob: FlaskClient) -> None:
    ids = tickets(bob, *(str(nth) for nth in range(21)))

    many = bob.patch(TICKETS, json={"ticketIds": ids, "updates": {"description": "x" * 50_000}})
    fewer = bob.patch(TICKETS, json={"ticketIds": ids[:20], "updates": {"description": "x" * 50_000}})

    assert (many.status_code, "at most 47,619 characters" in many.text) == (400, True)
    assert fewer.status_code == 200


def test_a_worker_holds_only_so_much_of_large_bodies_at_once(
    alice: FlaskClient, bob: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    large, small = {"title": "x", "description": "🚢" * 10_000}, {"title": "x"}
    monkeypatch.setattr(security, "BODIES", 150 * KB)

    assert [bob.post(TICKETS, json=large).status_code for _ in range(3)] == [201] * 3
    with monkeypatch.context() as others:
        others.setattr(security._Bodies, "held", 100 * KB)
        answers = [alice.post(TICKETS, json=asked) for asked in (large, small)]

    assert [answer.status_code for answer in answers] == [503, 201]
    assert security._Bodies.held == 0


@pytest.mark.parametrize(
    "path", ["/projects/HARB/tickets/{}", "/api/projects/HARB/tickets/{}", "/projects/HARB/bin/{}"]
)
@pytest.mark.parametrize("number", ["9" * 5000, "9" * 20, "0" * 5000 + "1"])
def test_a_number_of_thousands_of_digits_is_nothing(visit: Visit, path: str, number: str) -> None:
    assert visit("bob").get(path.format(number)).status_code in {404, 405}


def test_a_form_tells_the_first_wrong_fields_only() -> None:
    with pytest.raises(Invalid) as caught:
        form(NewTicket, MultiDict([("title", "x"), *(("labelIds", "ü") for _ in range(40))]), lists=("labelIds",))

    assert len(caught.value.details) == 20
    assert "20 more fields" in str(caught.value)

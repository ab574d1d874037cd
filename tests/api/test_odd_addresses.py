"""Odd addresses, queries and cursors: never more than a clear error."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.board import HARB, TICKETS, column_ids, fields, nothing_changes

Visit = Callable[[str | None], FlaskClient]

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
        (405, "application/json"),  # ".." and "/" may lead to another route
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

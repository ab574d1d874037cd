"""Responses are compressed for clients that accept it, with the same content as uncompressed."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from typing import Any

import brotli
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from punt.database import writing
from punt.models import Project, Ticket
from punt.web import compression
from punt.web.compression import PIECE, SHORT
from tests.support.board import TICKETS
from tests.support.cast import PASSWORD, signed_in

BOARD = "/projects/HARB/board"
DESCRIPTION = "/api/openapi.json"
PLAIN: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.decompress, "br": brotli.decompress}
MARK = re.compile(rb'name="once" value="\w+"')


@pytest.fixture
def reader(app: Flask) -> FlaskClient:
    """Bob, who gets responses as they are sent."""
    app.test_client_class = FlaskClient
    return signed_in(app, "bob")


def make_tickets(app: Flask, count: int) -> None:
    with app.app_context(), writing() as session:
        project = session.scalars(sa.select(Project).where(Project.key == "HARB")).one()
        for _ in range(count):
            Ticket.create(project, project.columns()[0], None, {"title": "T", "description": "x" * 1_000})


def get(client: FlaskClient, path: str, encoding: str = "gzip", **headers: str) -> Any:
    return client.get(path, headers={"Accept-Encoding": encoding} | headers)


def told(answer: Any) -> bytes:
    """Return the content of a compressed response, without the mark that is new on each page."""
    return MARK.sub(b"", PLAIN[answer.headers["Content-Encoding"]](answer.data))


@pytest.mark.parametrize("encoding", PLAIN)
@pytest.mark.parametrize("path", [BOARD, "/profile", TICKETS, DESCRIPTION, "/projects/NONE/board"])
def test_pages_and_data_say_the_same_compressed(app: Flask, reader: FlaskClient, encoding: str, path: str) -> None:
    make_tickets(app, 120)
    plain = reader.get(path)

    answer = get(reader, path, encoding)

    assert "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in plain.vary
    assert "Accept-Encoding" in answer.vary
    assert answer.status_code == plain.status_code
    assert told(answer) == MARK.sub(b"", plain.data)
    assert int(answer.headers["Content-Length"]) == len(answer.data) < len(plain.data) / 2


def test_what_is_longer_than_a_piece_comes_whole(app: Flask, reader: FlaskClient) -> None:
    make_tickets(app, 400)

    board, tickets = get(reader, BOARD), get(reader, TICKETS)

    assert len(told(board)) > 3 * PIECE
    assert told(board) == MARK.sub(b"", reader.get(BOARD).data)
    assert told(tickets) == reader.get(TICKETS).data
    assert int(tickets.headers["Content-Length"]) == len(tickets.data)


@pytest.mark.parametrize(
    ("accepted", "sent"),
    [
        ("", None),
        ("identity", None),
        ("deflate, zstd", None),
        ("gzip;q=0", None),
        ("gzip;q=0, br;q=0", None),
        ("gzip, deflate", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.1, gzip", "gzip"),
        ("*", "br"),
        ("gzip;q=nan", None),
    ],
)
@pytest.mark.parametrize("path", [DESCRIPTION, TICKETS, "/static/any/js/app.js"])
def test_the_client_says_what_it_reads(reader: FlaskClient, path: str, accepted: str, sent: str | None) -> None:
    answer = get(reader, path, accepted)

    assert answer.status_code == 200
    assert answer.headers.get("Content-Encoding") == sent


def test_asking_for_the_head_only_tells_what_would_come(app: Flask, reader: FlaskClient) -> None:
    make_tickets(app, 50)

    for path in (TICKETS, "/static/any/css/app.css"):
        whole, head = get(reader, path), reader.head(path, headers={"Accept-Encoding": "gzip"})

        assert head.data == b""
        for name in ("Content-Length", "Content-Encoding", "Content-Type", "ETag"):
            assert head.headers.get(name) == whole.headers.get(name)


def test_a_ticket_keeps_the_version_that_a_write_may_ask_for(app: Flask, reader: FlaskClient) -> None:
    make_tickets(app, 1)
    ticket = get(reader, f"{TICKETS}/1")

    answer = reader.patch(f"{TICKETS}/1", json={"title": "Mine"}, headers={"If-Match": ticket.headers["ETag"]})

    assert len(ticket.data) > SHORT
    assert (ticket.headers["ETag"], ticket.headers.get("Content-Encoding")) == ('"1"', None)
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')


@pytest.mark.parametrize(
    "path", ["/healthz", "/api/me", "/api/projects/HARB/labels/none", "/static/any/js/page/table.js"]
)
def test_what_is_short_is_sent_as_it_is(reader: FlaskClient, path: str) -> None:
    answer = get(reader, path)

    assert len(answer.data) < SHORT
    assert "Content-Encoding" not in answer.headers


def test_what_is_compressed_already_is_left_alone(app: Flask, reader: FlaskClient) -> None:
    headers = {"Accept-Encoding": "gzip, br"}

    export = signed_in(app, "sue").post("/api/admin/database/export", json={"yourPassword": PASSWORD}, headers=headers)

    assert "Content-Encoding" not in export.headers
    assert gzip.decompress(export.data).startswith(b'{"format":"punt-export"')


@pytest.mark.parametrize("site", ["cross-site", "same-site", "anything"])
def test_another_site_learns_nothing_from_how_well_a_page_shrinks(reader: FlaskClient, site: str) -> None:
    pages = [get(reader, path, **{"Sec-Fetch-Site": site}) for path in (f"{BOARD}?q=guess", TICKETS, DESCRIPTION)]
    own = get(reader, BOARD, **{"Sec-Fetch-Site": "same-origin"})
    typed = get(reader, BOARD, **{"Sec-Fetch-Site": "none"})

    assert ["Content-Encoding" in page.headers for page in pages] == [False] * 3
    assert ["Content-Encoding" in page.headers for page in (own, typed)] == [True] * 2


def test_a_page_that_shows_a_secret_is_not_compressed(reader: FlaskClient) -> None:
    made = reader.post("/profile/tokens", data={"name": "Nightly", "scope": "write", "expiresInDays": ""})

    shown, later = get(reader, made.location), get(reader, "/profile")

    assert b"punt_" in shown.data
    assert "Content-Encoding" not in shown.headers
    assert later.headers["Content-Encoding"] == "gzip"


def test_an_answer_that_shows_a_secret_is_not_compressed(reader: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compression, "SHORT", 0)
    asked, headers = {"name": "Nightly", "scope": "write"}, {"Accept-Encoding": "gzip"}

    made = reader.post("/api/me/tokens", json=asked, headers=headers)

    assert made.status_code == 201
    assert "Content-Encoding" not in made.headers
    assert get(reader, "/api/me").headers["Content-Encoding"] == "gzip"

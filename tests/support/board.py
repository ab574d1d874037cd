"""The project HARB through its API: short ways to create things there and to read them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

Json = dict[str, Any]
HARB = "/api/projects/HARB"
TICKETS = f"{HARB}/tickets"


def made(client: FlaskClient, path: str, **fields: Any) -> Json:
    """Create a thing."""
    answer = client.post(path, json=fields)
    assert answer.status_code == 201, answer.text
    return dict(answer.json or {})


def ticket(client: FlaskClient, title: str = "A ticket", **fields: Any) -> Json:
    """Create a ticket."""
    return made(client, TICKETS, title=title, **fields)


def tickets(client: FlaskClient, *names: str, **fields: Any) -> list[str]:
    """Create several tickets and return their ids."""
    return [ticket(client, name, **fields)["id"] for name in names]


def shown(client: FlaskClient, reference: str) -> Json:
    """Read a ticket."""
    answer = client.get(f"{TICKETS}/{reference}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json or {})


def column_ids(client: FlaskClient) -> list[str]:
    """Return the ids of the columns, leftmost first."""
    return [column["id"] for column in client.get(f"{HARB}/columns").json or ()]


def titles(client: FlaskClient, column_id: str) -> str:
    """Return the titles in a column, top first, after making sure that orders are dense and ranks sorted."""
    found = client.get(TICKETS, query_string={"columnId": column_id}).json or []
    assert [each["order"] for each in found] == list(range(len(found)))
    assert [each["rank"] for each in found] == sorted({each["rank"] for each in found})
    return " ".join(each["title"] for each in found)


def person(client: FlaskClient) -> str:
    """Return the id of whoever is signed in."""
    return str((client.get("/api/me").json or {})["id"])


def fields(answer: Any) -> list[str]:
    """Return the names of the fields that a refusal is about."""
    return [detail["field"] for detail in answer.json.get("details", ())]


@contextmanager
def nothing_changes(app: Flask) -> Iterator[None]:
    """Fail when the database is not the same afterwards."""
    before = _dump(app)
    yield
    assert _dump(app) == before


def _dump(app: Flask) -> list[str]:
    connection = sqlite3.connect(Path(app.instance_path) / "punt.sqlite3")
    try:
        return list(connection.iterdump())
    finally:
        connection.close()

"""However much a request does, others get their turn every few milliseconds."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, appcontext_tearing_down
from flask.testing import FlaskClient

from punt.database import db, writing
from punt.heavy.slices import SLICE
from punt.models import Label, Project, Ticket, User
from punt.transfer.export.words import PHRASES
from tests.support.board import HARB, TICKETS, made
from tests.support.cast import PASSWORD, signed_in
from tests.support.crowd import crowd
from tests.support.importing import send

MANY, MORE = 1500, 5000
QUICK = {"all listed", "all searched", "the board", "all exported"}
"""Some kinds of work need more tickets to take long, and to show when most of it runs in one piece."""
MOST = 40 * SLICE
"""Seconds of processor time without a turn for others: generous, because the machine may be slow."""
TABLE = "title,status\n" + "Crate,To Do\n" * MANY
OWN = {"yourPassword": PASSWORD}


class Crowded:
    """The project HARB with thousands of tickets in its first column, all with one label, all created by Bob."""

    def __init__(self, app: Flask, count: int) -> None:
        with app.app_context(), writing():
            project = db.session.scalars(sa.select(Project)).one()
            bob, label = User.named("bob"), Label.create(project.id, "tide")
            assert bob
            self.column, self.label, self.bob = project.columns()[0].id, label.id, bob.id
            crowd(project, count, column_id=self.column, person_id=bob.id, label_id=label.id)


def _sort(client: FlaskClient, place: Crowded) -> Any:
    return client.post(f"{HARB}/columns/{place.column}/sort", json={"by": "priority"})


def _merge(client: FlaskClient, place: Crowded) -> Any:
    heir = made(client, f"{HARB}/labels", name="flood")["id"]
    return client.post(f"{HARB}/labels/{place.label}/merge", json={"into": heir})


def _remove_column(client: FlaskClient, place: Crowded) -> Any:
    heir = made(client, f"{HARB}/columns", name="Quay")["id"]
    return client.delete(f"{HARB}/columns/{place.column}?moveTicketsTo={heir}")


def _delete_parent(client: FlaskClient, place: Crowded) -> Any:
    with client.application.app_context(), writing() as session:
        parent = session.scalar(sa.select(sa.func.min(Ticket.id))) or ""
        session.execute(sa.update(Ticket).where(Ticket.id != parent).values(parent_id=parent))
    return client.delete(f"{TICKETS}/{parent}")


def _change_many(client: FlaskClient, _: Crowded) -> Any:
    ids = [each["id"] for each in client.get(f"{TICKETS}?limit=500").json or ()]
    return client.patch(TICKETS, json={"ticketIds": ids, "updates": {"priority": "Low", "description": "b" * 2000}})


def _delete_many(client: FlaskClient, _: Crowded) -> Any:
    ids = [each["id"] for each in client.get(f"{TICKETS}?limit=500").json or ()]
    return client.delete(TICKETS, json={"ticketIds": ids})


def _import(client: FlaskClient, _: Crowded) -> Any:
    return send(client, TABLE)


ACTS: dict[str, Callable[[FlaskClient, Crowded], Any]] = {
    "a column sorted": _sort,
    "a label merged": _merge,
    "a column removed": _remove_column,
    "a parent deleted": _delete_parent,
    "hundreds changed": _change_many,
    "hundreds deleted": _delete_many,
    "a table imported": _import,
    "all listed": lambda client, _: client.get(TICKETS),
    "all searched": lambda client, _: client.get(f"{TICKETS}?q=pilot"),
    "the board": lambda client, _: client.get("/projects/HARB/board"),
    "the project deleted": lambda client, _: client.delete(HARB),
    "the person deleted": lambda client, place: client.delete(f"/api/admin/users/{place.bob}", json=OWN),
    "all exported": lambda client, _: client.post("/api/admin/database/export", json=OWN),
    "all projects wiped": lambda client, _: client.post(
        "/api/admin/database/wipe-projects", json=OWN | {"phrase": PHRASES["wipe-projects"]}
    ),
    "all wiped": lambda client, _: client.post("/api/admin/database/wipe", json=OWN | {"phrase": PHRASES["wipe"]}),
}


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """Collect the moments at which others have their turn, in seconds of this thread's processor time.

    The last one is the end of the request: what the tests do with its answer does not count.
    """
    moments: list[float] = []

    def note(*_: Any, **__: Any) -> None:
        moments.append(time.thread_time())

    monkeypatch.setattr("time.sleep", note)
    gc.collect()
    gc.disable()  # how long a collection takes depends on what other tests have left behind
    with appcontext_tearing_down.connected_to(note):
        yield moments
    gc.enable()


@pytest.mark.parametrize("act", ACTS)
def test_others_have_their_turn_during(act: str, app: Flask, turns: list[float]) -> None:
    place, sue = Crowded(app, MORE if act in QUICK else MANY), signed_in(app, "sue")
    for name in app.jinja_env.list_templates(["html"]):
        app.jinja_env.get_template(name)  # compiled once
    assert sue.get("/projects/HARB/board").status_code == 200
    del turns[:]

    began = time.thread_time()
    status = ACTS[act](sue, place).status_code
    moments = [began, *turns]

    assert status in {200, 204}
    longest, whole = max(after - before for before, after in pairwise(moments)), moments[-1] - began
    assert longest < MOST
    assert act not in QUICK or longest < whole / 2

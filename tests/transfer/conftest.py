"""Fixtures: a harbour with some of everything, and its export."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from punt.transfer.backup import back_up
from tests.conftest import app_in, put_away
from tests.support.board import HARB, TICKETS, column_ids, made, person, ticket
from tests.support.cast import signed_in
from tests.support.export_file import export
from tests.support.pictures import PICTURE


def furnish(app: Flask) -> Flask:
    """Give an app two projects, parents, labels, moves and a bin."""
    alice, charlie = signed_in(app, "alice"), signed_in(app, "charlie")
    made(charlie, "/api/projects", key="BOAT", name="Boat")
    made(charlie, "/api/projects/BOAT/labels", name="keel")
    made(charlie, "/api/projects/BOAT/tickets", title="Scrape the hull")
    label = made(alice, f"{HARB}/labels", name="Straße", color="#1d6f8a")["id"]
    epic = ticket(alice, "Berths ⚓", type="Epic", labelIds=[label], dueDate="2026-02-03", storyPoints=8)["id"]
    story = ticket(alice, "Booking", parentId=epic, assigneeId=person(alice), description="- [ ] one\n- [x] two")["id"]
    ticket(alice, "Form", type="Subtask", parentId=story, columnId=column_ids(alice)[1], estimate="2h")
    alice.patch(f"{TICKETS}/{story}", json={"columnId": column_ids(alice)[1], "order": 0, "priority": "Critical"})
    alice.put("/api/me/picture", data=PICTURE)
    signed_in(app, "sue").patch("/api/admin/settings", json={"siteName": "Harbour office"})
    alice.delete(f"{TICKETS}/{ticket(alice, 'Gone', labelIds=[label])['id']}")
    return app


@pytest.fixture(scope="package")
def furnished(inhabited: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An app with some of everything, to look at only."""
    app = furnish(app_in(Path(shutil.copytree(inhabited, tmp_path_factory.mktemp("furnished") / "instance"))))
    yield app
    put_away(app)


@pytest.fixture(scope="package")
def exported(furnished: Flask, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The export of that app."""
    return export(furnished, tmp_path_factory.mktemp("exported") / "harbour.punt").read_bytes()


@pytest.fixture
def file(exported: bytes, tmp_path: Path) -> Path:
    """The export in a file of one's own."""
    path = tmp_path / "harbour.punt"
    path.write_bytes(exported)
    return path


@pytest.fixture(scope="package")
def standing(furnished: Flask, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An app whose database is put back before every test."""
    folder = tmp_path_factory.mktemp("standing") / "instance"
    folder.mkdir()
    back_up(Path(furnished.instance_path) / "punt.sqlite3", folder / "as-it-was")
    return app_in(folder)


@pytest.fixture
def harbour(standing: Flask) -> Iterator[Flask]:
    """An app with some of everything, to be changed."""
    folder = Path(standing.instance_path)
    for left in folder.glob("punt.sqlite3*"):
        left.unlink()
    shutil.copy(folder / "as-it-was", folder / "punt.sqlite3")
    yield standing
    put_away(standing)

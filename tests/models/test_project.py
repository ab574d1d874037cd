"""Projects."""

from __future__ import annotations

import threading

import pytest
from flask import Flask

from punt.database import begin_write, db, writing
from punt.errors import Conflict
from punt.models import Project, Role
from tests.models.conftest import Harbour
from tests.support.cast import signed_in


def test_a_key_is_taken_once(harbour: Harbour) -> None:
    with pytest.raises(Conflict, match="HARB"), writing():
        Project.create(harbour.person("bob"), key="HARB", name="Another")


def test_a_founder_owns_the_project(harbour: Harbour) -> None:
    with writing():
        project = Project.create(harbour.person("charlie"), key="BOAT", name="Boats")

    assert [(each.user.username, each.role) for each in project.members()] == [("charlie", Role.OWNER)]


def test_numbers_taken_back_by_a_rollback_are_given_again_and_no_other(harbour: Harbour) -> None:
    begin_write()
    assert harbour.project.next_number() == 1
    db.session.rollback()

    with writing():
        assert [harbour.project.next_number() for _ in range(3)] == [1, 2, 3]


def test_people_who_create_at_once_get_numbers_without_holes_or_doubles(app: Flask) -> None:
    names = ["alice", "adam", "bob", "sue"]
    clients = [signed_in(app, name) for name in names]
    numbers: list[int] = []

    def work(client: object) -> None:
        for _ in range(10):
            answer = client.post("/api/projects/HARB/tickets", json={"title": "x"})  # type: ignore[attr-defined]
            numbers.append(answer.json["number"])

    threads = [threading.Thread(target=work, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(numbers) == list(range(1, 41))
    with app.app_context():
        ranks = [ticket["rank"] for ticket in clients[0].get("/api/projects/HARB/tickets").json or ()]
        db.session.remove()
    assert len(set(ranks)) == 40

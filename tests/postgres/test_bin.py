"""Several people delete and restore the same family at once: no link in it is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import sqlalchemy as sa
from flask import Flask

from punt.database import db, writing
from punt.models import BinnedTicket, Project, Ticket
from tests.support.postgres import PostgresPunt
from tests.support.rivals import Rival

TICKETS, BIN = "/api/projects/HARB/tickets", "/api/projects/HARB/bin"


def project() -> Project:
    return db.session.scalars(sa.select(Project).where(Project.key == "HARB")).one()


def family(app: Flask) -> tuple[str, str]:
    """Make a parent and its child."""
    with app.app_context(), writing():
        parent = Ticket.create(project(), project().columns()[0], None, {"title": "Parent"}).id
        fields = {"title": "Child", "parent_id": parent}
        return parent, Ticket.create(project(), project().columns()[0], None, fields).id


def delete(ticket_id: str) -> None:
    BinnedTicket.take(db.session.get_one(Ticket, ticket_id, with_for_update=True), None)


def restore(ticket_id: str) -> list[str]:
    ticket = db.session.get_one(BinnedTicket, ticket_id, with_for_update=True).restore(project())
    return [loss.field for loss in ticket.losses]


def in_turn(app: Flask, work: Any, *arguments: str) -> Any:
    with app.app_context(), writing():
        return work(*arguments)


def parent_of(app: Flask, ticket_id: str) -> str | None:
    with app.app_context():
        return db.session.get_one(Ticket, ticket_id).parent_id


def test_a_child_that_is_deleted_while_its_parent_comes_back_keeps_it(inside: Flask) -> None:
    parent, child = family(inside)
    in_turn(inside, delete, parent)
    deletion = Rival(inside, lambda: delete(child)).wait_until_worked()
    return_ = Rival(inside, lambda: restore(parent)).wait_until_blocked()

    deletion.commit()
    assert return_.commit() == ["children"]
    assert in_turn(inside, restore, child) == []

    assert parent_of(inside, child) == parent


def test_a_parent_that_is_deleted_while_its_child_comes_back_keeps_it(inside: Flask) -> None:
    parent, child = family(inside)
    in_turn(inside, delete, child)
    deletion = Rival(inside, lambda: delete(parent)).wait_until_worked()
    return_ = Rival(inside, lambda: restore(child)).wait_until_blocked()

    deletion.commit()
    assert return_.commit() == ["parentId"]
    assert in_turn(inside, restore, parent) == []

    assert parent_of(inside, child) == parent


def test_a_child_that_gets_another_parent_while_its_old_one_comes_back_keeps_that(inside: Flask) -> None:
    (parent, child), (other, _) = family(inside), family(inside)
    in_turn(inside, delete, parent)

    def join() -> None:
        db.session.get_one(Ticket, child, with_for_update=True).edit({"parent_id": other})
        db.session.flush()

    joining = Rival(inside, join).wait_until_worked()
    return_ = Rival(inside, lambda: restore(parent)).wait_until_blocked()

    joining.commit()
    assert return_.commit() == ["children"]

    assert parent_of(inside, child) == other


def test_a_family_restored_by_several_at_once_is_whole_again(punt: PostgresPunt) -> None:
    alice = punt.client("alice")

    def one(title: str, parent: str | None = None) -> str:
        return str(alice.post(TICKETS, json={"title": title, "parentId": parent}).json()["id"])

    for _ in range(2):
        top = one("Top")
        middles = [one("Middle", top) for _ in range(3)]
        bottoms = [one("Bottom", middle) for middle in middles]
        everybody = [top, *middles, *bottoms]
        assert alice.request("DELETE", TICKETS, json={"ticketIds": everybody}).status_code == 204

        with ThreadPoolExecutor(len(everybody)) as pool:
            answers = pool.map(lambda each: alice.post(f"{BIN}/{each}/restore").status_code, everybody)
            assert set(answers) == {200}

        parents = [alice.get(f"{TICKETS}/{each}").json()["parentId"] for each in everybody]
        assert parents == [None, top, top, top, *middles]

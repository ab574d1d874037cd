"""A column is spread while others move its tickets: nobody deadlocks, and nobody's move is lost."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from punt.database import db, writing
from punt.models import Column, Project, Ticket
from punt.models.rank import LONGEST, SHORT
from punt.models.spreading import spread_column
from tests.support.rivals import Rival


def crowded(app: Flask, *titles: str) -> tuple[str, list[str]]:
    """Create a column whose tickets have long ranks, and return its id and theirs."""
    with app.app_context(), writing() as session:
        project = session.scalars(sa.select(Project).where(Project.key == "HARB")).one()
        columns = project.columns_to_change()
        column = Column.append_to(columns, project.id, name="Crowded", color=None, wip_limit=None)
        ids = [Ticket.create(project, column, None, {"title": title}).id for title in titles]
        for nth, each in enumerate(ids):
            rank = f"a0{'z' * (LONGEST - 10 + nth)}V"
            session.execute(sa.update(Ticket).where(Ticket.id == each).values(rank=rank))
        return column.id, ids


def move(ticket_id: str, column_id: str, after: str) -> None:
    """Move a ticket as a request does: it is locked first."""
    ticket = db.session.get_one(Ticket, ticket_id, with_for_update=True)
    ticket.move_to(db.session.get_one(Column, column_id), after=db.session.get_one(Ticket, after))


def spread(column_id: str) -> None:
    """Spread a column in the current transaction."""
    spread_column(db.session(), column_id)


def column_of(app: Flask, column_id: str) -> str:
    """Return the titles in a column, top first, after checking that its ranks are short."""
    with app.app_context():
        inside = Ticket.in_column(column_id)
        assert all(len(ticket.rank) <= SHORT + 2 for ticket in inside)
        return " ".join(ticket.title for ticket in inside)


def test_a_column_is_spread_after_a_move_that_is_under_way(inside: Flask) -> None:
    column, (a, *_, d) = crowded(inside, *"abcd")
    mover = Rival(inside, lambda: move(d, column, after=a)).wait_until_worked()
    spreader = Rival(inside, lambda: spread(column)).wait_until_blocked()

    mover.commit()
    spreader.commit()

    assert column_of(inside, column) == "a d b c"


def test_a_move_that_comes_while_a_column_is_spread_comes_after_it(inside: Flask) -> None:
    column, (a, *_, d) = crowded(inside, *"abcd")
    spreader = Rival(inside, lambda: spread(column)).wait_until_worked()
    mover = Rival(inside, lambda: move(d, column, after=a)).wait_until_blocked()

    spreader.commit()
    mover.commit()

    assert column_of(inside, column) == "a d b c"


def test_a_ticket_that_comes_into_a_column_while_it_is_spread_comes_after_it(inside: Flask) -> None:
    column, (a, *_) = crowded(inside, *"abcd")
    _, (guest,) = crowded(inside, "guest")
    spreader = Rival(inside, lambda: spread(column)).wait_until_worked()
    mover = Rival(inside, lambda: move(guest, column, after=a)).wait_until_blocked()

    spreader.commit()
    mover.commit()

    assert column_of(inside, column) == "a guest b c d"


def test_a_column_is_spread_once_by_two_who_want_room_at_once(inside: Flask) -> None:
    column, ids = crowded(inside, *"abcd")
    first = Rival(inside, lambda: spread(column)).wait_until_worked()
    second = Rival(inside, lambda: spread(column)).wait_until_blocked()

    first.commit()
    second.commit()

    with inside.app_context():
        assert {db.session.get_one(Ticket, each).version for each in ids} == {2}
    assert column_of(inside, column) == "a b c d"


def test_a_ticket_that_comes_into_a_column_while_it_is_about_to_be_spread_lies_where_it_was_put(inside: Flask) -> None:
    column, (a, *_) = crowded(inside, *"abcd")
    _, (guest,) = crowded(inside, "guest")
    mover = Rival(inside, lambda: move(guest, column, after=a)).wait_until_worked()
    spreader = Rival(inside, lambda: spread(column)).wait_until_blocked()

    mover.commit()
    spreader.commit()

    assert column_of(inside, column) == "a guest b c d"


def test_an_edit_that_is_under_way_is_not_lost(inside: Flask) -> None:
    column, (a, *_) = crowded(inside, *"abcd")

    def edit() -> None:
        db.session.get_one(Ticket, a, with_for_update=True).edit({"title": "edited"})
        db.session.flush()

    editor = Rival(inside, edit).wait_until_worked()
    spreader = Rival(inside, lambda: spread(column)).wait_until_blocked()

    editor.commit()
    spreader.commit()

    assert column_of(inside, column) == "edited b c d"

"""The domain without requests: an app context, and the project of the cast."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from flask import Flask

from punt.database import db, writing
from punt.models import Project, Ticket, User


class Harbour:
    """The project HARB, for reading and writing."""

    @property
    def project(self) -> Project:
        return db.session.scalars(sa.select(Project).where(Project.key == "HARB")).one()

    def person(self, username: str) -> User:
        found = User.named(username)
        assert found
        return found

    def add(self, title: str, column: int = 0, **fields: object) -> str:
        """Create a ticket and return its id."""
        with writing():
            project = self.project
            alice = self.person("alice").id
            return Ticket.create(project, project.columns()[column], alice, {"title": title, **fields}).id

    def get(self, ticket_id: str) -> Ticket:
        return db.session.get_one(Ticket, ticket_id)

    def titles(self, column: int = 0) -> str:
        """Return the titles in a column, top first."""
        return " ".join(ticket.title for ticket in Ticket.in_column(self.project.columns()[column].id))


@pytest.fixture
def harbour(app: Flask) -> Iterator[Harbour]:
    with app.app_context():
        yield Harbour()
        db.session.remove()


@contextmanager
def statements(engine: sa.Engine) -> Iterator[list[str]]:
    """Collect the SQL that is sent."""
    seen: list[str] = []

    def see(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(" ".join(statement.split()))

    sa.event.listen(engine, "before_cursor_execute", see)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", see)

"""What a request asks of the database is cut short when it takes too long; background work is not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import OperationalError

from punt import database
from punt.database import db, writing
from punt.heavy import deadlines
from punt.models import Project
from tests.conftest import inhabited_app
from tests.support import cast

COUNT = (
    "WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {steps})"
    " SELECT count(*) FROM counted"
)
LONG = {"sqlite": COUNT.format(steps=5_000_000), "postgresql": "SELECT count(*) FROM pg_sleep(2)"}
SHORT = {"sqlite": COUNT.format(steps=20_000), "postgresql": "SELECT count(*) FROM pg_sleep(0.05)"}
"""Statements that take about a second, or only a moment; SQLite has to work for it, PostgreSQL may sleep."""


@pytest.fixture(params=["sqlite", "postgres"])
def app(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """An app whose statements may take only a moment."""
    monkeypatch.setattr(database, "WRITE_TIMEOUT", 0.7)
    with inhabited_app(request.param, request, tmp_path / "instance", PUNT_STATEMENT_PATIENCE="0.3") as app:
        yield app


def ask(statements: dict[str, str]) -> int:
    """Run one of the two, as the database understands it."""
    return int(db.session.execute(sa.text(statements[db.engine.dialect.name])).scalar_one())


def write_for_long() -> None:
    """Change something, and then run what takes long."""
    with writing():
        db.session.scalars(sa.select(Project)).one().name = "Changed"
        db.session.flush()
        ask(LONG)


def test_what_takes_too_long_is_answered_by_a_503_that_says_so(app: Flask) -> None:
    app.add_url_rule("/api/long", endpoint="program", view_func=lambda: str(ask(LONG)))
    app.add_url_rule("/long", endpoint="page", view_func=lambda: str(ask(LONG)))
    bob = cast.signed_in(app, "bob")

    answer, page = app.test_client().get("/api/long"), bob.get("/long")

    assert (answer.status_code, page.status_code) == (503, 503)
    assert answer.get_json()["error"].startswith("This took too long and was stopped.")
    assert "This took too long and was stopped." in page.text
    assert bob.get("/api/projects/HARB/tickets").status_code == 200


def test_a_write_that_takes_too_long_changes_nothing(app: Flask) -> None:
    with app.test_request_context():
        with pytest.raises(OperationalError) as cut:
            write_for_long()

        assert deadlines.cut_short(cut.value)
        assert db.session.scalars(sa.select(Project.name)).one() != "Changed"


def test_what_needs_its_time_has_it_for_one_transaction(app: Flask) -> None:
    with app.test_request_context():
        deadlines.unhurried(db.session())

        assert ask(LONG)
        assert ask(LONG)

        db.session.rollback()
        with pytest.raises(OperationalError):
            ask(LONG)


def test_what_no_request_asks_for_has_its_time(app: Flask) -> None:
    with app.app_context():
        assert ask(LONG)


def test_a_statement_has_its_own_time_whatever_came_before(app: Flask) -> None:
    with app.test_request_context():
        assert all(ask(SHORT) for _ in range(100))

"""What a request asks of the database is cut short when it takes too long; what nobody waits for is not."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import OperationalError

from punt import database, deadlines
from punt.database import db, writing
from punt.models import Project
from tests.conftest import app_in, app_on, put_away
from tests.support import cast

LONG = sa.text(
    "WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 5000000)"
    " SELECT count(*) FROM counted"
)
"""A statement that takes about a second on any machine."""


@pytest.fixture(params=["sqlite", "postgres"])
def app(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """An app whose statements have a moment only."""
    monkeypatch.setattr(database, "WRITE_PATIENCE", 0.01)
    if request.param == "sqlite":
        instance = shutil.copytree(request.getfixturevalue("inhabited"), tmp_path / "instance")
        app = app_in(Path(instance), PUNT_STATEMENT_PATIENCE="0.3")
        yield app
        put_away(app)
    else:
        server, like = request.getfixturevalue("postgres"), request.getfixturevalue("populated")
        with app_on(server.database(like=like), tmp_path / "instance", PUNT_STATEMENT_PATIENCE="0.3") as app:
            yield app


def count_for_long() -> int:
    """Ask what takes long."""
    return int(db.session.execute(LONG).scalar_one())


def write_for_long() -> None:
    """Change something, and then ask what takes long."""
    with writing():
        db.session.scalars(sa.select(Project)).one().name = "Changed"
        db.session.flush()
        count_for_long()


def test_what_takes_too_long_is_answered_by_a_503_that_says_so(app: Flask) -> None:
    app.add_url_rule("/api/long", endpoint="program", view_func=lambda: str(count_for_long()))
    app.add_url_rule("/long", endpoint="page", view_func=lambda: str(count_for_long()))
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

        assert count_for_long() == count_for_long() == 5_000_000

        db.session.rollback()
        with pytest.raises(OperationalError):
            count_for_long()


def test_what_no_request_asks_for_has_its_time(app: Flask) -> None:
    with app.app_context():
        assert count_for_long() == 5_000_000


def test_a_statement_has_its_own_time_whatever_came_before(app: Flask) -> None:
    short = sa.text(LONG.text.replace("5000000", "20000"))
    with app.test_request_context():
        counts = [db.session.execute(short).scalar_one() for _ in range(200)]

    assert counts == [20_000] * 200

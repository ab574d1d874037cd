"""The wipe on PostgreSQL, while people write; the last tests on the shared database."""

from __future__ import annotations

import pytest

from tests.support.postgres import PostgresPunt
from tests.support.writers import Writers


@pytest.mark.parametrize("options", [["--projects-only"], []], ids=["projects", "everything"])
def test_a_wipe_amid_writers_reaches_every_stream(options: list[str], punt: PostgresPunt) -> None:
    alice, bob = punt.client("alice"), punt.client("bob")

    with punt.streams_on_every_worker(bob, "/api/users/events") as streams, Writers(alice, 4) as writers:
        wiped = punt.flask("db", "wipe", "--yes", *options)
        assert wiped.returncode == 0, wiped.stderr
        for stream in streams:
            stream.wait_for_type("database.projects.wiped" if options else "database.wiped")

    assert punt.rows("SELECT count(*) FROM ticket") == [(0,)]
    assert punt.rows('SELECT count(*) FROM "user"') == [(6 if options else 0,)]
    assert not {status for status in writers.answers if status.startswith("5")}, writers.answers

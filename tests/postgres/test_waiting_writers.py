"""Writers who wait for one another hold nothing that readers need."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from punt.database import WRITERS
from tests.support.board import HARB, TICKETS
from tests.support.postgres import Postgres, PostgresPunt
from tests.support.wait import until

CROWD = 24
"""More writers than a worker has connections."""


@pytest.fixture
def alone(postgres: Postgres, populated: str, tmp_path: Path) -> Iterator[PostgresPunt]:
    """A real server with one worker."""
    server = PostgresPunt(tmp_path, 1, {"PUNT_DATABASE_URL": postgres.database(like=populated)})
    server.start()
    yield server
    server.end()


def test_reading_goes_on_while_more_writers_wait_than_a_worker_has_connections(alone: PostgresPunt) -> None:
    bob, writers = alone.client("bob"), [alone.client("alice") for _ in range(CROWD)]

    with ThreadPoolExecutor(CROWD) as pool:
        with psycopg.connect(alone.address) as somebody:
            somebody.execute('SELECT 1 FROM "column" FOR UPDATE')  # as an import locks the column it fills
            writes = [pool.submit(writer.post, TICKETS, json={"title": "Patience"}) for writer in writers]
            until(lambda: _waiting(alone) >= WRITERS, seconds=20, what="as many to wait as may write at once")
            reads = [bob.get(f"{HARB}/columns", timeout=5).status_code for _ in range(20)]
            waiting = [not write.done() for write in writes]
        answers = [write.result(20) for write in writes]

    assert set(reads) == {200}
    assert waiting == [True] * CROWD
    assert [answer.status_code for answer in answers] == [201] * CROWD
    assert sorted(answer.json()["number"] for answer in answers) == list(range(1, CROWD + 1))


def _waiting(server: PostgresPunt) -> int:
    [[count]] = server.rows(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    return int(count)

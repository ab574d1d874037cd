"""Fifty people at once on one board, as on SQLite: here their transactions really run concurrently."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres.conftest import punt_on
from tests.server.test_concurrency import (  # noqa: F401 - the same tests, on the server below
    test_a_mirror_that_hears_everything_twice_is_the_same,
    test_fifty_people_on_one_board_lose_nothing_and_all_screens_agree,
)
from tests.support.postgres import Postgres, PostgresPunt


@pytest.fixture
def server(postgres: Postgres, populated: str, tmp_path: Path) -> Iterator[PostgresPunt]:
    """A real server with three workers on a database of its own."""
    server = punt_on(postgres.database(like=populated), tmp_path)
    yield server
    server.end()

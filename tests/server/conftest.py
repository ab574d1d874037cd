"""Fixtures of the tests against a real server under trouble."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import server_on
from tests.support.server import COLD, Server


@pytest.fixture
def serve(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start a server with some settings, without their prefix; it is stopped at the end.

    It runs on SQLite, or on what the test names: see ``on_both`` of ``tests/server``.
    """
    database = getattr(request, "param", "sqlite")
    with ExitStack() as stack:

        def start(workers: int = 3, *, cold: bool = COLD, **settings: object) -> Server:
            environ = {f"PUNT_{name}": str(value) for name, value in settings.items()}
            given = {"PUNT_METRICS_TOKEN": "t" * 32, **environ}
            server = server_on(database, request, tmp_path / "served", workers, given)
            server.cold = cold
            stack.callback(server.end)
            return server.start()

        yield start

"""Fixtures of the tests against a real server under trouble."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.server import Server


@pytest.fixture
def serve(instance: Path) -> Iterator[Callable[..., Server]]:
    """Start a server with some settings, without their prefix; it is stopped at the end."""
    with ExitStack() as stack:

        def start(workers: int = 3, **settings: object) -> Server:
            environ = {f"PUNT_{name}": str(value) for name, value in settings.items()}
            server = Server(instance, workers=workers, settings={"PUNT_METRICS_TOKEN": "t" * 32, **environ})
            stack.callback(server.stop)
            return server.start()

        yield start

"""Fixtures: one server for a module's tests, whose streams report their cursors five times a second."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import running_on
from tests.support.server import Server


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def live(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server with two workers, on either database."""
    folder = tmp_path_factory.mktemp("live") / "instance"
    with running_on(request.param, request, folder, 2, {"PUNT_STREAM_KEEPALIVE": "0.2"}) as server:
        yield server

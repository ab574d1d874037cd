"""Fixtures of the event pipeline: new events, and a server whose streams soon show that they are live."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from punt.database import db
from punt.events.log import Entry, log
from tests.conftest import running_on
from tests.support.channel import Channel
from tests.support.server import Server


class News:
    """The events that were added to the log since the test began."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        with app.app_context(), db.engine.connect() as connection:
            self._start = log.head(connection).position

    def all(self) -> list[Entry]:
        """Return all new events, internal ones included."""
        with self._app.app_context(), db.engine.connect() as connection:
            return log.since(connection, self._start, limit=10_000)

    def messages(self) -> list[dict[str, Any]]:
        """Return the messages of the new events."""
        return [json.loads(entry.message) for entry in self.all() if not entry.internal]

    def types(self) -> list[str]:
        """Return the types of the new events."""
        return [message["type"] for message in self.messages()]

    def titles(self) -> list[str]:
        """Return the titles of the tickets in the new events."""
        return [message["data"]["title"] for message in self.messages()]


@pytest.fixture
def news(app: Flask) -> News:
    """The events that were added to the log since the test began."""
    return News(app)


@pytest.fixture
def channel(app: Flask) -> Iterator[Channel]:
    """A log and a hub, and an app context to use them in."""
    with app.app_context():
        yield Channel()


@pytest.fixture(scope="module")
def live(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server, shared by a module's tests, that sends keepalives five times a second."""
    folder = tmp_path_factory.mktemp("live") / "instance"
    with running_on("sqlite", request, folder, 2, {"PUNT_STREAM_KEEPALIVE": "0.2"}) as server:
        yield server

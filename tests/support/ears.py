"""One person listening to the specification's three streams at once."""

from __future__ import annotations

from contextlib import ExitStack

import httpx

from tests.support.listener import Listener, Message
from tests.support.server import Server

PATHS = {"project": "/api/projects/{}/events", "projects": "/api/projects/events", "users": "/api/users/events"}


class Ears:
    """Listens to a project, the project list and people.

    :param server: one with a short keepalive: its pings prove that a stream is up to date.
    """

    def __init__(self, server: Server, client: httpx.Client, project: str = "HARB") -> None:
        self._server, self._stack = server, ExitStack()
        self._streams = {name: Listener(client, path.format(project)) for name, path in PATHS.items()}

    def __enter__(self) -> Ears:
        for stream in self._streams.values():
            self._stack.enter_context(stream)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def heard(self) -> dict[str, list[Message]]:
        """Return everything that each stream has delivered, once that is all of the log."""
        head = self._server.head()
        return {name: stream.wait_until_at(head) for name, stream in self._streams.items()}

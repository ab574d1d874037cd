"""A PUNT behind nginx, and the browsers that open it."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.support.cast import PASSWORD
from tests.support.listener import Listener, Message
from tests.support.nginx import Nginx
from tests.support.server import Server

HARB = "/api/projects/HARB"
STREAM = f"{HARB}/events"


@dataclass
class Site:
    """One PUNT and the nginx in front of it.

    :param configuration: the name of nginx's.
    :param prefix: the path below which PUNT is, if any.
    """

    configuration: str
    server: Server
    nginx: Nginx
    prefix: str = ""

    @property
    def url(self) -> str:
        return f"{self.nginx.url}{self.prefix}"

    def browser(self, username: str, **options: Any) -> httpx.Client:
        """Return an HTTP client in front of nginx, signed in as one of the cast."""
        client = httpx.Client(base_url=self.url, timeout=20, verify=False, **options)
        answer = client.post("/api/auth/login", json={"username": username, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return client


@dataclass
class EventSource:
    """Listens as a browser does: reconnects with its cursor after the hinted time, and gives up at any error.

    :param cursor: where to begin.
    :ivar statuses: of the responses it got.
    :ivar away: seconds from the end of each stream to the next response.
    """

    client: httpx.Client
    cursor: str | None = None
    statuses: list[int | None] = field(default_factory=list)
    away: list[float] = field(default_factory=list)
    _streams: list[Listener] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> EventSource:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        while not self.statuses:
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for stream in tuple(self._streams):
            stream.close()
        self._thread.join(10)

    @property
    def gave_up(self) -> bool:
        """Whether it was refused and does not reconnect."""
        return not self._thread.is_alive()

    @property
    def messages(self) -> list[Message]:
        """All messages so far."""
        return [message for stream in tuple(self._streams) for message in list(stream.messages)]

    @property
    def titles(self) -> list[str]:
        """The titles of the tickets in them."""
        return [message["data"]["title"] for message in self.messages]

    def _run(self) -> None:
        retry, ended = 1000, time.monotonic()
        while not self._over.is_set():
            stream = Listener(self.client, STREAM, last_event_id=self.cursor)
            with stream:
                self._streams.append(stream)
                if stream.status is not None:
                    self.away.append(time.monotonic() - ended)
                    self.statuses.append(stream.status)
                while not stream.ended:
                    time.sleep(0.01)
            ended, self.cursor = time.monotonic(), stream.cursor or self.cursor
            retry = [retry, *stream.retries][-1]
            if stream.status not in {200, None}:
                return
            self._over.wait(retry / 1000)

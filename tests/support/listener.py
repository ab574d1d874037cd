"""Listening to streams in threads, with a third-party SSE client."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
import httpx_sse

from punt.events.cursor import Cursor
from tests.support.wait import until

Message = dict[str, Any]


@dataclass
class Listener:
    """Collects the messages of one stream until it is closed.

    :param client: an HTTP client; only its cookies, its API token and its address are used.
    :param last_event_id: the cursor from which to continue, as a reconnecting browser sends it.
    :param hear: called with each message in the listener's thread.
    """

    client: httpx.Client
    path: str
    last_event_id: str | None = None
    hear: Callable[[Message], None] = lambda _: None
    messages: list[Message] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    retries: list[int] = field(default_factory=list)
    cursor: str | None = None
    status: int | None = None
    headers: httpx.Headers = field(default_factory=httpx.Headers)
    ended: bool = False
    failure: str | None = None

    def __post_init__(self) -> None:
        self._open = threading.Event()
        self._response: httpx.Response | None = None
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Listener:
        self._thread.start()
        assert self._open.wait(20), f"no answer: {self.path}"
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening."""
        if self._response is not None:
            stream = self._response.extensions.get("network_stream")
            sock = stream.get_extra_info("socket") if stream else None
            with suppress(OSError):
                if sock:
                    sock.shutdown(2)
        self._thread.join(5)

    def types(self) -> list[str]:
        """Return the types of the messages so far."""
        return [message["type"] for message in list(self.messages)]

    def wait_for(self, count: int, *, seconds: float = 20) -> list[Message]:
        """Return the messages as soon as there are so many."""
        until(
            lambda: len(self.messages) >= count or self.ended, seconds=seconds, what=f"{count} messages: {self.types()}"
        )
        return self.messages

    def wait_for_type(self, type_: str, *, seconds: float = 20) -> Message:
        """Return the first message of a type."""
        found = until(
            lambda: [message for message in list(self.messages) if message["type"] == type_],
            seconds=seconds,
            what=f"{type_} in {self.types()}",
        )
        return found[0]

    def wait_until_at(self, cursor: str, *, seconds: float = 20) -> list[Message]:
        """Return the messages once the stream has passed a position in the log: what is missing then was never sent."""
        until(lambda: self._is_at(cursor), seconds=seconds, what=f"{self.cursor} to reach {cursor}: {self.types()}")
        return self.messages

    def wait_for_end(self, *, seconds: float = 20) -> None:
        """Return when the server has ended the stream."""
        until(lambda: self.ended, seconds=seconds, what=f"the end of {self.path}: {self.types()}")

    def _is_at(self, cursor: str) -> bool:
        here, there = Cursor.parse(self.cursor or ""), Cursor.parse(cursor)
        assert there is not None
        return here is not None and here.epoch == there.epoch and here.position >= there.position

    def _listen(self) -> None:
        headers = {"Last-Event-ID": self.last_event_id} if self.last_event_id else {}
        headers |= {name: value for name, value in self.client.headers.items() if name == "authorization"}
        try:
            with (
                # on plain http the certificates, slow to load, are not needed
                httpx.Client(
                    base_url=self.client.base_url, cookies=self.client.cookies, timeout=None, verify=False
                ) as client,
                httpx_sse.connect_sse(client, "GET", self.path, headers=headers) as source,
            ):
                self._answered(source.response)
                if self.status == 200:
                    self._collect(source)
        except (httpx.TransportError, httpx.StreamError) as error:
            self.failure = repr(error)
        finally:
            self.ended = True
            self._open.set()

    def _answered(self, response: httpx.Response) -> None:
        self._response, self.status, self.headers = response, response.status_code, response.headers

    def _collect(self, source: httpx_sse.EventSource) -> None:
        for event in source.iter_sse():
            if event.event == "message" and event.data:
                self.messages.append(json.loads(event.data))
                self.ids.append(event.id)
                self.hear(self.messages[-1])
            if event.retry is not None:
                self.retries.append(event.retry)
            self.cursor = event.id or self.cursor
            self._open.set()

"""Listening to streams in threads, with somebody else's SSE client."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from typing import Any

import httpx
import httpx_sse

from tests.support.wait import until

Message = dict[str, Any]


@dataclass
class Listener:
    """Collects the messages of one stream until it is closed.

    :param client: an HTTP client; only its cookies and address are used.
    """

    client: httpx.Client
    path: str
    last_event_id: str | None = None
    messages: list[Message] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    status: int | None = None
    ended: bool = False
    failure: str | None = None

    def __post_init__(self) -> None:
        self._open = threading.Event()
        self._response: httpx.Response | None = None
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Listener:
        self._thread.start()
        assert self._open.wait(10), f"no answer: {self.path}"
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening."""
        if self._response is not None:
            stream = self._response.extensions.get("network_stream")
            try:
                sock = stream.get_extra_info("socket") if stream else None
                if sock:
                    sock.shutdown(2)
            except OSError:
                pass
        self._thread.join(5)

    def types(self) -> list[str]:
        """Return the types of the messages so far."""
        return [message["type"] for message in self.messages]

    def wait_for(self, count: int, *, seconds: float = 5) -> list[Message]:
        """Return the messages as soon as there are so many."""
        until(
            lambda: len(self.messages) >= count or self.ended, seconds=seconds, what=f"{count} messages: {self.types()}"
        )
        return self.messages

    def wait_for_type(self, type_: str, *, seconds: float = 5) -> Message:
        """Return the first message of a type."""
        found = until(
            lambda: [message for message in list(self.messages) if message["type"] == type_],
            seconds=seconds,
            what=f"{type_} in {self.types()}",
        )
        return found[0]

    def _listen(self) -> None:
        headers = {"Last-Event-ID": self.last_event_id} if self.last_event_id else {}
        try:
            with (
                httpx.Client(base_url=self.client.base_url, cookies=self.client.cookies, timeout=None) as client,
                httpx_sse.connect_sse(client, "GET", self.path, headers=headers) as source,
            ):
                self._response, self.status = source.response, source.response.status_code
                if self.status != 200:
                    self._open.set()
                    return
                self._collect(source)
        except (httpx.TransportError, httpx.StreamError) as error:
            self.failure = repr(error)
        finally:
            self.ended = True
            self._open.set()

    def _collect(self, source: httpx_sse.EventSource) -> None:
        self._open.set()
        for event in source.iter_sse():
            if event.event == "message" and event.data:
                self.messages.append(json.loads(event.data))
                self.ids.append(event.id)

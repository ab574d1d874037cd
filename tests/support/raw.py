"""The bytes on the wire."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx


class RawStream:
    """The body of a stream, read until the expected content has arrived."""

    def __init__(self, response: httpx.Response) -> None:
        self.response, self.body = response, b""
        self._chunks = response.iter_raw()

    def read_until(self, wanted: bytes) -> bytes:
        """Read until the body contains some bytes; return all of it so far."""
        while wanted not in self.body:
            self.body += next(self._chunks)
        return self.body

    def read_on(self) -> bytes:
        """Read until the server ends the stream; return the whole body."""
        self.body += b"".join(self._chunks)
        return self.body


@contextmanager
def raw_stream(client: httpx.Client, path: str, *, seconds: float = 20) -> Iterator[RawStream]:
    """Open a stream.

    :param seconds: of silence after which reading fails.
    """
    with client.stream("GET", path, timeout=seconds) as response:
        yield RawStream(response)


def cookie_of(client: httpx.Client) -> str:
    """Return a client's ``Cookie`` header."""
    return "; ".join(f"{name}={value}" for name, value in client.cookies.items())

"""Many listeners in one thread, over plain sockets: each reconnects with its cursor, as browsers do.

They speak HTTP/1.0 and HTTP/1.1 in turns, because the direct lane frames what it writes by itself.
"""

from __future__ import annotations

import heapq
import itertools
import random
import re
import selectors
import socket
import threading
import time
from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

import httpx

from punt.events.cursor import Cursor
from tests.support.raw import cookie_of
from tests.support.wait import until

AT_ONCE = 20
"""Connections opened between two checks of the open ones."""
LOOK = 0.02
SLOW_WINDOW = 16 * 1024
"""Bytes that the kernel buffers for a client on a slow line."""
PROTOCOLS = "HTTP/1.0", "HTTP/1.1"
PLAIN_RETRY = 0.3
"""Seconds until the next attempt if the server gave no hint, or is down."""


class Block(NamedTuple):
    """One block of an event stream."""

    cursor: str | None
    retry: int | None
    type: str | None
    written_at: float


class Chunks:
    """Takes the chunks of an answer apart, as strictly as the standard has them."""

    def __init__(self) -> None:
        self._waiting, self.over = b"", False

    def take(self, data: bytes) -> bytes:
        """Return the bytes of all chunks that are whole by now.

        :raises ValueError: for anything that is no chunk.
        """
        self._waiting += data
        whole = bytearray()
        while not self.over:
            line, end, after = self._waiting.partition(b"\r\n")
            if not end:
                break
            size = int(line, 16)
            if len(after) < size + 2:
                break
            if after[size : size + 2] != b"\r\n":
                raise ValueError(f"a chunk of {size} bytes does not end there")
            whole += after[:size]
            self._waiting, self.over = after[size + 2 :], size == 0
        return bytes(whole)


@dataclass(eq=False)
class Ear:
    """One listener.

    :ivar chunks: decodes its response, if that is chunked.
    :ivar left: bytes that are missing from its response, if it says its length.
    :ivar positions: of the events that it received, in order.
    :ivar live: whether it has a response with status 200 that has not ended.
    :ivar pace: of its line, in bytes a second; 0 for no limit.
    """

    cursor: str | None = None
    positions: array[int] = field(default_factory=lambda: array("q"))
    retries: list[int] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    resets: int = 0
    live: bool = False
    connection: socket.socket | None = None
    buffer: bytes = b""
    pace: float = 0
    protocol: str = PROTOCOLS[0]
    chunks: Chunks | None = None
    left: int | None = None


class Audience:
    """Listens to a path many times, until it is closed.

    :param client: the listener, signed in; only the address and the cookies are used.
    :param count: listeners.
    :param cursor: where all begin.
    :param returns: whether they reconnect when the server ends their stream.
    :param paces: of their lines, in bytes a second, one for each, if these are limited.
    """

    def __init__(
        self,
        client: httpx.Client,
        path: str,
        count: int,
        *,
        cursor: str | None = None,
        returns: bool = True,
        paces: Sequence[float] = (),
    ) -> None:
        self._address = "127.0.0.1", client.base_url.port or 80
        self._requests = {protocol: request_for(client, path, protocol) for protocol in PROTOCOLS}
        spoken = itertools.cycle(PROTOCOLS)
        self.ears, self._returns = [Ear(cursor, protocol=next(spoken)) for _ in range(count)], returns
        for ear, pace in zip(self.ears, paces, strict=False):
            ear.pace = pace
        self.lags = array("d")
        self._selector, self._stopping = selectors.DefaultSelector(), threading.Event()
        self._order = itertools.count()
        self._waiting = [(0.0, next(self._order), ear) for ear in self.ears]
        self._resting = list[tuple[float, int, Ear]]()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Audience:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join(10)
        for ear in self.ears:
            if ear.connection:
                ear.connection.close()
        self._selector.close()

    @property
    def live(self) -> int:
        """How many streams are open."""
        return sum(ear.live for ear in self.ears)

    def wait_until_live(self, count: int | None = None, *, seconds: float = 20) -> None:
        """Return when so many streams are open, or all of them."""
        wanted = len(self.ears) if count is None else count
        until(lambda: self.live == wanted, seconds=seconds, what=f"{wanted} open streams")

    def wait_until_at(self, cursor: str, *, seconds: float = 20) -> None:
        """Return when all have reached a position in the log."""
        until(lambda: all(_is_at(ear, cursor) for ear in self.ears), seconds=seconds, what=f"all to reach {cursor}")

    def _run(self) -> None:
        while not self._stopping.is_set():
            for _ in range(AT_ONCE):
                if not self._waiting or self._waiting[0][0] > time.monotonic():
                    break
                self._connect(heapq.heappop(self._waiting)[2])
            while self._resting and self._resting[0][0] <= time.monotonic():
                self._go_on(heapq.heappop(self._resting)[2])
            for key, _ in self._selector.select(LOOK) if self._selector.get_map() else ():
                self._read(key.data)
            if not self._selector.get_map():
                time.sleep(LOOK)

    def _connect(self, ear: Ear) -> None:
        try:
            ear.connection = _connection(self._address, ear.pace)
            ear.connection.sendall(self._requests[ear.protocol](ear.cursor))
        except OSError:
            self._lost(ear)
        else:
            ear.connection.setblocking(False)
            ear.buffer, ear.chunks, ear.left = b"", None, None
            self._selector.register(ear.connection, selectors.EVENT_READ, ear)

    def _lost(self, ear: Ear) -> None:
        if ear.connection:
            with suppress(KeyError):
                self._selector.unregister(ear.connection)
            ear.connection.close()
        had_hint = ear.live and ear.retries
        ear.connection, ear.live = None, False
        if self._returns:
            pause = ear.retries[-1] / 1000 if had_hint else PLAIN_RETRY * random.uniform(0.5, 1.5)
            heapq.heappush(self._waiting, (time.monotonic() + pause, next(self._order), ear))

    def _read(self, ear: Ear) -> None:
        assert ear.connection is not None
        try:
            data = ear.connection.recv(max(int(ear.pace * LOOK), 1) if ear.pace else 262_144)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._lost(ear)
            return
        if not ear.live:
            head, end, data = (ear.buffer + data).partition(b"\r\n\r\n")
            ear.buffer = b"" if end else head
            if end:
                status = head.split(b" ", 2)[1].decode()
                ear.answers[status] += 1
                ear.live = status == "200"
                ear.chunks = Chunks() if b"chunked" in head.lower() else None
                ear.left = _length(head)
                if not ear.live:
                    self._lost(ear)
                    return
        if ear.live:
            self._hear(ear, ear.chunks.take(data) if ear.chunks else data)
        if ear.left is not None:
            ear.left -= len(data) if ear.live else 0
        if (ear.chunks and ear.chunks.over) or (ear.live and ear.left == 0):
            self._lost(ear)
        elif ear.pace:
            self._selector.unregister(ear.connection)
            heapq.heappush(self._resting, (time.monotonic() + len(data) / ear.pace, next(self._order), ear))

    def _go_on(self, ear: Ear) -> None:
        if ear.connection:
            self._selector.register(ear.connection, selectors.EVENT_READ, ear)

    def _hear(self, ear: Ear, data: bytes) -> None:
        *blocks, ear.buffer = (ear.buffer + data).split(b"\n\n")
        present = time.time()
        for each in blocks:
            block = read_block(each)
            if block.cursor:
                ear.cursor = block.cursor
            if block.retry is not None:
                ear.retries.append(block.retry)
            if block.type == "stream.reset":
                ear.resets += 1
            elif block.type:
                ear.positions.append(int(block.cursor.rpartition("-")[2]) if block.cursor else -1)
                self.lags.append(present - block.written_at)


def _connection(address: tuple[str, int], pace: float) -> socket.socket:
    """Connect; a slow line buffers little that its client has not read."""
    connection = socket.socket()
    if pace:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SLOW_WINDOW)
    connection.settimeout(2)
    connection.connect(address)
    return connection


def _length(head: bytes) -> int | None:
    found = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    return int(found[1]) if found else None


def request_for(client: httpx.Client, path: str, protocol: str = PROTOCOLS[0]) -> Callable[[str | None], bytes]:
    """Return what writes the request for a stream; over HTTP/1.0 the answer comes without chunks."""
    lines = f"GET {path} {protocol}", f"Host: 127.0.0.1:{client.base_url.port}", f"Cookie: {cookie_of(client)}"

    def request(cursor: str | None = None) -> bytes:
        place = [f"Last-Event-ID: {cursor}"] if cursor else []
        return "\r\n".join((*lines, *place, "", "")).encode()

    return request


@lru_cache(maxsize=4096)
def read_block(text: bytes) -> Block:
    """Read one block; the same bytes go to all listeners."""
    fields = dict(line.split(b": ", 1) for line in text.split(b"\n") if b": " in line and line[:1] != b":")
    cursor, retry, data = fields.get(b"id"), fields.get(b"retry"), fields.get(b"data", b"")
    type_, written_at = None, 0.0
    if data and b"event" not in fields:
        type_ = data[9 : data.index(b'"', 9)].decode()
        moment = data.rindex(b'"timestamp":"') + 13
        written_at = datetime.fromisoformat(data[moment : moment + 24].decode()).timestamp()
    return Block(cursor.decode() if cursor else None, int(retry) if retry else None, type_, written_at)


def _is_at(ear: Ear, cursor: str) -> bool:
    here, there = Cursor.parse(ear.cursor or ""), Cursor.parse(cursor)
    assert there is not None
    return here is not None and here.epoch == there.epoch and here.position >= there.position

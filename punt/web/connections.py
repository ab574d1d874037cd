"""The client connections of one worker: each makes progress in time or is closed, and none is kept from others."""

from __future__ import annotations

import heapq
import logging
import resource
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import gevent
from gevent import socket as cooperative

from punt.events.peer import hang_up
from punt.heavy.slices import breathe
from punt.web import bodies

SLICE = 64 * 1024
"""Bytes of a response that have to be read within the patience: reading a byte now and then is not progress."""
SEND_BUFFER = 64 * 1024
"""Bytes that the kernel may buffer for one client, which it doubles."""
SPARE = 64
"""Connections that are kept free for new clients."""
FILES = 200
"""Open files of a worker that are not connections; each connection may use another one, for a response that waits."""
LINGER = 1.0
"""Seconds for which a client's further input is discarded so that it reads its response: a reset would prevent it."""
LINGER_BYTES = 16 * 1024 * 1024
COMPLAIN_EVERY = 60.0

Handle = Callable[[Any, Any, Any], None]

logger = logging.getLogger(__name__)


class Connection(cooperative.socket):  # type: ignore[misc]  # gevent has no types
    """A client's socket that waits for its client no longer than its patience, in either direction.

    :ivar asking: whether it waits for its client's first or next request.
    :ivar since: when its current step began: waiting for a request, the request, or a slice of its response.
    :ivar waits: whether it is waiting for its client; otherwise the server is working.
    """

    patience: float | None = None
    asking = waits = lingers = False
    since = 0.0

    @classmethod
    def of(cls, client: socket.socket, patience: float) -> Connection:
        """Take over a socket that was accepted; the given one must not be used afterwards.

        :param patience: seconds that a slice of a response may take, and that bytes may stay unacknowledged.
        """
        taken = cls(client.family, client.type, client.proto, fileno=client.detach())
        taken.patience, taken.lingers = patience, True
        taken.setblocking(True)
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        if taken.family != socket.AF_UNIX:
            taken.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(patience * 1000))
        return taken

    def settimeout(self, howlong: float | None) -> None:
        """Wait at most this long; "for ever" means as long as its patience."""
        super().settimeout(self.patience if howlong is None else howlong)

    def setblocking(self, flag: bool) -> None:
        """Wait as long as its patience, or not at all."""
        self.settimeout(None if flag else 0.0)

    def recv(self, *args: Any) -> bytes:
        """Receive; a client that sends nothing for too long is finished."""
        if not self.asking and len(args) == 1:  # part of a body, not a check for input
            bodies.pace.breathe()  # in slices: a complete body would be read, and its chunks parsed, in one go
        before, self.waits = self.waits, True
        try:
            return bytes(super().recv(*args))
        except TimeoutError as error:
            if error.errno is not None:  # the network's, not ours
                raise
            return b""
        finally:
            self.waits = before

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Send slice by slice, each of which has to be read in time."""
        whole = memoryview(data)
        self.waits = True
        try:
            for begin in range(0, len(whole), SLICE):
                self.since = time.monotonic()
                super().sendall(whole[begin : begin + SLICE], flags)
        finally:
            self.waits = False

    def close(self) -> None:
        """Close it once the client has had time to read its response, if it was still sending."""
        if self.lingers:
            self.lingers = False
            with suppress(OSError):
                self._linger()
        super().close()

    def _linger(self) -> None:
        if not self._sock.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT):
            return
        self.shutdown(socket.SHUT_WR)
        self.since, left = time.monotonic(), LINGER_BYTES
        with gevent.Timeout(LINGER, False):
            while left > 0 and (thrown_away := self.recv(SLICE)):
                left -= len(thrown_away)
                bodies.pace.breathe()


class Connections:
    """All connections of a worker.

    :param patience: seconds after which one that makes no progress is closed.
    :param limit: how many there may be; with none left, those are closed that have waited longest for their clients.
    """

    def __init__(self, patience: float, limit: int) -> None:
        self._patience = patience
        self._limit = min(limit, (resource.getrlimit(resource.RLIMIT_NOFILE)[0] - FILES) // 2)
        self._open: set[Connection] = set()
        self._complained = float("-inf")

    def tracking(self, handle: Handle) -> Handle:
        """Let a server's handler know each connection from its beginning: some clients open one and send nothing."""

        def handle_and_note(listener: Any, client: Any, address: Any) -> None:
            connection = Connection.of(client, self._patience)
            self._open.add(connection)
            self.await_request(connection)
            self._make_room()
            try:
                handle(listener, connection, address)
            finally:
                self._open.discard(connection)

        return handle_and_note

    def await_request(self, connection: Connection) -> None:
        """Note that a connection waits for its client's first or next request."""
        connection.asking, connection.since = True, time.monotonic()

    def yield_between(self, connection: Connection, *, more: bool) -> None:
        """Let other greenlets run between two requests: a client whose next one is already here would never let them.

        :param more: whether its next one has arrived; a thousand clients that pipeline requests count as long work.
        """
        connection.waits = True  # so that it can be closed to make room
        if more:
            breathe()
        gevent.sleep(0)
        connection.waits = False

    def begin_request(self, connection: Connection) -> None:
        """Note that a request has begun; its body may still be on its way."""
        connection.asking, connection.since = False, time.monotonic()

    def close_stalled(self) -> None:
        """Wait for no request for ever: a client that sends a byte a minute would keep a place that others need."""
        late = time.monotonic() - self._patience
        self._await_no_more(connection for connection in tuple(self._open) if connection.since < late)

    def close_idle(self) -> None:
        """Close the connections that have no request in progress."""
        self._await_no_more(tuple(self._open))

    def _await_no_more(self, connections: Any) -> None:
        for connection in connections:
            if connection.asking:
                hang_up(connection, socket.SHUT_RD)

    def _make_room(self) -> None:
        """Keep some places free: close the connections whose clients have made no progress for the longest time."""
        if len(self._open) <= self._limit - SPARE:
            return
        waiting = (connection for connection in self._open if connection.waits)
        for connection in heapq.nsmallest(max(SPARE // 2, 1), waiting, key=lambda each: each.since):
            self._open.discard(connection)
            hang_up(connection, socket.SHUT_RDWR)
        self._complain()

    def _complain(self) -> None:
        if time.monotonic() - self._complained > COMPLAIN_EVERY:
            logger.warning("all %d connections are taken: hanging up on those that keep them for nothing", self._limit)
            self._complained = time.monotonic()

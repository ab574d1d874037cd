"""The clients' connections of one worker: each goes on in time or is cut off, and none keeps a place from others."""

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
"""Bytes of an answer that have to be taken within the patience: who sips a byte now and then does not go on."""
SEND_BUFFER = 64 * 1024
"""Bytes that the kernel may hold for one client, which it doubles."""
SPARE = 64
"""Places that are kept free for who comes next."""
FILES = 200
"""Open files of a worker that are no connections; each connection may have another one, for an answer that waits."""
LINGER = 1.0
"""Seconds for which what a client still sends is thrown away, so that it reads its answer: a reset would take that."""
LINGER_BYTES = 16 * 1024 * 1024
COMPLAIN_EVERY = 60.0

Handle = Callable[[Any, Any, Any], None]

logger = logging.getLogger(__name__)


class Connection(cooperative.socket):  # type: ignore[misc]  # gevent has no types
    """A client's socket that waits for its client no longer than it has patience, in whatever direction.

    :ivar asking: whether it waits for its client's first or next request.
    :ivar since: when what it is at began: waiting for a request, the request, or a slice of its answer.
    :ivar waits: whether it waits for its client now; else the server is working.
    """

    patience: float | None = None
    asking = waits = lingers = False
    since = 0.0

    @classmethod
    def of(cls, client: socket.socket, patience: float) -> Connection:
        """Take over a socket that was accepted; the one given is nobody's afterwards.

        :param patience: seconds that a slice of an answer may take, and that bytes may stay unacknowledged.
        """
        taken = cls(client.family, client.type, client.proto, fileno=client.detach())
        taken.patience, taken.lingers = patience, True
        taken.setblocking(True)
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        if taken.family != socket.AF_UNIX:
            taken.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(patience * 1000))
        return taken

    def settimeout(self, howlong: float | None) -> None:
        """Wait so long at the most; "for ever" means as long as it has patience."""
        super().settimeout(self.patience if howlong is None else howlong)

    def setblocking(self, flag: bool) -> None:
        """Wait as long as it has patience, or not at all."""
        self.settimeout(None if flag else 0.0)

    def recv(self, *args: Any) -> bytes:
        """Receive; who says nothing for too long has said all."""
        if not self.asking and len(args) == 1:  # part of a body, not a look at what is there
            bodies.pace.breathe()  # in turns: a body that is all here would be read, and its chunks parsed, in one go
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
        """Send slice by slice, each of which has to be taken in time."""
        whole = memoryview(data)
        self.waits = True
        try:
            for begin in range(0, len(whole), SLICE):
                self.since = time.monotonic()
                super().sendall(whole[begin : begin + SLICE], flags)
        finally:
            self.waits = False

    def close(self) -> None:
        """Close it once the client had the time to read its answer, if it was still sending."""
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

    :param patience: seconds after which one that does not go on is cut off.
    :param places: how many there may be; with none left, those go that have waited for their clients the longest.
    """

    def __init__(self, patience: float, places: int) -> None:
        self._patience = patience
        self._places = min(places, (resource.getrlimit(resource.RLIMIT_NOFILE)[0] - FILES) // 2)
        self._open: set[Connection] = set()
        self._complained = float("-inf")

    def noting(self, handle: Handle) -> Handle:
        """Let a server's handler know each connection from its beginning: some open one and ask nothing for long."""

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

    def let_others_go(self, connection: Connection, *, more: bool) -> None:
        """Let other greenlets run between two requests: a client whose next one is already here would never let them.

        :param more: whether its next one is here; a thousand who send many at once count as long work.
        """
        connection.waits = True  # so that it may have to make room
        if more:
            breathe()
        gevent.sleep(0)
        connection.waits = False

    def begin_request(self, connection: Connection) -> None:
        """Note that a request has begun; its body may still be on its way."""
        connection.asking, connection.since = False, time.monotonic()

    def hang_up_on_the_slow(self) -> None:
        """Await nobody's request for ever: who sends its head a byte a minute would keep a place that others need."""
        late = time.monotonic() - self._patience
        self._await_no_more(connection for connection in tuple(self._open) if connection.since < late)

    def hang_up_on_who_wait(self) -> None:
        """Await no further request from those who have none under way."""
        self._await_no_more(tuple(self._open))

    def _await_no_more(self, connections: Any) -> None:
        for connection in connections:
            if connection.asking:
                hang_up(connection, socket.SHUT_RD)

    def _make_room(self) -> None:
        """Keep some places free: hang up on those whose clients have not gone on for the longest time."""
        if len(self._open) <= self._places - SPARE:
            return
        waiting = (connection for connection in self._open if connection.waits)
        for connection in heapq.nsmallest(max(SPARE // 2, 1), waiting, key=lambda each: each.since):
            self._open.discard(connection)
            hang_up(connection, socket.SHUT_RDWR)
        self._complain()

    def _complain(self) -> None:
        if time.monotonic() - self._complained > COMPLAIN_EVERY:
            logger.warning("all %d connections are taken: hanging up on those that keep them for nothing", self._places)
            self._complained = time.monotonic()

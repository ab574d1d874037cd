"""The client at a stream's socket: notices that it has gone, and waits for none that does not read."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import gevent
from gevent import socket as cooperative
from gevent import ssl

from punt.events.end import End

SEND_BUFFER = 128 * 1024
"""Bytes that the kernel may hold for one client; everything else stays in the log."""
FRAMINGS = {"HTTP/1.0": False, "HTTP/1.1": True}
"""Whether a response of unknown length comes in chunks, by protocol; others allow no writing past the server."""


DONTWAIT = socket.MSG_DONTWAIT


class Peer:
    """A stream's socket, as gunicorn lends it.

    :param connection: the socket, or None if the server does not lend it.
    :param patience: seconds that one write may take, and that a vanished client's bytes may stay unacknowledged.
    :param protocol: the request's protocol, if bytes may be written to the socket past the server.
    :ivar in_chunks: whether such bytes must be chunks; None if none may be written.
    """

    def __init__(self, connection: socket.socket | None, patience: float, protocol: str | None = None) -> None:
        self._connection, self._patience = connection, patience
        self._watcher: Any = None
        plain = isinstance(connection, cooperative.socket) and not isinstance(connection, ssl.SSLSocket)
        self.in_chunks = FRAMINGS.get(protocol or "") if plain else None

    def begin(self, on_gone: Callable[[End], None]) -> None:
        """Limit what the client may cost, and call ``on_gone`` when it hangs up, or takes nothing for too long.

        This takes a watcher of the event loop, not a greenlet, so it costs next to nothing while nothing happens.
        """
        if self._connection is None:
            return
        self._connection.settimeout(self._patience)
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        if self._connection.family != socket.AF_UNIX:
            self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(self._patience * 1000))
        self._watcher = gevent.get_hub().loop.io(self._connection.fileno(), 1)
        self._watcher.start(self._look, on_gone)

    def end(self) -> None:
        """Stop watching, and leave the socket as it was for the connection's next request; safe to call twice."""
        if self._connection is not None and self._connection.fileno() >= 0:
            self._connection.settimeout(None)
        self._stop_watching()
        self._connection = None

    def send(self, data: bytes) -> int:
        """Send as many bytes as the socket takes without waiting, and return how many; a broken socket takes none."""
        if self._connection is None:
            return 0
        try:
            return self._connection._sock.send(data, DONTWAIT)  # type: ignore[attr-defined,no-any-return]
        except OSError:  # the next one to write gets the error
            return 0

    def send_all(self, data: bytes | memoryview) -> None:
        """Send all bytes, within the patience.

        :raises OSError: when the client does not take them.
        """
        if self._connection is None:
            raise BrokenPipeError(errno.EPIPE, "the connection is over")
        self._connection.sendall(data)

    def cut(self) -> None:
        """Hang up on a client that has not finished reading."""
        if self._connection is not None:
            hang_up(self._connection, socket.SHUT_RDWR)

    def _stop_watching(self) -> None:
        if self._watcher is not None:
            self._watcher.stop()
            self._watcher.close()
            self._watcher = None

    def _look(self, on_gone: Callable[[End], None]) -> None:
        assert self._connection is not None  # noqa: S101 - begin() has seen it
        end = End.GONE
        try:
            gone = not self._connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        except OSError as error:
            gone, end = True, End.SLOW if error.errno == errno.ETIMEDOUT else End.GONE
        self._stop_watching()  # a client that sends more is already making its next request, which can wait
        if gone:
            on_gone(end)


def hang_up(connection: socket.socket, how: int) -> None:
    """Shut a connection down through a duplicate: gevent would wake whoever waits for the socket with an error."""
    with suppress(OSError), connection.dup() as twin:
        twin.shutdown(how)

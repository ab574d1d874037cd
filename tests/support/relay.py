"""A relay between clients and a server that can lose everything it carries, like a network that fails silently."""

from __future__ import annotations

import selectors
import socket
import threading
import time
from contextlib import suppress

WINDOW = 16 * 1024
"""Bytes that the relay's own sockets accept from the server before it must wait."""


class Relay:
    """Listens on a port of its own and carries bytes both ways, until it is frozen.

    :param port: the server's.
    :param pace: bytes that it carries in a second, for all together; 0 where there is no limit.
    """

    def __init__(self, port: int, *, pace: float = 0) -> None:
        self.pace = pace
        self._server = ("127.0.0.1", port)
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listening.getsockname()[1]
        self._selector, self._frozen, self._stopping = selectors.DefaultSelector(), False, False
        self._sockets = [self._listening]
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Relay:
        self._selector.register(self._listening, selectors.EVENT_READ)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping = True
        self._thread.join(5)
        for each in self._sockets:
            each.close()
        self._selector.close()

    def freeze(self) -> None:
        """Carry nothing any more, and close nothing: neither side is notified."""
        self._frozen = True

    def thaw(self) -> None:
        """Carry new connections from now on; open ones stay silent for ever, as after a long sleep."""
        self._frozen = False

    def _run(self) -> None:
        while not self._stopping:
            for key, _ in self._selector.select(0.05):
                if not self._frozen and key.fileobj is self._listening:
                    self._accept()
                elif not self._frozen:
                    self._carry(key.fileobj, key.data)  # type: ignore[arg-type]
            if self._frozen:
                for each in tuple(self._selector.get_map().values()):
                    self._selector.unregister(each.fileobj)
                time.sleep(0.01)
            elif self._listening not in self._selector.get_map():
                self._selector.register(self._listening, selectors.EVENT_READ)

    def _accept(self) -> None:
        client, _ = self._listening.accept()
        server = socket.socket()
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WINDOW)
        try:
            server.connect(self._server)
        except OSError:  # the server is down for a moment
            client.close()
            return
        self._sockets += [client, server]
        self._selector.register(client, selectors.EVENT_READ, server)
        self._selector.register(server, selectors.EVENT_READ, client)

    def _carry(self, origin: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            if data := origin.recv(4096 if self.pace else 65_536):
                target.sendall(data)
                if self.pace:
                    time.sleep(len(data) / self.pace)
                return
        for each in (origin, target):
            with suppress(KeyError, ValueError):
                self._selector.unregister(each)
            each.close()

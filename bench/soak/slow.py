"""Clients that never read, read a byte a second or vanish, beside good ones: the good ones hardly notice."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import ExitStack, suppress

from bench.figures import percentile, spread
from bench.soak.ground import STREAM, Ground
from tests.support.audience import Audience, request_for
from tests.support.audit import figures, lost_or_doubled, streams_open
from tests.support.relay import Relay
from tests.support.writers import Writers

GOOD, BAD_OF_EACH = 500, 50
WRITERS, RATE = 25, 50
SECONDS = 25
PATIENCE = 10
TRAVEL = 10
"""Seconds for the buffers of a stalled client to fill, beyond the write timeout."""
WEIGHT = "y" * 4000


def run(place: Ground) -> None:
    """Measure the good ones alone, then beside the bad ones."""
    with Audience(place.bob, STREAM, GOOD, cursor=place.head()) as good:
        good.wait_until_live(seconds=60)
        alone, first = _measure(place, good)
        with _BadOnes(place) as bad:
            beside, second = _measure(place, good)
        heaviest = place.heaviest()
    cut = figures(place.server, "punt_slow_clients_cut_total", "punt_stream_overflows_total")
    print(f"  good ones alone: {spread(alone, 95, 99)}")
    print(f"  beside bad ones: {spread(beside, 95, 99)}; {cut}")
    place.judge("p99 beside bad ones, times p99 alone", percentile(beside, 99) / percentile(alone, 99), 2)
    place.judge("heaviest worker", heaviest, 200, " MB")
    place.judge("bad ones gone after", bad.gone_after, PATIENCE + TRAVEL, " s")
    first.numbers += second.numbers
    place.fault(*lost_or_doubled(place.server, first, good))
    if any(ear.answers.total() > 1 for ear in good.ears):
        place.fault("a good stream was cut off")


def _measure(place: Ground, good: Audience) -> tuple[list[float], Writers]:
    """Write for some seconds; return the milliseconds from each commit to each good listener."""
    del good.lags[:]
    with Writers(place.alice, WRITERS, pause=WRITERS / RATE, description=WEIGHT) as writers:
        time.sleep(SECONDS)
    good.wait_until_at(place.head(), seconds=60)
    print(f"  {len(writers.numbers) / SECONDS:.0f} writes/s, {len(good.lags) / SECONDS:.0f} deliveries/s", flush=True)
    return [lag * 1000 for lag in good.lags], writers


class _BadOnes:
    """Streams of Bob's that are read badly.

    :ivar gone_after: seconds until the server had dropped all of them.
    """

    def __init__(self, place: Ground) -> None:
        self._place, self._stack, self._over = place, ExitStack(), threading.Event()
        self.gone_after = float("inf")

    def __enter__(self) -> _BadOnes:
        relay = self._stack.enter_context(Relay(self._place.server.port))
        never, slowly, vanishing = (
            [self._stack.enter_context(self._open(port)) for _ in range(BAD_OF_EACH)]
            for port in (self._place.server.port, self._place.server.port, relay.port)
        )
        assert streams_open(self._place.server) == GOOD + len(never) + len(slowly) + len(vanishing)
        relay.freeze()
        self._threads = [threading.Thread(target=self._sip, args=[slowly]), threading.Thread(target=self._watch)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()
        self._stack.close()

    def _open(self, port: int) -> socket.socket:
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(10)
        connection.connect(("127.0.0.1", port))
        connection.sendall(request_for(self._place.bob, STREAM)(None))
        connection.recv(16)
        return connection

    def _sip(self, streams: list[socket.socket]) -> None:
        """Read a byte a second of each."""
        while not self._over.wait(1):
            for each in streams:
                with suppress(OSError):
                    each.recv(1)

    def _watch(self) -> None:
        began = time.monotonic()
        while not self._over.wait(0.5):
            if streams_open(self._place.server) <= GOOD:
                self.gone_after = time.monotonic() - began
                return

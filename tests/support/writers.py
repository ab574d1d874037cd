"""Writers that go on whatever happens to the server, and remember what it acknowledged."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx

TICKETS = "/api/projects/HARB/tickets"


class Writers:
    """People who create tickets until they are told to stop; each on a connection that it keeps.

    :param client: whoever writes, signed in; only the address and the cookies are used.
    :param pause: seconds of rest between two writes of one writer.
    :param description: of every ticket: how much each event weighs.
    :ivar numbers: of the tickets whose creation was acknowledged.
    :ivar answers: how often each status came, or each kind of failure.
    """

    def __init__(self, client: httpx.Client, count: int, *, pause: float = 0.02, description: str = "") -> None:
        self._client, self._count, self._pause, self._description = client, count, pause, description
        self.numbers, self.answers = list[int](), Counter[str]()
        self.delays = list[float]()
        self._stopping = threading.Event()
        self._pool = ThreadPoolExecutor(count)

    def __enter__(self) -> Writers:
        self._done = [self._pool.submit(self._write, number) for number in range(self._count)]
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for each in self._done:
            each.result(60)
        self._pool.shutdown()

    def _write(self, name: int) -> None:
        options = {"base_url": self._client.base_url, "cookies": self._client.cookies, "timeout": 20}
        ticket = {"title": f"Ticket of writer {name}", "description": self._description}
        with httpx.Client(**options) as client:  # type: ignore[arg-type]
            while not self._stopping.is_set():
                began = time.perf_counter()
                try:
                    answer = client.post(TICKETS, json=ticket)
                except httpx.TransportError as error:
                    self.answers[type(error).__name__] += 1
                    time.sleep(0.05)
                else:
                    self.answers[str(answer.status_code)] += 1
                    if answer.status_code == 201:
                        self.numbers.append(answer.json()["number"])
                        self.delays.append(time.perf_counter() - began)
                self._stopping.wait(self._pause)

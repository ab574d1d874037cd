"""Writers that continue whatever happens to the server, and remember what it acknowledged."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Self

import httpx

TICKETS = "/api/projects/HARB/tickets"


class Writers:
    """People who create tickets until they are stopped; each on a connection that it keeps.

    :param client: the writer, signed in; only the address and the cookies are used.
    :param pause: seconds of rest between two writes of one writer.
    :param description: of every ticket: the size of each event.
    :ivar numbers: of the tickets whose creation was acknowledged.
    :ivar answers: how often each status was returned, or each kind of failure happened.
    """

    def __init__(self, client: httpx.Client, count: int, *, pause: float = 0.02, description: str = "") -> None:
        self._client, self._count, self._pause, self._description = client, count, pause, description
        self.numbers, self.answers = list[int](), Counter[str]()
        self.delays = list[float]()
        self._stopping = threading.Event()
        self._pool = ThreadPoolExecutor(count)

    def __enter__(self) -> Self:
        self._done = [self._pool.submit(self._write, number) for number in range(self._count)]
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for each in self._done:
            each.result(60)
        self._pool.shutdown()

    def _write(self, name: int) -> None:
        options = {"base_url": self._client.base_url, "cookies": self._client.cookies, "timeout": 20}
        with httpx.Client(**options) as client:  # type: ignore[arg-type]
            while not self._stopping.is_set():
                began = time.perf_counter()
                try:
                    answer = self._send(client, name)
                except httpx.TransportError as error:
                    self.answers[type(error).__name__] += 1
                    time.sleep(0.05)
                else:
                    self.answers[str(answer.status_code)] += 1
                    if answer.status_code == 201:
                        self.numbers.append(answer.json()["number"])
                        self.delays.append(time.perf_counter() - began)
                self._stopping.wait(self._pause)

    def _send(self, client: httpx.Client, name: int) -> httpx.Response:
        ticket = {"title": f"Ticket of writer {name}", "description": self._description}
        return client.post(TICKETS, json=ticket)


class Editor(Writers):
    """Somebody who creates tickets, and edits, moves and deletes them in turn.

    :ivar numbers: of the tickets that still exist.
    """

    def __init__(self, client: httpx.Client, *, pause: float) -> None:
        super().__init__(client, 1, pause=pause)
        self._columns = [each["id"] for each in client.get("/api/projects/HARB/columns").json()]

    @property
    def written(self) -> int:
        """How many changes were acknowledged."""
        return sum(count for status, count in self.answers.items() if status.startswith("2"))

    def _send(self, client: httpx.Client, name: int) -> httpx.Response:
        turn = self.answers.total()
        if turn % 6 < 2 or len(self.numbers) < 3:
            return super()._send(client, name)
        if turn % 6 == 5:
            return client.delete(f"{TICKETS}/{self.numbers.pop(0)}")
        edit = {"title": f"Edited in turn {turn}", "priority": ("Low", "High")[turn // 6 % 2]}
        move = {"columnId": self._columns[turn // 6 % len(self._columns)], "order": 1}
        return client.patch(f"{TICKETS}/{self.numbers[-(turn % 3) - 1]}", json=edit if turn % 6 == 2 else move)

"""Somebody who reads another project at even intervals, from a process of their own."""

from __future__ import annotations

import http.client
import multiprocessing
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from multiprocessing.connection import Connection

from bench.attacks.ground import READ, Ground
from tests.support.raw import cookie_of

CONNECTIONS, INTERVAL = 4, 0.1
"""Connections that are kept, so that both workers serve some, and the seconds between two requests on each."""
PATHS = (f"/api/projects/{READ}/tickets", "/api/auth/session")
PATIENCE = 60


class Reader:
    """Reads until its block ends.

    :ivar delays: milliseconds from the moment at which each request was due to its response: whoever waits for one
        response is late with all later requests, like everybody who would have come meanwhile.
    :ivar failures: missing or wrong responses.
    """

    def __init__(self, place: Ground) -> None:
        self.delays: list[float] = []
        self.failures: list[str] = []
        self._here, there = multiprocessing.Pipe()
        with closing(place.server.client("bob")) as client:
            cookie = cookie_of(client)
        arguments = (place.server.port, cookie, there)
        self._process = multiprocessing.get_context("spawn").Process(target=_read, args=arguments, daemon=True)

    def __enter__(self) -> Reader:
        self._process.start()
        self._here.recv()
        return self

    def __exit__(self, *_: object) -> None:
        self._here.send("enough")
        self.delays, self.failures = self._here.recv()
        self._process.join(10)


def _read(port: int, cookie: str, parent: Connection) -> None:
    delays, failures, enough = list[float](), list[str](), threading.Event()
    ready = threading.Barrier(CONNECTIONS + 1)
    arguments = (port, cookie, delays, failures, enough, ready)
    readers = [threading.Thread(target=_ask, args=(nth, *arguments)) for nth in range(CONNECTIONS)]
    for reader in readers:
        reader.start()
    ready.wait(PATIENCE)
    parent.send("ready")
    parent.recv()
    enough.set()
    for reader in readers:
        reader.join(2 * PATIENCE)
    parent.send((delays, failures))


def _ask(
    nth: int,
    port: int,
    cookie: str,
    delays: list[float],
    failures: list[str],
    enough: threading.Event,
    ready: threading.Barrier,
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    _get(connection, PATHS[0], cookie)
    ready.wait(PATIENCE)
    due, turn = time.perf_counter() + nth * INTERVAL / CONNECTIONS, 0
    while not enough.wait(max(due - time.perf_counter(), 0)):
        try:
            status = _get(connection, PATHS[turn % len(PATHS)], cookie)
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            failures.append(type(error).__name__)
        else:
            failures.extend([str(status)] if status != 200 else [])
        delays.append((time.perf_counter() - due) * 1000)
        due, turn = due + INTERVAL, turn + 1


def _get(connection: http.client.HTTPConnection, path: str, cookie: str) -> int:
    connection.request("GET", path, headers={"Cookie": cookie})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def worst(delays: Sequence[float]) -> float:
    """Return the longest that anybody waited."""
    return max(delays, default=0.0)

"""Requests the API again and again, on a new connection each time and so at any worker, from a process of its own."""

from __future__ import annotations

import multiprocessing
import time
from multiprocessing.connection import Connection

import httpx

from bench.soak.ground import Ground

PAUSE = 0.02


class Prober:
    """Reads a board's columns again and again, until its block ends.

    :ivar delays: milliseconds that each response took.
    """

    def __init__(self, place: Ground) -> None:
        self.delays: list[float] = []
        self._here, there = multiprocessing.Pipe()
        arguments = (str(place.bob.base_url), dict(place.bob.cookies), there)
        self._process = multiprocessing.get_context("spawn").Process(target=_ask, args=arguments, daemon=True)

    def __enter__(self) -> Prober:
        self._process.start()
        self._here.recv()
        return self

    def __exit__(self, *_: object) -> None:
        self._here.send("enough")
        self.delays = self._here.recv()
        self._process.join(10)


def _ask(url: str, cookies: dict[str, str], parent: Connection) -> None:
    delays = []
    with httpx.Client(base_url=url, cookies=cookies, timeout=30) as client:
        client.get("/api/me")
        parent.send("ready")
        while not parent.poll(PAUSE):
            began = time.perf_counter()
            client.get("/api/projects/HARB/columns", headers={"Connection": "close"}).raise_for_status()
            delays.append((time.perf_counter() - began) * 1000)
    parent.send(delays)

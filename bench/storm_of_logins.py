"""What a storm of wrong logins does to everybody's streams: ``python -m bench.storm_of_logins``."""

from __future__ import annotations

import multiprocessing
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import httpx

from bench.figures import percentile, spread
from bench.instance import app_with
from tests.support.audience import Audience
from tests.support.server import Server
from tests.support.writers import Writers

STREAM = "/api/projects/HARB/events"
LISTENERS, WRITERS, WRITES = 50, 4, 20
"""So many listen, and so many write so many tickets a second in all."""
SECONDS = 15
TRIES, HANDS, NAMES = 200, 10, 50
"""Wrong logins a second, over so many connections, under so many names."""
MOST = 2.0
"""How many times its quiet value the p99 may be."""
SETTINGS = {"PUNT_RATE_LIMITS": "on", "PUNT_PROXY_COUNT": "1", "PUNT_LOG_LEVEL": "warning"}


def main() -> None:
    """Measure quietly, then in a storm from one address, then in one from everywhere; fail when streams suffer."""
    print(
        f"== storm of logins: {TRIES} wrong ones a second, {LISTENERS} listeners, {WRITES} writes a second, 2 workers"
    )
    with app_with(20) as app:
        server = Server(Path(app.instance_path), settings=SETTINGS).start()
        try:
            ratios = _measure_all(server)
        finally:
            server.stop()
    sys.exit(ratios["from one address"] > MOST)


def _measure_all(server: Server) -> dict[str, float]:
    alice, bob = server.client("alice"), server.client("bob")
    with Audience(bob, STREAM, LISTENERS) as audience:
        audience.wait_until_live(seconds=60)
        _lags(alice, audience)  # warm
        quiet = _lags(alice, audience)
        print(f"  quiet: from the commit to the listener {spread(quiet, 50, 99)}", flush=True)
        ratios = {}
        for name, address in {"from one address": _one, "from everywhere": _any}.items():
            with _Storm(server.url, address) as storm:
                lags = _lags(alice, audience)
            ratios[name] = percentile(lags, 99) / percentile(quiet, 99)
            print(f"  storm {name}: {spread(lags, 50, 99)}, {ratios[name]:.2f} times quiet; {storm.told}", flush=True)
    return ratios


def _lags(alice: httpx.Client, audience: Audience) -> list[float]:
    """Write for some seconds; return the milliseconds from each commit to each listener."""
    time.sleep(1)
    del audience.lags[:]
    with Writers(alice, WRITERS, pause=WRITERS / WRITES):
        time.sleep(SECONDS)
    return [lag * 1000 for lag in audience.lags]


class _Storm:
    """Tries to sign in from a process of its own, until its block ends.

    :ivar told: how many tries a second it made and what they were answered.
    """

    def __init__(self, url: str, address: Callable[[int], str]) -> None:
        self.told = ""
        self._here, there = multiprocessing.Pipe()
        context = multiprocessing.get_context("spawn")
        self._process = context.Process(target=_rage, args=(url, address, there), daemon=True)

    def __enter__(self) -> _Storm:
        self._process.start()
        self._here.recv()
        return self

    def __exit__(self, *_: object) -> None:
        self._here.send("enough")
        self.told = self._here.recv()
        self._process.join(30)


def _one(_: int) -> str:
    return "192.0.2.1"


def _any(number: int) -> str:
    return f"198.51.{number // 250 % 250}.{number % 250}"


def _rage(url: str, address: Callable[[int], str], parent: Connection) -> None:
    answers: Counter[int | str] = Counter()
    over = threading.Event()
    hands = [threading.Thread(target=_try, args=(url, address, hand, over, answers)) for hand in range(HANDS)]
    began = time.monotonic()
    for hand in hands:
        hand.start()
    parent.send("raging")
    parent.recv()
    took = time.monotonic() - began
    told = f"{answers.total() / took:.0f} tries/s, {dict(answers)}"
    over.set()
    for hand in hands:
        hand.join()
    parent.send(told)


def _try(
    url: str, address: Callable[[int], str], hand: int, over: threading.Event, answers: Counter[int | str]
) -> None:
    """Try to sign in at even intervals, whatever the answer."""
    number, due = hand, time.monotonic()
    with httpx.Client(base_url=url, timeout=30) as client:
        while not over.wait(max(due - time.monotonic(), 0)):
            headers = {"X-Forwarded-For": address(number)}
            wrong = {"username": f"nobody-{number % NAMES}", "password": "not the password"}
            try:
                answers[client.post("/api/auth/login", json=wrong, headers=headers).status_code] += 1
            except httpx.TransportError as error:
                answers[type(error).__name__] += 1
            number, due = number + HANDS, due + HANDS / TRIES


if __name__ == "__main__":
    main()

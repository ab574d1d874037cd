"""What a storm of wrong logins does to everybody's streams: ``python -m bench.storm_of_logins``."""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import gevent
import gevent.pool
import gevent.socket
import httpx

from bench.figures import percentile, spread
from bench.instance import app_with
from punt.services.sign_in import ACCOUNT_TRIES, ADDRESS_TRIES
from tests.support.audience import Audience
from tests.support.server import Server
from tests.support.writers import Writers

STREAM = "/api/projects/HARB/events"
WORKERS = 3
LISTENERS, WRITERS, WRITES = 50, 4, 20
"""Number of listeners, of writers, and of tickets a second in total."""
SECONDS = 15
TRIES, NAMES = 200, 50
"""Wrong logins a second, each on a connection of its own, and under so many names."""
PATIENCE = 240
"""Seconds to wait for the last answers, when a storm is over."""
MOST = 2.0
"""The largest permitted ratio of the p99 to its value without load."""
SETTINGS = {"PUNT_RATE_LIMITS": "on", "PUNT_PROXY_COUNT": "1", "PUNT_LOG_LEVEL": "warning"}


def main() -> None:
    """Measure without load, then in a storm from one address, then in one from everywhere; fail when streams suffer."""
    print(
        f"== storm of logins: {TRIES} wrong ones a second, {LISTENERS} listeners, {WRITES} writes a second, "
        f"{WORKERS} workers"
    )
    with app_with(20) as app:
        server = Server(Path(app.instance_path), workers=WORKERS, settings=SETTINGS).start()
        try:
            broken = _measure_all(server)
        finally:
            server.stop()
    print("\n".join(["broken:", *broken] if broken else ["all promises kept"]))
    sys.exit(bool(broken))


def _measure_all(server: Server) -> list[str]:
    """Return which promises were broken."""
    alice, bob = server.client("alice"), server.client("bob")
    broken: list[str] = []
    with Audience(bob, STREAM, LISTENERS) as audience:
        audience.wait_until_live(seconds=60)
        _lags(alice, audience)  # warm
        for name, (address, limit) in STORMS.items():
            before = _lags(alice, audience)
            with _Storm(server.port, name, address) as storm:
                lags = _lags(alice, audience)
            quiet = before + _lags(alice, audience)
            ratio = percentile(lags, 99) / percentile(quiet, 99)
            print(f"  before and after: from the commit to the listener {spread(quiet, 99)}")
            print(f"  storm {name}: {spread(lags, 99)}, {ratio:.2f} times quiet (at most {MOST:g})")
            print(f"    {storm.pace:.0f} tries/s, {dict(storm.answers)}; {limit} were to be looked at", flush=True)
            if ratio > MOST:
                broken.append(f"  storm {name}: p99 {ratio:.2f} times quiet")
            if storm.answers[401] != limit or not set(storm.answers) <= {401, 429, 503}:
                broken.append(f"  storm {name}: {limit} tries were to be looked at, all others refused")
    return broken


def _lags(alice: httpx.Client, audience: Audience) -> list[float]:
    """Write for some seconds; return the milliseconds from each commit to each listener."""
    time.sleep(1)
    del audience.lags[:]
    with Writers(alice, WRITERS, pause=WRITERS / WRITES):
        time.sleep(SECONDS)
    return [lag * 1000 for lag in audience.lags]


class _Storm:
    """Tries to sign in from a process of its own, until its block ends.

    :ivar pace: how many attempts a second it made.
    :ivar answers: how often each status was returned, or each kind of failure happened.
    """

    def __init__(self, port: int, name: str, address: Callable[[int], str]) -> None:
        self.pace, self.answers = 0.0, Counter[int | str]()
        self._here, there = multiprocessing.Pipe()
        context = multiprocessing.get_context("spawn")
        self._process = context.Process(target=_rage, args=(port, name, address, there), daemon=True)

    def __enter__(self) -> _Storm:
        self._process.start()
        self._here.recv()
        return self

    def __exit__(self, *_: object) -> None:
        self._here.send("enough")
        self.pace, self.answers = self._here.recv()
        self._process.join(30)


def _one(_: int) -> str:
    return "192.0.2.1"


def _any(number: int) -> str:
    return f"198.51.{number // 250 % 250}.{number % 250}"


STORMS = {"from one address": (_one, ADDRESS_TRIES), "from everywhere": (_any, NAMES * ACCOUNT_TRIES)}
"""Where the attempts of each come from, and how many of them the limits let through."""


def _rage(port: int, name: str, address: Callable[[int], str], parent: Connection) -> None:
    """Try to sign in at even intervals, however long the responses take; report them when the last has arrived."""
    answers: Counter[int | str] = Counter()
    tries, made, began = gevent.pool.Group(), 0, time.monotonic()
    parent.send("raging")
    while not parent.poll():
        wrong = {"username": f"{name} {made % NAMES}", "password": "not the password"}
        tries.spawn(_try, port, address(made), json.dumps(wrong), answers)
        made += 1
        gevent.sleep(max(began + made / TRIES - time.monotonic(), 0))
    pace = made / (time.monotonic() - began)
    tries.join(PATIENCE)
    parent.send((pace, answers))


def _try(port: int, address: str, body: str, answers: Counter[int | str]) -> None:
    head = "POST /api/auth/login HTTP/1.0", "Content-Type: application/json", f"Content-Length: {len(body)}"
    try:
        with gevent.socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
            connection.sendall("\r\n".join((*head, f"X-Forwarded-For: {address}", "", body)).encode())
            answer = b"".join(iter(lambda: connection.recv(65_536), b""))
        answers[int(answer.split()[1])] += 1
    except (OSError, IndexError) as error:
        answers[type(error).__name__] += 1


if __name__ == "__main__":
    main()

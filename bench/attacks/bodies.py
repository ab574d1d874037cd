"""Bodies made so that reading them costs more than sending them."""

from __future__ import annotations

import json
import socket
from contextlib import ExitStack

import httpx

from bench.attacks.ground import ATTACKED, Ground
from bench.attacks.registry import attack

PROJECT = f"/api/projects/{ATTACKED}"
MB = 1 << 20
JSON, FORM = {"Content-Type": "application/json"}, {"Content-Type": "application/x-www-form-urlencoded"}
NAMES = (
    *(json.dumps({f"n{nth}": nth for nth in range(count)}).encode() for count in (600_000, 60_000, 900)),
    b'{"tickets": [' + b'{"a":1},' * 19_000 + b"{}]}",
    b"[" + b"{}," * 300_000 + b"{}]",
)
FORMS = (b"a&" * (MB // 2 - 1), b"a=b&" * 900, b"a&" * 3_400_000)
TINY = b"1\r\n \r\n" * (MB // 2) + b"0\r\n\r\n"
HALF = 900_000
"""Bytes sent of a megabyte by clients that never send the rest."""


@attack("names", attackers=4)
def send_names(place: Ground, client: httpx.Client, nth: int) -> None:
    """Send JSON objects that are nothing but names, some too large and some just small enough."""
    turn = nth + place.answers.total()
    paths = f"{PROJECT}/tickets", f"{PROJECT}/columns/{place.column}/order"
    method, path = ("POST", paths[0]) if turn % 2 else ("PUT", paths[1])
    place.ask(client, method, path, content=NAMES[turn % len(NAMES)], headers=JSON)


@attack("forms", attackers=4)
def send_forms(place: Ground, client: httpx.Client, nth: int) -> None:
    """Send forms with very many fields, some too large and some just small enough."""
    form = FORMS[(nth + place.answers.total()) % len(FORMS)]
    place.ask(client, "POST", f"/projects/{ATTACKED}/tickets", content=form, headers=FORM)


@attack("half bodies")
def send_halves(place: Ground, client: httpx.Client, _: int) -> None:
    """Send most of 300 large bodies at once, and never the rest."""
    head = _head(client, f"Content-Length: {MB}")
    with ExitStack() as stack:
        for _ in range(300):
            if place.over.is_set():
                return
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", place.server.port), 5))
            _begin(place, connection, head + b" " * HALF)
        place.over.wait()


@attack("tiny chunks", attackers=4)
def send_tiny_chunks(place: Ground, client: httpx.Client, _: int) -> None:
    """Send a body of half a megabyte in chunks of one byte."""
    with socket.create_connection(("127.0.0.1", place.server.port), 5) as connection:
        _begin(place, connection, _head(client, "Transfer-Encoding: chunked") + TINY)
        connection.settimeout(60)
        place.answers[connection.recv(12)[9:].decode()] += 1


def _head(client: httpx.Client, length: str) -> bytes:
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    lines = f"POST {PROJECT}/tickets HTTP/1.1", "Host: 127.0.0.1", f"Cookie: {cookies}", length
    return "\r\n".join((*lines, "Content-Type: application/json", "\r\n")).encode()


def _begin(place: Ground, connection: socket.socket, request: bytes) -> None:
    try:
        connection.sendall(request)
    except OSError as error:
        place.answers[type(error).__name__] += 1
    else:
        place.answers["sent"] += 1

"""Clients that do not read their responses, or send nothing, keep no place from others: not one, and not a thousand."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from tests.server import on_both
from tests.support.audience import Audience
from tests.support.raw import cookie_of
from tests.support.server import Server
from tests.support.wait import until

PATIENCE = 2
TICKETS = "/api/projects/HARB/tickets"
LONG = "x" * 50_000
MANY = 200
"""Requests sent at once, whose responses exceed all buffers on the way."""


def sheet(server: Server) -> str:
    page = server.client().get("/login").text
    return next(word for word in page.split('"') if word.startswith("/static/") and word.endswith(".css"))


def unread(server: Server, request: str, times: int = MANY, window: int = 4096) -> socket.socket:
    """Request something many times, and read nothing of it."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
    connection.settimeout(10)
    connection.connect(("127.0.0.1", server.port))
    connection.setblocking(False)
    with suppress(BlockingIOError):
        connection.send(request.encode() * times)
    return connection


def connections(server: Server) -> int:
    """Count the client connections that the workers hold."""
    port, held = f":{server.port:04X}", 0
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, _, state, *_, inode = line.split()[:10]
        held += local.endswith(port) and state != "0A" and inode != "0"  # 0 belongs to nobody any more, 0A listens
    return held


def signed_in(client: httpx.Client, line: str) -> str:
    return f"{line}\r\nHost: punt\r\nCookie: {cookie_of(client)}\r\n\r\n"


def make_long_tickets(client: httpx.Client, count: int) -> None:
    for number in range(count):
        made = client.post(TICKETS, json={"title": f"Long {number}", "description": LONG})
        assert made.status_code == 201


@on_both
def test_whoever_does_not_read_is_cut_off_whatever_was_asked(serve: Callable[..., Server]) -> None:
    server = serve(workers=2, REQUEST_PATIENCE=PATIENCE)
    bob, path = server.client("bob"), sheet(server)
    make_long_tickets(bob, 30)
    body = "POST /api/auth/login HTTP/1.1\r\nHost: punt\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
    requests = {
        "a style sheet": f"GET {path} HTTP/1.1\r\nHost: punt\r\n\r\n",
        "a page": "GET /login HTTP/1.1\r\nHost: punt\r\n\r\n",
        "an error": "GET /nothing HTTP/1.1\r\nHost: punt\r\n\r\n",
        "kept alive as of old": f"GET {path} HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        "one that waits to go on": f"{body}Expect: 100-continue\r\n\r\n{{}}",
        "a list": signed_in(bob, f"GET {TICKETS} HTTP/1.1"),
        "a board": signed_in(bob, "GET /projects/HARB/board HTTP/1.1"),
    }
    bob.close()
    until(lambda: connections(server) == 0, seconds=20, what="no connection to be left")

    with ExitStack() as stack:
        for request in requests.values():
            stack.enter_context(unread(server, request))
            half = stack.enter_context(unread(server, request))
            half.shutdown(socket.SHUT_WR)
        until(lambda: connections(server) > 0, seconds=20, what="somebody to be there")
        until(lambda: connections(server) == 0, seconds=30, what="all to be cut off")

    assert "Traceback" not in server.log


def test_whoever_sips_a_large_answer_is_cut_off_and_a_slow_line_is_not(serve: Callable[..., Server]) -> None:
    server = serve(workers=1, REQUEST_PATIENCE=PATIENCE)
    bob = server.client("bob")
    make_long_tickets(bob, 30)
    request = signed_in(bob, f"GET {TICKETS} HTTP/1.1").replace("Host", "Connection: close\r\nHost")
    size = len(bob.get(TICKETS).content)
    bob.close()

    with unread(server, request, 1) as sipping, unread(server, request, 1, 65_536) as slow:
        with reading(sipping, 1, pause=0.05) as sipped, reading(slow, 65_536, pause=0.2) as read:
            until(lambda: connections(server) == 1, seconds=30, what="the one who sips to be cut off")
            until(lambda: read[0] > size, seconds=30, what="the slow one to have all")
        assert sipped[0] < size
    assert "Traceback" not in server.log


@contextmanager
def reading(connection: socket.socket, size: int, pause: float) -> Iterator[list[int]]:
    """Read so much at once until the end of the block, and count."""
    connection.settimeout(0.5)
    over, count = threading.Event(), [0]

    def read() -> None:
        while not over.wait(pause):
            with suppress(OSError):
                count[0] += len(connection.recv(size))

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    yield count
    over.set()
    thread.join(5)


@pytest.mark.alone
@on_both
def test_a_thousand_strangers_keep_no_place_from_others(serve: Callable[..., Server]) -> None:
    server = serve(workers=1, STREAMS_PER_WORKER=20)  # so there are 1,020 places
    alice, path = server.client("alice"), sheet(server)
    asks = (f"GET {path} HTTP/1.1\r\nHost: punt\r\n\r\n", "GET /login HTTP/1.1\r\nHo", "")

    with Audience(server.client("bob"), "/api/projects/HARB/events", 10, cursor=server.head()) as listening:
        listening.wait_until_live()
        with ExitStack() as stack:
            for number in range(1_100):
                stack.enter_context(unread(server, asks[number % len(asks)]))
            began = time.monotonic()
            for _ in range(5):
                assert httpx.get(f"{server.url}/healthz", timeout=20).status_code == 200
            assert alice.post(TICKETS, json={"title": "Still here"}).status_code == 201
            took = time.monotonic() - began
            listening.wait_until_at(server.head())

        assert took < 10, "the others had to wait"
        assert all(ear.answers == {"200": 1} for ear in listening.ears), "a stream was cut off"
    assert "Traceback" not in server.log
    assert server.log.count("connections are taken") == 1


def test_an_answer_is_read_though_more_was_sent_than_is_wanted(server: Server) -> None:
    head = "POST /api/auth/login HTTP/1.1\r\nHost: punt\r\nContent-Type: application/json\r\n"

    for rest in (f"Content-Length: {10**7}\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nzz\r\n"):
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
            connection.sendall(f"{head}{rest}".encode())
            connection.sendall(b"x" * 500_000)
            answer = connection.recv(65_536)
            while not answer.endswith(b"}\n"):
                answer += (more := connection.recv(65_536))
                assert more, "the answer was thrown away"

        assert answer.startswith(b"HTTP/1.1 4")

"""Clients that occupy connections and make no progress: they do not read, read slowly, or send a byte now and then."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import ExitStack, suppress

import httpx

from bench.attacks.ground import ATTACKED, Ground
from bench.attacks.registry import attack
from tests.support.raw import cookie_of

STRANGERS = 1001
TIMES = 200
"""Requests sent at once, whose responses exceed all buffers on the way."""
PAUSE = 1.0
HEAD = "POST /api/auth/login HTTP/1.1\r\nHost: punt\r\nContent-Type: application/json\r\nContent-Length: 900\r\n"


def _connected(place: Ground, request: bytes) -> socket.socket:
    """Open a connection whose window is small, send as much as is accepted at once, and wait for nothing."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(5)
    with suppress(OSError):
        connection.connect(("127.0.0.1", place.server.port))
        connection.setblocking(False)
        connection.send(request)
    return connection


def _hold(place: Ground, count: int, request: bytes, disturb: Callable[[socket.socket], object]) -> None:
    """Hold so many connections until the time is over, opening another one for each that the server ends."""
    with ExitStack() as stack:
        held = [stack.enter_context(_connected(place, request)) for _ in range(count) if not place.over.is_set()]
        while not place.over.wait(PAUSE):
            for nth, connection in enumerate(held):
                try:
                    disturb(connection)
                except BlockingIOError:
                    continue
                except OSError:
                    place.answers["hung up"] += 1
                    held[nth] = stack.enter_context(_connected(place, request))


def _not_at_all(connection: socket.socket) -> None:
    """Check whether the server has hung up, without reading anything."""
    if connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
        raise ConnectionResetError


@attack("unread sheets")
def leave_sheets(place: Ground, client: httpx.Client, _: int) -> None:
    """Let a thousand strangers request a style sheet again and again, without reading it."""
    page = client.get("/login", follow_redirects=True).text
    path = next(word for word in page.split('"') if word.startswith("/static/") and word.endswith(".css"))
    _hold(place, STRANGERS, f"GET {path} HTTP/1.1\r\nHost: punt\r\n\r\n".encode() * TIMES, _not_at_all)


@attack("unread lists")
def leave_lists(place: Ground, client: httpx.Client, _: int) -> None:
    """Request all tickets of a large project on fifty connections, without reading them."""
    line = f"GET /api/projects/{ATTACKED}/tickets HTTP/1.1\r\nHost: punt\r\nCookie: {cookie_of(client)}\r\n\r\n"
    _hold(place, 50, line.encode(), _not_at_all)


@attack("sipped sheets")
def sip_sheets(place: Ground, client: httpx.Client, _: int) -> None:
    """Read a byte now and then of what a thousand strangers request."""
    page = client.get("/login", follow_redirects=True).text
    path = next(word for word in page.split('"') if word.startswith("/static/") and word.endswith(".css"))
    request = f"GET {path} HTTP/1.1\r\nHost: punt\r\n\r\n".encode() * TIMES
    _hold(place, STRANGERS, request, lambda connection: connection.recv(1))


@attack("slow senders")
def drip(place: Ground, _client: httpx.Client, _: int) -> None:
    """Send heads a byte at a time on a thousand connections."""
    _hold(place, STRANGERS, HEAD.encode(), lambda connection: connection.send(b"x"))

"""The client at a stream's socket: its leaving is noticed, and nobody waits for it if it does not read."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import suppress

import gevent
import gevent.socket
import pytest
from gevent.event import AsyncResult

from punt.events.end import End
from punt.events.peer import Peer

PATIENCE = 0.2


@pytest.fixture
def ends() -> Iterator[tuple[gevent.socket.socket, socket.socket]]:
    """A server's end of a connection, as gunicorn lends it, and the client's."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        client = socket.create_connection(listening.getsockname())
        accepted, _ = listening.accept()
    server = gevent.socket.socket(accepted.family, accepted.type, fileno=accepted.detach())
    with server, client:
        yield server, client


def watched(server: gevent.socket.socket) -> tuple[Peer, AsyncResult]:
    """Watch a connection; the result is how its client left."""
    peer, gone = Peer(server, PATIENCE), AsyncResult()
    peer.begin(gone.set)
    return peer, gone


def test_a_client_that_hangs_up_is_noticed_at_once(ends: tuple[gevent.socket.socket, socket.socket]) -> None:
    peer, gone = watched(ends[0])

    ends[1].close()

    assert gone.get(timeout=20) is End.GONE
    peer.end()


def test_a_client_that_breaks_off_is_noticed_at_once(ends: tuple[gevent.socket.socket, socket.socket]) -> None:
    peer, gone = watched(ends[0])

    ends[1].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close() resets
    ends[1].close()

    assert gone.get(timeout=20) is End.GONE
    peer.end()


def test_a_client_on_a_unix_socket_is_noticed_too() -> None:
    server, client = gevent.socket.socketpair()
    peer, gone = watched(server)

    client.close()

    assert gone.get(timeout=20) is End.GONE
    peer.end()
    server.close()


def test_a_client_that_says_something_is_not_gone(ends: tuple[gevent.socket.socket, socket.socket]) -> None:
    peer, gone = watched(ends[0])

    ends[1].sendall(b"GET /the/next HTTP/1.1\r\n")

    assert gone.wait(0.1) is None
    assert ends[0].recv(3) == b"GET"
    peer.end()


def test_nobody_hears_of_a_client_that_goes_after_the_end(ends: tuple[gevent.socket.socket, socket.socket]) -> None:
    peer, gone = watched(ends[0])

    peer.end()
    peer.end()
    ends[1].close()

    assert gone.wait(0.1) is None


def test_a_write_to_a_client_that_does_not_read_gives_up(ends: tuple[gevent.socket.socket, socket.socket]) -> None:
    peer, gone = watched(ends[0])

    with gevent.Timeout(20), pytest.raises(TimeoutError):
        ends[0].sendall(bytes(64 * 1024 * 1024))

    assert not gone.ready()
    peer.end()


def test_a_client_whose_window_stays_shut_is_given_up_though_little_waits_for_it(
    ends: tuple[gevent.socket.socket, socket.socket],
) -> None:
    peer, gone = watched(ends[0])

    ends[0].setblocking(False)
    with suppress(BlockingIOError):
        while True:
            ends[0].send(bytes(4096))

    assert gone.get(timeout=20) is End.SLOW
    peer.end()


def test_after_the_end_the_connection_waits_for_its_next_request_as_before(
    ends: tuple[gevent.socket.socket, socket.socket],
) -> None:
    peer, _ = watched(ends[0])

    peer.end()

    with gevent.Timeout(PATIENCE * 2, False) as waited:
        ends[0].recv(1)
    assert waited.pending is False
    assert ends[0].gettimeout() is None


def test_a_stream_without_a_socket_is_simply_not_watched() -> None:
    peer = Peer(None, PATIENCE)

    peer.begin(lambda _: pytest.fail("nobody can be gone"))
    peer.end()

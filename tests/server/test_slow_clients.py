"""Clients that do not read, vanish or are killed: they are cut off in time and disturb nobody."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

import httpx
import pytest

from tests.server import on_both
from tests.support.audience import Audience, request_for
from tests.support.audit import figures, lost_or_doubled, streams_open
from tests.support.relay import Relay
from tests.support.server import Server
from tests.support.wait import until
from tests.support.writers import Writers

HARB = "/api/projects/HARB"
STREAM = f"{HARB}/events"
PATIENCE = 1
LONG = "x" * 20_000
"""A description that fills a stalled client's buffers soon."""


def connected(client: httpx.Client, port: int | None = None) -> socket.socket:
    """Open a stream on a plain socket whose window is small, and read its beginning."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(10)
    connection.connect(("127.0.0.1", port or client.base_url.port))
    connection.sendall(request_for(client, STREAM)(None))
    assert b"200 OK" in connection.recv(64)
    return connection


def make(client: httpx.Client, title: str, description: str = "") -> None:
    assert client.post(f"{HARB}/tickets", json={"title": title, "description": description}).status_code == 201


@contextmanager
def ready(server: Server) -> Iterator[tuple[Audience, httpx.Client, httpx.Client]]:
    """Ten good listeners, Alice who writes, and Bob who is a bad listener."""
    alice, bob = server.client("alice"), server.client("bob")
    with Audience(alice, STREAM, 10, cursor=server.head()) as good:
        good.wait_until_live()
        yield good, alice, bob


@contextmanager
def written_to(server: Server, alice: httpx.Client, good: Audience) -> Iterator[None]:
    """Write long tickets until the end of the block, and check that the good listeners lose nothing."""
    with Writers(alice, 3, pause=0, description=LONG) as writers:
        yield
    good.wait_until_at(server.head())
    assert lost_or_doubled(server, writers, good) == []
    assert all(ear.answers == {"200": 1} for ear in good.ears), "a good stream was cut off"


@on_both
def test_clients_that_never_read_are_cut_off_without_a_traceback_and_good_ones_lose_nothing(
    serve: Callable[..., Server],
) -> None:
    server = serve(STREAM_WRITE_TIMEOUT=PATIENCE, STREAM_KEEPALIVE=1)

    with ready(server) as (good, alice, bob), ExitStack() as stack:
        for _ in range(6):
            stack.enter_context(connected(bob))
        assert streams_open(server) == 16
        with written_to(server, alice, good):
            until(lambda: streams_open(server) == 10, seconds=20, what="the places of the slow ones to be free")

    assert figures(server, "punt_slow_clients_cut_total")["punt_slow_clients_cut_total"] == 6
    assert "Traceback" not in server.log


def test_clients_that_never_read_do_not_hold_up_a_stop(serve: Callable[..., Server]) -> None:
    server = serve(STREAM_WRITE_TIMEOUT=60)  # otherwise a slow machine cuts them off before their buffers are full
    alice, bob = server.client("alice"), server.client("bob")

    with ExitStack() as stack:
        for _ in range(6):
            stack.enter_context(connected(bob))
        with Writers(alice, 3, pause=0, description=LONG):
            until(lambda: all_wait_to_write(server, 6), seconds=60, what="the buffers of the slow ones to be full")
        server.stop(seconds=9)  # a worker that does not stop is killed after 10

    assert "Traceback" not in server.log


def all_wait_to_write(server: Server, count: int) -> bool:
    """Tell whether so many streams have gone back to the log because nobody reads them."""
    return figures(server, "punt_stream_overflows_total")["punt_stream_overflows_total"] >= count


def test_clients_that_read_a_byte_now_and_then_are_cut_off_too(serve: Callable[..., Server]) -> None:
    server = serve(STREAM_WRITE_TIMEOUT=PATIENCE, STREAM_KEEPALIVE=1)

    with ready(server) as (good, alice, bob), ExitStack() as stack:
        slow = [stack.enter_context(connected(bob)) for _ in range(6)]
        stack.enter_context(sipping(slow))
        assert streams_open(server) == 16
        with written_to(server, alice, good):
            until(lambda: streams_open(server) == 10, seconds=20, what="the places of the slow ones to be free")

    assert "Traceback" not in server.log


@contextmanager
def sipping(connections: list[socket.socket]) -> Iterator[None]:
    """Read a byte of each connection ten times a second until the end of the block."""
    over = threading.Event()

    def sip() -> None:
        while not over.wait(0.1):
            for connection in connections:
                with suppress(OSError):  # the server may have hung up
                    connection.recv(1)

    thread = threading.Thread(target=sip, daemon=True)
    thread.start()
    yield
    over.set()
    thread.join(5)


@on_both
def test_clients_that_vanish_without_a_word_are_gone_in_time(serve: Callable[..., Server]) -> None:
    server = serve(STREAM_WRITE_TIMEOUT=PATIENCE, STREAM_KEEPALIVE=1)

    with ready(server) as (good, alice, bob), Relay(server.port) as relay, ExitStack() as stack:
        for _ in range(6):
            stack.enter_context(connected(bob, relay.port))
        assert streams_open(server) == 16
        relay.freeze()
        with written_to(server, alice, good):
            until(lambda: streams_open(server) == 10, seconds=20, what="the places of the vanished ones to be free")

    assert "Traceback" not in server.log


def test_a_client_that_vanishes_while_all_is_quiet_is_gone_when_its_stream_has_lived(
    serve: Callable[..., Server],
) -> None:
    server = serve(STREAM_LIFETIME=5, STREAM_KEEPALIVE=1)
    bob = server.client("bob")

    with Relay(server.port) as relay, connected(bob, relay.port):
        relay.freeze()
        assert streams_open(server) == 1
        until(lambda: streams_open(server) == 0, what="the place of the vanished one to be free")


KILLED = """
import socket, sys
streams = [socket.create_connection(("127.0.0.1", int(sys.argv[1]))) for _ in range(5)]
for each in streams:
    each.sendall(bytes.fromhex(sys.argv[2]))
    each.recv(64)
print("listening", flush=True)
sys.stdin.read()
"""


@pytest.mark.alone
@on_both
@pytest.mark.parametrize("busy", [False, True], ids=["quiet", "busy"])
def test_a_killed_client_is_noticed_within_a_second(serve: Callable[..., Server], busy: bool) -> None:
    server = serve()
    alice, bob = server.client("alice"), server.client("bob")
    command = [sys.executable, "-c", KILLED, str(server.port), request_for(bob, STREAM)(None).hex()]

    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process, ExitStack() as stack:
        assert process.stdout
        assert process.stdout.readline() == "listening\n"
        assert streams_open(server) == 5
        if busy:
            stack.enter_context(Writers(alice, 1))
        process.kill()
        until(lambda: streams_open(server) == 0, seconds=1, what="the places of the killed one to be free")

    assert "Traceback" not in server.log


def test_a_client_that_keeps_its_connection_after_a_stream_may_take_its_time_to_ask_again(
    serve: Callable[..., Server],
) -> None:
    server = serve(STREAM_LIFETIME=1, STREAM_WRITE_TIMEOUT=0.2)
    bob = server.client("bob", limits=httpx.Limits(max_connections=1))

    bob.get(STREAM)
    time.sleep(1)  # longer than the stream's write timeout, which was for the stream only
    bob.get("/api/me")

    assert "cut off" not in server.log
    assert "Traceback" not in server.log

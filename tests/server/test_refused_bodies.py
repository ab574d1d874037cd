"""Bodies that nobody reads: the rest of one blocks nobody else, and the connection continues or says that it ends."""

from __future__ import annotations

import http.client
import json

import pytest

from punt.web.bodies import DISCARDED, TINY, TINY_CHUNKS, not_too_tiny
from tests.support.server import Server

PATH = "/api/auth/login"
HEADERS = {"Content-Type": "application/json"}


def refuse(connection: http.client.HTTPConnection, size: int) -> http.client.HTTPResponse:
    """Send a body that is refused unread, all of it before the response is read."""
    connection.request("POST", PATH, b" " * size, HEADERS)
    answer = connection.getresponse()
    assert answer.status == 413
    assert "too large" in json.loads(answer.read())["error"]
    return answer


def test_the_connection_of_a_refused_body_serves_the_next_request(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)

    answer = refuse(connection, DISCARDED)
    used = connection.sock
    connection.request("GET", "/api/auth/session")
    after = connection.getresponse()

    assert answer.headers["Connection"] == "keep-alive"
    assert after.status == 200
    assert connection.sock is used
    connection.close()


@pytest.mark.parametrize("more", [1, 8 * DISCARDED])
def test_a_long_refused_body_ends_its_connection_which_the_answer_says(server: Server, more: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)

    answer = refuse(connection, DISCARDED + more)

    assert answer.headers["Connection"] == "close"
    connection.close()


def test_a_refused_body_in_chunks_without_an_end_is_not_read_for_ever(server: Server) -> None:
    connection = begin_chunks(server)

    with pytest.raises(ConnectionError):  # reset by the server, which reads no more
        send_chunks(connection, b"10000\r\n" + b" " * 0x10000 + b"\r\n", 64 * DISCARDED // 0x10000)
    connection.close()


def test_a_body_of_very_many_tiny_chunks_is_refused(server: Server) -> None:
    connection = begin_chunks(server)

    send_chunks(connection, b"1\r\n \r\n" * 100, TINY_CHUNKS // 100)
    send_chunks(connection, b"1\r\n \r\n", 1)

    assert connection.getresponse().status == 400
    connection.close()


def begin_chunks(server: Server) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.putrequest("POST", PATH)
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()
    return connection


def send_chunks(connection: http.client.HTTPConnection, chunks: bytes, times: int) -> None:
    for _ in range(times):
        connection.send(chunks)


@pytest.mark.parametrize(("chunk", "count"), [(b" ", TINY_CHUNKS), (b" " * TINY, 2 * TINY_CHUNKS), (b"", 0)])
def test_a_body_of_a_few_small_chunks_is_read(chunk: bytes, count: int) -> None:
    assert sum(1 for _ in not_too_tiny(iter([chunk] * count))) == count

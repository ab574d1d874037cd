"""Bodies sent in chunks: well-formed ones are accepted, malformed ones are reported as the client's error."""

from __future__ import annotations

import itertools
import socket

from tests.support.raw import cookie_of
from tests.support.server import Server

LOGIN = "/api/auth/login"
BODY = b'{"username": "bob", "password": "wrong"}'
WHOLE = b"%x\r\n%s\r\n" % (len(BODY), BODY)
END = b"0\r\n\r\n"
MALFORMED = {
    "a size that is no number": b"zz\r\nabc\r\n" + END,
    "a negative size": b"-5\r\nabcde\r\n" + END,
    "a size with a sign": b"+5\r\nabcde\r\n" + END,
    "a size with its base": b"0x5\r\nabcde\r\n" + END,
    "no size": b"\r\nabc\r\n" + END,
    "a size that goes on and on": b"1" * 20_000,
    "a huge size and an end": b"f" * 40 + b"\r\nabc\r\n" + END,
    "a chunk that is longer than it says": b"3\r\nabcdefg\r\n" + END,
    "an extension that is none": b"5;\x00=\x01\r\nabcde\r\n" + END,
    "an extension that goes on and on": b"5;" + b"a" * 20_000 + b"\r\nabcde\r\n" + END,
    "an end of line in an extension": b"5;a\rb\r\nabcde\r\n" + END,
    "trailers that go on and on": WHOLE + b"0\r\n" + b"X-A: " + b"b" * 9000 + b"\r\n\r\n",
    "a trailer that is none": WHOLE + b"0\r\nno trailer\r\n\r\n",
    "a trailer that may not be one": WHOLE + b"0\r\nContent-Length: 5\r\n\r\n",
    "lines that end in half": WHOLE + b"0\nX: y\n\n",
}
WELL_FORMED = {
    "one chunk": WHOLE + END,
    "chunks of a byte": b"".join(b"1\r\n%c\r\n" % byte for byte in BODY) + END,
    "extensions": b'%x;name=value;other="quoted"\r\n%s\r\n' % (len(BODY), BODY) + END,
    "trailers": WHOLE + b"0\r\nX-Checksum: 5\r\n\r\n",
    "a size with zeros before it": b"0000%x\r\n%s\r\n" % (len(BODY), BODY) + END,
}
UPLOADS = ("/projects/HARB/import", "/admin/database/import", "/api/admin/database/import")


def head(path: str, kind: str, more: str = "") -> bytes:
    text = f"POST {path} HTTP/1.1\r\nHost: punt\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n{more}\r\n"
    return text.encode()


def answer(server: Server, request: bytes) -> bytes:
    """Send a request and return everything until the server hangs up; no more is sent."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


def test_a_malformed_chunk_is_a_bad_request_without_a_traceback(server: Server) -> None:
    for what, kind in itertools.product(MALFORMED, ("application/json", "application/x-www-form-urlencoded")):
        told = answer(server, head(LOGIN, kind) + MALFORMED[what])

        assert told.startswith(b"HTTP/1.1 400 "), (what, told[:200])
        assert b'{"error":' in told, what
        assert told.count(b"HTTP/1.1") == 1, what
        assert "Traceback" not in server.log, what


def test_a_malformed_chunk_of_an_upload_is_a_bad_request_too(server: Server) -> None:
    cookie = cookie_of(server.client("sue"))
    part = b'--B\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n'

    for path in UPLOADS:
        begin = head(path, "multipart/form-data; boundary=B", f"Cookie: {cookie}\r\n")
        told = answer(server, begin + b"%x\r\n%s\r\n" % (len(part), part) + b"zz\r\n")

        assert told.startswith(b"HTTP/1.1 400 "), (path, told[:200])
        assert "Traceback" not in server.log, path


def test_a_body_in_chunks_that_ends_too_early_leaves_no_traceback(server: Server) -> None:
    for sent in (b"", b"5\r\nab", b"5\r\nabcde\r\n", WHOLE, WHOLE + b"0\r\n"):
        told = answer(server, head(LOGIN, "application/json") + sent)

        assert told[:13] in {b"HTTP/1.1 400 ", b""}, (sent, told[:200])
        assert "Traceback" not in server.log, sent


def test_a_body_in_well_formed_chunks_is_read(server: Server) -> None:
    for what, sent in WELL_FORMED.items():
        told = answer(server, head(LOGIN, "application/json") + sent)

        assert told.startswith(b"HTTP/1.1 401 "), what


def test_a_request_is_not_read_out_of_what_follows_a_malformed_chunk(server: Server) -> None:
    told = answer(server, head(LOGIN, "application/json") + b"zz\r\n\r\nGET /healthz HTTP/1.1\r\nHost: punt\r\n\r\n")

    assert told.count(b"HTTP/1.1") == 1

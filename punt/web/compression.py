"""Responses are compressed for clients that accept it.

Streams never are, because an event would wait in the compressor for the next one; nor is what is compressed already,
what is short, and what has an ETag: that is a ticket's version, which ``If-Match`` compares character by character. How
well text compresses reveals something about its content (BREACH). So nothing is compressed that another site's page
made a browser request, and nothing that shows a secret.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator
from typing import Protocol

import brotli
from flask import Flask, Response, g, request

from punt.heavy.slices import breathing
from punt.web.varying import vary_by

ENCODINGS = ("br", "gzip")
"""What is offered, best first. Browsers ask for ``br`` over https only."""
TEXTS = frozenset({"text/html", "text/css", "text/javascript", "text/plain", "application/json", "image/svg+xml"})
OWN_SITES = frozenset({None, "same-origin", "none"})
SHORT = 1_000
"""Bytes that fit into one packet uncompressed."""
PIECE = 64 * 1024
"""Bytes that are compressed at once: about a millisecond's work."""
QUICK = {"br": 5, "gzip": 6}
"""Levels for what is compressed while somebody waits."""
WINDOW = 16
"""Of brotli, as a power of two: with 64 kB a compressor takes one megabyte of memory instead of nine."""


class Compressor(Protocol):
    """Compresses bytes piece by piece."""

    def compress(self, some: bytes, /) -> bytes:
        """Take some input, and return the output so far."""

    def flush(self) -> bytes:
        """Return the rest."""


class _Brotli:
    def __init__(self) -> None:
        made = brotli.Compressor(mode=brotli.MODE_TEXT, quality=QUICK["br"], lgwin=WINDOW)
        self.compress, self.flush = made.process, made.finish


def init_app(app: Flask) -> None:
    """Compress the responses of an app."""
    app.after_request(_compress)


def keep_plain() -> None:
    """Send the response to this request uncompressed: it shows a secret."""
    g.is_kept_plain = True


def encoding_of_text() -> str | None:
    """Choose how to compress a response to this request; None for not at all."""
    if g.get("is_kept_plain") or request.headers.get("Sec-Fetch-Site") not in OWN_SITES:
        return None
    return best_encoding()


def best_encoding() -> str | None:
    """Choose how to compress what is not secret, as the client prefers; None for not at all."""
    return request.accept_encodings.best_match(ENCODINGS)


def compressed(pieces: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Compress pieces one by one."""
    compressor: Compressor = (
        _Brotli() if encoding == "br" else zlib.compressobj(QUICK["gzip"], wbits=zlib.MAX_WBITS + 16)
    )
    for piece in pieces:
        if some := compressor.compress(piece):
            yield some
    yield compressor.flush()


def smallest(content: bytes, encoding: str) -> bytes:
    """Compress once for many, however long that takes."""
    if encoding == "br":
        return bytes(brotli.compress(content, mode=brotli.MODE_TEXT, quality=11))
    return gzip.compress(content, 9, mtime=0)


def note_encoding(response: Response, encoding: str | None) -> None:
    """Declare in a response how it is compressed, and that others may get it in another way."""
    vary_by(response, "Accept-Encoding")
    if encoding:
        response.headers["Content-Encoding"] = encoding


def _compress(response: Response) -> Response:
    if response.is_streamed or response.direct_passthrough or response.mimetype not in TEXTS:
        return response
    if "ETag" in response.headers or "Content-Encoding" in response.headers:
        return response
    encoding = encoding_of_text() if (response.content_length or 0) > SHORT else None
    if encoding:
        response.set_data(b"".join(compressed(breathing(_pieces_of(response.get_data())), encoding)))
    note_encoding(response, encoding)
    return response


def _pieces_of(content: bytes) -> Iterator[bytes]:
    for begin in range(0, len(content), PIECE):
        yield content[begin : begin + PIECE]

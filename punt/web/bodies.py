"""What a worker does with the bodies of requests that nobody wants to read, or that are made to be slow to read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import gevent
from gunicorn.http.errors import InvalidChunkSize, ParseException

from punt.heavy.slices import Pace

STEP = 64 * 1024
DISCARDED = 1024 * 1024
"""Bytes of a body that are read away after its answer; the connection of a longer one is closed instead."""
pace = Pace()
"""Bodies are read in turns of their own: those who send many keep nobody waiting but each other."""
TINY_CHUNKS = 1_000
TINY = 64
"""Bytes that more chunks than ``TINY_CHUNKS`` must have on average: each costs as much as a few thousand bytes."""


def expect(request: Any) -> None:
    """Prepare for the body of a request that gunicorn has the head of."""
    reader = request.body.reader
    if getattr(reader, "length", 0) > DISCARDED:
        request.force_close()  # said in the answer: what is left of a long body is not read away
    if getattr(reader, "parser", None):
        reader.parser = not_too_tiny(reader.parser)


def not_too_tiny(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Give the chunks of a body.

    :raises InvalidChunkSize: when there are very many that hold next to nothing.
    """
    size = 0
    for count, chunk in enumerate(chunks, 1):
        size += len(chunk)
        if count > TINY_CHUNKS and size < count * TINY:
            raise InvalidChunkSize(b"too many tiny chunks")
        yield chunk


def discard(body: Any, patience: float) -> None:
    """Read away what is left of a body, or have the connection closed when that is much or comes slowly.

    gunicorn would read all of it, and copy a megabyte for each kilobyte.

    :param body: gunicorn's; one that has failed ends its connection.
    :param patience: seconds that all of it may take.
    """
    with suppress(ParseException, OSError), gevent.Timeout(patience, False):
        for _ in range(DISCARDED // STEP + 1):
            if not body.read(STEP):
                return
            pace.breathe()
    body.failed = True

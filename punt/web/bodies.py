"""What a worker does with request bodies that nobody wants to read, or that are made to be slow to read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import gevent
from gunicorn.http.errors import InvalidChunkSize, ParseException

from punt.heavy.slices import Pace

STEP = 64 * 1024
DISCARDED = 1024 * 1024
"""Bytes of a body that are discarded after its response; the connection of a longer one is closed instead."""
pace = Pace()
"""Bodies are read in slices of their own kind: clients that send many only delay each other."""
TINY_CHUNKS = 1_000
TINY = 64
"""Average bytes per chunk if there are more than ``TINY_CHUNKS``: each chunk costs as much as a few thousand bytes."""


def expect(request: Any) -> None:
    """Prepare for the body of a request whose head gunicorn has read."""
    reader = request.body.reader
    if getattr(reader, "length", 0) > DISCARDED:
        request.force_close()  # announced in the response: the rest of a long body is not discarded
    if getattr(reader, "parser", None):
        reader.parser = not_too_tiny(reader.parser)


def not_too_tiny(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the chunks of a body.

    :raises InvalidChunkSize: when there are very many that contain next to nothing.
    """
    size = 0
    for count, chunk in enumerate(chunks, 1):
        size += len(chunk)
        if count > TINY_CHUNKS and size < count * TINY:
            raise InvalidChunkSize(b"too many tiny chunks")
        yield chunk


def discard(body: Any, patience: float) -> None:
    """Discard the rest of a body, or have the connection closed if that is long or comes slowly.

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

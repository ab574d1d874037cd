"""One client's place in the log: the only way in which a stream's bytes leave, and in which its place moves."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator, Sequence

from punt.database import now
from punt.events import metrics, sse
from punt.events.cursor import Cursor
from punt.events.hub import Frame
from punt.events.log import iso

CHUNK = 64 * 1024
"""Bytes after which a chunk is written, so that one write is never long for a client that reads."""


class Delivery:
    """What a client was sent, and the place in the log that it has reached by that.

    The place moves in one line of this class, after the bytes that lead there were taken; whatever ends a stream, and
    wherever, leaves it where it was. Every id is sent behind all that it covers, so that a client that is cut off after
    any byte comes back to a place up to which it has everything.

    :param at: the place where the client begins.
    """

    def __init__(self, at: Cursor) -> None:
        self._at = at
        self.writing = False
        """Whether a chunk is on its way: a client that is gone now did not read it."""

    @property
    def at(self) -> Cursor:
        """The place up to which the client has everything that is for it."""
        return self._at

    def open(self, retry: int) -> Iterator[bytes]:
        """Begin where the client is."""
        yield from self._write(sse.opening(self._at, retry), self._at)

    def frames(self, frames: Sequence[Frame], upto: Cursor, go_on: Callable[[], bool]) -> Generator[bytes, None, bool]:
        """Write frames in the order of the log, and take the client to ``upto`` when it has them all.

        :param upto: a place before which the log holds nothing else for this client.
        :param go_on: asked before each chunk but the first; with False what is left waits in the log.
        :returns: whether all were written.
        """
        for count, chunk in enumerate(_chunks(frames)):
            if count and not go_on():
                return False
            yield from self._write(b"".join(frame.data for frame in chunk), chunk[-1].entry.cursor)
        yield from self._write(b"", upto)
        return True

    def ping(self, before: bytes = b"") -> Iterator[bytes]:
        """Say that nothing is missing up to where the client is.

        :param before: bytes without an id.
        """
        yield from self._write(before + sse.ping(self._at), self._at)

    def reset(self, head: Cursor, reason: str, before: bytes = b"") -> Iterator[bytes]:
        """Take the client to the head without what lies between, and say so: it must look at everything anew.

        :param before: bytes without an id, or a client that is cut off after them would never hear of the reset.
        """
        metrics.resets.labels(reason).inc()
        text = {"type": "stream.reset", "data": {"reason": reason}, "tabId": None, "timestamp": iso(now())}
        yield from self._write(before + sse.message(head, json.dumps(text, separators=(",", ":"))), head)

    def _write(self, data: bytes, then: Cursor) -> Iterator[bytes]:
        if data:
            self.writing = True
            yield data
            self.writing = False
        self._at = then


def _chunks(frames: Sequence[Frame]) -> Iterator[list[Frame]]:
    """Divide frames, so that each part but the last has just enough bytes for a chunk."""
    part, size = list[Frame](), 0
    for frame in frames:
        part.append(frame)
        size += len(frame.data)
        if size >= CHUNK:
            yield part
            part, size = [], 0
    if part:
        yield part

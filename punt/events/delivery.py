"""One client's place in the log. A stream's bytes leave only through here, and its place moves only here."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from punt.database import now
from punt.events import metrics, sse
from punt.events.cursor import Cursor
from punt.events.log import Entry, iso
from punt.events.peer import Peer

CHUNK = 64 * 1024
"""Bytes after which a chunk is written, so that no write takes long for a client that reads."""
JOINED = 1024 * 1024
"""Bytes of joined frames that are kept for others who get the same."""


@dataclass(frozen=True)
class Frame:
    """One event of the log with its bytes, made once and shared by all subscribers."""

    entry: Entry
    data: bytes

    @classmethod
    def of(cls, entry: Entry) -> Frame:
        """Frame an event of the log; an internal one has no bytes."""
        return cls(entry, b"" if entry.internal else sse.message(entry.cursor, entry.message))

    @property
    def size(self) -> int:
        """Bytes that it takes in memory while it is kept: its message, that framed, and that as a chunk."""
        return 3 * len(self.data)

    @cached_property
    def cursor(self) -> Cursor:
        """The place in the log right after this event."""
        return self.entry.cursor

    @cached_property
    def chunk(self) -> bytes:
        """The bytes as a chunk of HTTP/1.1."""
        return chunked(self.data)

    def wire(self, in_chunks: bool) -> bytes:
        """Return the bytes as they go over a socket."""
        return self.chunk if in_chunks else self.data


class Wires:
    """The bytes of lists of frames, joined once for everybody who gets the same list."""

    def __init__(self) -> None:
        self._joined: dict[tuple[int, bool], tuple[Sequence[Frame], bytes]] = {}
        self._bytes = 0

    def of(self, frames: Sequence[Frame], in_chunks: bool) -> bytes:
        """Return the bytes of frames as they go over a socket."""
        key = id(frames), in_chunks
        if key not in self._joined:  # the list is kept, too, or another one could get its id
            data = b"".join(frame.wire(in_chunks) for frame in frames)
            self._bytes += len(data)
            if self._bytes > JOINED:  # if everybody gets something else
                self._joined, self._bytes = {}, len(data)
            self._joined[key] = frames, data
        return self._joined[key][1]


class Delivery:
    """What a client was sent, and the place in the log that it has reached.

    The place moves in one line of this class, after the bytes that lead there were taken. However a stream ends, its
    place stays where it was. Every id is sent after everything that it covers, so a client that is cut off after any
    byte comes back with a place up to which it has everything.

    Bytes leave in two ways: as chunks that a stream's generator yields, or pushed into the client's socket as far as it
    takes them. If it takes only a part of a frame, the rest goes out before anything else.

    :param at: the place where the client begins.
    :param peer: the client, if it may be pushed to.
    :ivar is_direct: whether it may be pushed to.
    :ivar spoke: when it was last sent something, on the monotonic clock.
    """

    def __init__(self, at: Cursor, peer: Peer | None = None) -> None:
        self._at = at
        self._peer = peer if peer and peer.in_chunks is not None else None
        self.is_direct, self._in_chunks = self._peer is not None, bool(peer and peer.in_chunks)
        self._rest: tuple[memoryview, Cursor] | None = None
        self._is_broken = False
        self.spoke = time.monotonic()
        self.writing = False
        """Whether a chunk is being written: a client that goes now has not read it."""

    @property
    def at(self) -> Cursor:
        """The place up to which the client has everything that is for it."""
        return self._at

    def push(self, frames: Sequence[Frame], wires: Wires, before: int) -> bool:
        """Send frames to a client that may be pushed to, as far as it takes them now; return whether it took all.

        :param before: a position up to which it has everything.
        """
        data = wires.of(frames, self._in_chunks)
        taken = self._send(data)
        if taken == len(data):
            self._reach(frames[-1].cursor)
            return True
        self.pass_over(before)
        self._note_taken(frames, taken)
        return False

    def push_ping(self) -> bool:
        """Push a keepalive that says where the client is; return whether it took all.

        What it did not take goes out by :meth:`finish`, even if that is all of it: so a client that is gone is noticed.
        """
        data = sse.KEEPALIVE + sse.ping(self._at)
        data = chunked(data) if self._in_chunks else data
        taken = self._send(data)
        self._rest = (memoryview(data)[taken:], self._at) if taken < len(data) else None
        self.spoke = time.monotonic()
        return taken == len(data)

    def finish(self) -> None:
        """Send the rest of what the client took in part, and wait until it has it.

        :raises OSError: when the client does not take it; also whenever this is called again after that.
        """
        if self._rest and self._peer:
            if self._is_broken:  # it took some of the rest; how much is unknown
                raise BrokenPipeError
            rest, then = self._rest
            self.writing = self._is_broken = True
            self._peer.send_all(rest)
            self.writing = self._is_broken = False
            self._rest = None
            self._reach(then)

    def pass_over(self, position: int) -> None:
        """Move the client to a position up to which the log holds nothing more for it."""
        if position > self._at.position:
            self._reach(Cursor(self._at.epoch, position))

    def open(self, retry: int) -> Iterator[bytes]:
        """Begin where the client is."""
        yield from self._write(sse.opening(self._at, retry), self._at)

    def frames(self, frames: Sequence[Frame], upto: Cursor, go_on: Callable[[], bool]) -> Generator[bytes, None, bool]:
        """Write frames in the order of the log, and move the client to ``upto`` when it has them all.

        :param upto: a place up to which the log holds nothing else for this client.
        :param go_on: called before each chunk but the first; if it returns False, what is left stays in the log.
        :returns: whether all were written.
        """
        for count, chunk in enumerate(_chunks(frames)):
            if count and not go_on():
                return False
            yield from self._write(b"".join(frame.data for frame in chunk), chunk[-1].cursor)
        self._reach(upto)
        return True

    def ping(self, before: bytes = b"") -> Iterator[bytes]:
        """Say that the client has everything up to its place.

        :param before: bytes without an id.
        """
        yield from self._write(before + sse.ping(self._at), self._at)

    def reset(self, head: Cursor, reason: str, before: bytes = b"") -> Iterator[bytes]:
        """Move the client to the head without sending what lies between, and tell it to load everything again.

        :param before: bytes without an id: with one, a client that is cut off after them would never get the reset.
        """
        metrics.resets.labels(reason).inc()
        text = {"type": "stream.reset", "data": {"reason": reason}, "tabId": None, "timestamp": iso(now())}
        yield from self._write(before + sse.message(head, json.dumps(text, separators=(",", ":"))), head)

    def _note_taken(self, frames: Sequence[Frame], taken: int) -> None:
        """Reach the last frame that was taken whole, and keep the rest of one that was taken in part."""
        for frame in frames:
            wire = frame.wire(self._in_chunks)
            if taken < len(wire):
                self._rest = (memoryview(wire)[taken:], frame.cursor) if taken else None
                return
            taken -= len(wire)
            self._reach(frame.cursor)

    def _write(self, data: bytes, then: Cursor) -> Iterator[bytes]:
        if data:
            self.writing = True
            yield data
            self.writing, self.spoke = False, time.monotonic()
        self._reach(then)

    def _reach(self, place: Cursor) -> None:
        self._at = place

    def _send(self, data: bytes) -> int:
        return self._peer.send(data) if self._peer else 0


def chunked(data: bytes) -> bytes:
    """Return bytes as a chunk of HTTP/1.1, or none for none: an empty chunk would end the response."""
    return b"%x\r\n%b\r\n" % (len(data), data) if data else b""


def _chunks(frames: Sequence[Frame]) -> Iterator[list[Frame]]:
    """Divide frames into parts with just enough bytes for a chunk, except the last one."""
    part, size = list[Frame](), 0
    for frame in frames:
        part.append(frame)
        size += len(frame.data)
        if size >= CHUNK:
            yield part
            part, size = [], 0
    if part:
        yield part

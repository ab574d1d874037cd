"""Long responses wait in a file for slow clients: what a response may use of the memory is bounded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from flask import Flask, Response, current_app

from punt.database import is_full
from punt.events import disk
from punt.web import compression

SHORT = 64 * 1024
"""Bytes of a response that may wait in memory, and that are read from a file at once."""


class Spool:
    """Bytes that wait to be sent: a few in memory, more in an unnamed file.

    If no file can be written, because the disk is full, they stay in memory: reading continues.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._waiting, self._written, self.size = folder, bytearray(), 0, 0
        self._file: IO[bytes] | None = None
        self._fails = False

    def write(self, some: bytes) -> None:
        """Add some bytes."""
        self.size += len(some)
        self._waiting += some
        if len(self._waiting) > SHORT and not self._fails:
            try:
                self._write_down()
            except OSError as error:
                self._take_back()
                if is_full(error):
                    disk.note_full()

    def _write_down(self) -> None:
        if self._file is None:
            self._file = TemporaryFile(dir=self._folder, buffering=0)  # noqa: SIM115 - close() does
        left = bytes(self._waiting)
        while left:
            left = left[self._file.write(left) :]
        self._written += len(self._waiting)
        self._waiting.clear()

    def _take_back(self) -> None:
        """Move back to memory."""
        self._fails = True
        if self._file:
            self._file.seek(0)
            self._waiting[:0] = self._file.read(self._written)
            self._file.close()
            self._file = None

    def __iter__(self) -> Iterator[bytes]:
        """Yield all bytes, once."""
        if self._file:
            self._file.seek(0)
            while some := self._file.read(SHORT):
                yield some
        for begin in range(0, len(self._waiting), SHORT):
            yield bytes(self._waiting[begin : begin + SHORT])
        self.close()

    def close(self) -> None:
        """Discard everything; safe to call twice."""
        self._waiting.clear()
        with suppress(OSError):
            if self._file:
                self._file.close()


def init_app(app: Flask) -> None:
    """Spool long responses of an app."""
    app.after_request(_set_aside)


def spooled(pieces: Iterator[bytes], mimetype: str) -> Response:
    """Answer with pieces that are made one after the other, none of which waits for the client in memory."""
    spool, encoding = Spool(Path(current_app.instance_path)), compression.encoding_of_text()
    try:
        for piece in compression.compressed(pieces, encoding) if encoding else pieces:
            spool.write(piece)
    except BaseException:
        spool.close()
        raise
    response = _answer_from(spool, Response(mimetype=mimetype))
    compression.note_encoding(response, encoding)
    return response


def _set_aside(response: Response) -> Response:
    if response.is_streamed or response.direct_passthrough or (response.content_length or 0) <= SHORT:
        return response
    spool = Spool(Path(current_app.instance_path))
    spool.write(response.get_data())
    return _answer_from(spool, response)


def _answer_from(spool: Spool, response: Response) -> Response:
    response.response = iter(spool)
    response.content_length = spool.size
    response.call_on_close(spool.close)
    return response

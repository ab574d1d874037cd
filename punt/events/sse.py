"""Server-Sent Events on the wire: text framing and nothing else.

Source: WHATWG HTML Living Standard, section 9.2.6, "Interpreting an event stream".
"""

from __future__ import annotations

import re

HEADERS = {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-cache, no-transform",
    "X-Accel-Buffering": "no",
}
KEEPALIVE = b": keepalive\n\n"
_LINE_ENDS = re.compile(r"\r\n|\r|\n")


def message(cursor: object | None, text: str) -> bytes:
    """Frame one message for ``onmessage``, its cursor as the event id; without one the reader's place stays."""
    return f"{_id(cursor)}{_data(text)}\n".encode()


def ping(cursor: object) -> bytes:
    """Frame a sign of life that ``onmessage`` does not see; it takes the reader's cursor along."""
    return f"id: {cursor}\nevent: ping\ndata: {{}}\n\n".encode()


def opening(cursor: object | None, retry: int) -> bytes:
    """Frame what a stream begins with: a comment that flushes proxies, a hint to retry in ms, and the cursor if any."""
    return f": connected\nretry: {retry}\n{_id(cursor)}\n".encode()


def retry(milliseconds: int) -> bytes:
    """Frame a hint to come back after some milliseconds."""
    return f"retry: {milliseconds}\n\n".encode()


def busy(milliseconds: int) -> bytes:
    """Frame that there is no place now: when to come back, for browsers as ``retry``, for scripts as an event."""
    return f"retry: {milliseconds}\nevent: busy\ndata: {milliseconds}\n\n".encode()


def _id(cursor: object) -> str:
    return "" if cursor is None else f"id: {cursor}\n"


def _data(text: str) -> str:
    if "\n" in text or "\r" in text:
        return "".join(f"data: {line}\n" for line in _LINE_ENDS.split(text))
    return f"data: {text}\n"

"""Pages that show progress."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from typing import Any

from flask import stream_template, stream_with_context


def progressing(template: str, lines: Generator[str], **known: Any) -> Iterator[str]:
    """Stream a page line by line, and end the work when the client has gone."""
    return stream_with_context(_pieces(template, lines, known))


def _pieces(template: str, lines: Generator[str], known: dict[str, Any]) -> Iterator[str]:
    with closing(lines):
        yield from stream_template(template, lines=lines, **known)

"""Reading an export's lines within limits, and verifying that the file is complete before anything in it counts."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from punt.inputs.base import Input, invalid
from punt.inputs.names import NameTwice, each_once
from punt.language import _, number
from punt.transfer.export.layout import FORMAT, VERSION, Header, Row, RowLine, Seal, Trailer
from punt.transfer.refusal import Refusal

LINE = 4_000_000
"""The longest line, in bytes."""
EVERY = 1000

Report = Callable[[int], None]
"""Called now and then with the number of lines read."""
AnInput = TypeVar("AnInput", bound=Input)


@dataclass(frozen=True)
class Limits:
    """What a file may cost, in bytes when unpacked."""

    size: int
    line: int = LINE


def verified(path: Path, limits: Limits, report: Report) -> Header:
    """Read a file once and return its header.

    :raises Refusal: unless it is an export of this version or an older one, complete and unchanged.
    """
    seal, last, number = Seal(), b"", 0
    header: Header | None = None
    for number, line in lines(path, limits):
        header = header or _header(line)
        if last:
            seal.add(last)
        last = line
        if number % EVERY == 0:
            report(number)
    if header is None or number < 2:
        raise Refusal(_("This file holds no export."))
    trailer = _read(Trailer, last, number, "the last line, which closes an export")
    if trailer.sha256 != seal.sha256:
        raise Refusal(_("The file was changed or damaged: its checksum is wrong."))
    if not trailer.rows == header.rows == number - 2:
        raise Refusal(_("The file tells of %(rows)s rows and holds %(counted)s.", rows=header.rows, counted=number - 2))
    return header


def rows(path: Path, limits: Limits) -> Iterator[tuple[int, str, Row]]:
    """Yield each row with its line and its table; only of a file that is verified."""
    previous: tuple[int, bytes] | None = None
    for nth, line in lines(path, limits):
        if previous:
            read = _read(RowLine, previous[1], previous[0], "a row")
            yield previous[0], read.table, read.row
        previous = (nth, line) if nth > 1 else None


def lines(path: Path, limits: Limits) -> Iterator[tuple[int, bytes]]:
    """Yield each line with its number; never more than one of them is unpacked.

    :raises Refusal: when one is too long, all of them are too much, or the file ends early.
    """
    size = 0
    try:
        with gzip.open(path, "rb") as file:
            for nth in count(1):
                line = file.readline(limits.line + 1)
                size += len(line)
                if not line:
                    return
                if len(line) > limits.line:
                    raise Refusal(_("This is longer than %(line)s bytes.", line=number(limits.line)), line=nth)
                if size > limits.size:
                    raise Refusal(
                        _("The file unpacks to more than %(size)s bytes.", size=number(limits.size)), line=nth
                    )
                if not line.endswith(b"\n"):
                    raise Refusal(_("The file ends in the middle of a line."), line=nth)
                yield nth, line
    except gzip.BadGzipFile as error:
        foreign = "Not a gzipped" in str(error) and not size
        raise Refusal(_("This is no export: it is not compressed.") if foreign else _("The file is damaged.")) from None
    except (EOFError, zlib.error):
        raise Refusal(_("The file is damaged, or only a part of it is here.")) from None


def _header(line: bytes) -> Header:
    try:
        told = json.loads(line)
        ours = told["format"] == FORMAT
        version = told["version"]
    except (ValueError, TypeError, KeyError, RecursionError):
        ours, version = False, None
    if not ours or type(version) is not int:
        raise Refusal(_("This is no export of PUNT."), line=1)
    if version > VERSION:
        raise Refusal(
            _(
                "This file is of format %(version)s; this PUNT reads up to %(version2)s. Upgrade PUNT first.",
                version=version,
                version2=VERSION,
            ),
            line=1,
        )
    return _read(Header, line, 1, "header")


def _read(model: type[AnInput], line: bytes, number: int, what: str) -> AnInput:
    try:
        told = json.loads(line, object_pairs_hook=each_once, parse_constant=_no_constant)
    except RecursionError:
        raise Refusal(_("This is nested too deep."), line=number) from None
    except ValueError as error:
        said = str(error) if isinstance(error, NameTwice | _NoNumber) else f"This is not {what}: it is not valid JSON."
        raise Refusal(said, line=number) from None
    try:
        return model.model_validate(told, strict=model is not Header)
    except ValidationError as error:
        wrong = invalid(error).details[0]
        raise Refusal(
            _("This is not %(what)s. %(field)s: %(message)s", what=what, field=wrong.field, message=wrong.message),
            line=number,
        ) from None


class _NoNumber(ValueError):
    """What Python accepts as a JSON number and nobody else does."""


def _no_constant(name: str) -> Any:
    raise _NoNumber(f"{name} is no number.")

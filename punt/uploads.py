"""Files that come with a form."""

from __future__ import annotations

from typing import BinaryIO, cast

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from punt.errors import Invalid, TooLarge


def uploaded(most: int, name: str = "file") -> BinaryIO:
    """Return the file of a form, read into a temporary file as it comes.

    :param most: bytes of the whole request.
    :raises TooLarge: when it is more.
    :raises Invalid: when there is no file.
    """
    request.max_content_length = most
    try:
        file = request.files.get(name)
    except RequestEntityTooLarge:
        raise TooLarge(f"This is too large: at most {most:,} bytes.") from None
    if file is None or not file.filename:
        raise Invalid.field(name, "Choose a file.")
    return cast("BinaryIO", file.stream)

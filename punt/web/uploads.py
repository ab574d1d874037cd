"""Files submitted with a form."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

import gevent
from flask import current_app, request
from werkzeug.exceptions import RequestEntityTooLarge, RequestTimeout

from punt.errors import Invalid, TooLarge
from punt.language import _, number

FIELDS_LIMIT = 256 * 1024
"""Bytes that the fields beside a file may have, and the head of each part."""


def uploaded(most: int, name: str = "file") -> BinaryIO:
    """Return the file of a form, read into a temporary file as it arrives; it may take its time, but has to progress.

    :param most: bytes of the whole request.
    :raises TooLarge: when it is more.
    :raises Invalid: when there is no file.
    """
    if request.mimetype != "multipart/form-data":  # anything else would be read into memory
        raise Invalid.field(name, _("Send a form with a file, as multipart/form-data."))
    request.max_content_length, request.max_form_memory_size = most, FIELDS_LIMIT
    request.environ["wsgi.input"] = _GoingOn(request.environ["wsgi.input"], current_app.config["REQUEST_PATIENCE"])
    try:
        file = request.files.get(name)
    except RequestEntityTooLarge:
        raise TooLarge(_("This is too large: at most %(most)s bytes.", most=number(most))) from None
    if file is None or not file.filename:
        raise Invalid.field(name, _("Choose a file."))
    return cast("BinaryIO", file.stream)


class _GoingOn:
    """A body that is read bit by bit, as long as each bit arrives in time.

    :param patience: seconds for as much as is read at once, which is 64 kB.
    """

    def __init__(self, body: Any, patience: float) -> None:
        self._body, self._patience = body, patience

    def read(self, size: int = -1) -> bytes:
        with gevent.Timeout(self._patience, RequestTimeout):
            return bytes(self._body.read(size))

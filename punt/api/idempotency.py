"""The key by which a client says that it repeats a request."""

from __future__ import annotations

from flask import request

from punt.errors import Invalid
from punt.language import _


def idempotency_key() -> str | None:
    """Return a request's key, if any.

    :raises Invalid: when it is too long or empty.
    """
    key = request.headers.get("Idempotency-Key")
    if key is not None and not 1 <= len(key) <= 200:
        raise Invalid.field("Idempotency-Key", _("Use 1 to 200 characters."))
    return key

"""The key by which a client that asks again says so."""

from __future__ import annotations

from flask import request

from punt.errors import Invalid


def idempotency_key() -> str | None:
    """Return the key that a request shows, if any.

    :raises Invalid: when it is too long or empty.
    """
    key = request.headers.get("Idempotency-Key")
    if key is not None and not 1 <= len(key) <= 200:
        raise Invalid.field("Idempotency-Key", "Use 1 to 200 characters.")
    return key

"""HTTP clients that are made quickly."""

from __future__ import annotations

from functools import cache

import httpx
from httpx._transports import default


def share_certificates() -> None:
    """Let all clients of this process load the certificates once: that takes 20 ms, and no test speaks TLS."""
    default.create_ssl_context = cache(httpx.create_ssl_context)  # type: ignore[attr-defined]

"""Why a stream ends."""

from __future__ import annotations

from enum import Enum


class End(Enum):
    """Why a stream ended."""

    GONE = "client gone"
    SLOW = "client did not read"
    LIFETIME = "lifetime over"
    ACCESS = "access lost"
    DRAINING = "server draining"

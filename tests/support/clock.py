"""A clock that is wrong when a test says so."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest


class Clock:
    """The clock from which this process reads the time of day; durations are still measured correctly."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._ahead, real = 0.0, time.time
        monkeypatch.setattr(time, "time", lambda: real() + self._ahead)

    def set(self, **ahead: float) -> None:
        """Set it ahead of the correct time, or back to it without arguments.

        :param ahead: by how much, as keyword arguments of a timedelta.
        """
        self._ahead = timedelta(**ahead).total_seconds()

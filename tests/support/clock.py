"""A clock that goes wrong when a test says so."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest


class Clock:
    """The clock by which this process tells the time of day; what measures how long something takes is right."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._ahead, real = 0.0, time.time
        monkeypatch.setattr(time, "time", lambda: real() + self._ahead)

    def set(self, **ahead: float) -> None:
        """Set it ahead of the right time, or back to it when nothing is given.

        :param ahead: by how much, as of a timedelta.
        """
        self._ahead = timedelta(**ahead).total_seconds()

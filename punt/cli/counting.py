"""Showing progress."""

from __future__ import annotations

import time

import click

MOMENT = 0.2
"""Seconds between two counts that are shown."""


class Counter:
    """A line on the error output that counts."""

    def __init__(self, what: str) -> None:
        self._what, self._shown, self._at = what, 0, 0.0

    def show(self, count: int) -> None:
        """Show a count, unless the last one was shown only just now."""
        self._shown = count
        if time.monotonic() - self._at >= MOMENT:
            self._at = time.monotonic()
            click.echo(f"\r{count:,} {self._what}", nl=False, err=True)

    def end(self) -> None:
        """Finish the line."""
        if self._at:
            click.echo(f"\r{self._shown:,} {self._what}", err=True)

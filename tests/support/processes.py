"""The processes of a server, from ``/proc``."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.wait import until

GONE = (ProcessLookupError, FileNotFoundError)


def need_leave_to_serve() -> None:
    """Refuse to start a server where ``make check`` runs.

    :raises AssertionError: with what to do.
    """
    assert os.environ.get("PUNT_TEST_SERVERS") != "no", "make check starts no server: mark this test as `serving`"


def children(pid: int) -> list[int]:
    """List the processes that a process started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@contextmanager
def standing_still(pids: Iterable[int]) -> Iterator[None]:
    """Stop processes for a moment; one that is gone is left out."""
    stopped = []
    try:
        for pid in pids:
            stopped.append(pid)
            with suppress(*GONE):
                _stop(pid)
        yield
    finally:
        for pid in stopped:
            with suppress(*GONE):
                os.kill(pid, signal.SIGCONT)


def _stop(pid: int) -> None:
    os.kill(pid, signal.SIGSTOP)
    until(lambda: _state(pid) in "TZX", what=f"{pid} to stand still")


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]

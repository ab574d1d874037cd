"""``flask events tail``: the log of a running server, live in a shell."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from punt.models import Project, User
from tests.support.server import Server

HARB = "/api/projects/HARB"


class Tail:
    """A running ``flask events tail``."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def read(self) -> dict[str, Any]:
        """Read the next line as the JSON object that it is."""
        assert self.process.stdout
        message: dict[str, Any] = json.loads(self.process.stdout.readline())
        return message

    def interrupt(self) -> tuple[int, str]:
        """Press Ctrl-C; return the exit code and what was complained about."""
        self.process.send_signal(signal.SIGINT)
        _, errors = self.process.communicate(timeout=20)
        return self.process.returncode, errors


@contextmanager
def tail(server: Server, alice: httpx.Client, *options: str) -> Iterator[Tail]:
    """Run the command; it is live when it shows something that was written after its start."""
    process = server.run("events", "tail", *options)
    try:
        yield Tail(process)
    finally:
        process.kill()
        process.wait(20)


@pytest.fixture(scope="module")
def alice(running: Server) -> httpx.Client:
    return running.client("alice")

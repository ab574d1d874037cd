"""Processes that have loaded what every process of PUNT loads, and fork one whenever a test needs it.

To load it is nearly all that the start of a server costs, three times over (once to look at the database, once in each
worker), and most of what a command of the shell costs. Whoever judges the start itself starts a server as an operator
does: see ``Server.cold``.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import IO, Any, Protocol

from tests.support.templates import FOLDER

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60
"""Seconds that a command may take."""


class Process(Protocol):
    """What a server needs of its master process, as ``subprocess.Popen`` offers it."""

    pid: int

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, sig: int) -> None: ...


class Forked:
    """A process that was forked: its parent is not this process, but says how it ended.

    :param reports: where its parent tells first its process, then its end.
    """

    def __init__(self, reports: socket.socket) -> None:
        self._reports = reports
        self._status: int | None = None
        self.pid = int(reports.recv(32))

    def poll(self) -> int | None:
        """Return how it ended, or None while it runs."""
        return self._look(0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end."""
        status = self._look(timeout)
        if status is None:
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
        return status

    def send_signal(self, sig: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, sig)

    def _look(self, seconds: float | None) -> int | None:
        if self._status is None:
            self._reports.settimeout(seconds)
            try:
                self._status = int(self._reports.recv(32) or -signal.SIGKILL)
            except (BlockingIOError, TimeoutError):
                return None
            self._reports.close()
        return self._status


class ForkServer:
    """A process that forks, as whoever gives it orders sees it.

    :param kind: what it has loaded: ``gunicorn`` or ``flask``.
    """

    def __init__(self, kind: str) -> None:
        self._orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-m", "tests.support.forking", kind, str(theirs.fileno())]
        environ = {name: os.environ[name] for name in ("PATH", FOLDER) if name in os.environ}
        self._process = subprocess.Popen(command, cwd=ROOT, env=environ, pass_fds=[theirs.fileno()])
        theirs.close()
        atexit.register(self.close)

    def fork(self, arguments: list[str], environ: dict[str, str], *files: IO[Any]) -> Forked:
        """Start a process in a session of its own.

        :param files: its standard input, output and error.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            sent = [theirs.fileno(), *(file.fileno() for file in files)]
            socket.send_fds(self._orders, [json.dumps([arguments, environ]).encode()], sent)
        return Forked(ours)

    def close(self) -> None:
        """End the process that forks; what it has forked goes on."""
        self._orders.close()
        self._process.wait(20)


@cache
def fork_server(kind: str) -> ForkServer:
    """Return the one of this process, which begins when a test first needs it."""
    return ForkServer(kind)


def gunicorn(environ: dict[str, str], log: IO[bytes]) -> Forked:
    """Start a gunicorn whose output goes into a file."""
    with Path(os.devnull).open() as nothing:
        return fork_server("gunicorn").fork(["wsgi:app"], environ, nothing, log, log)


def flask(arguments: list[str], environ: dict[str, str], said: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command of the shell.

    :param said: what it reads from its standard input.
    """
    with (
        tempfile.TemporaryFile("w+") as asked,
        tempfile.TemporaryFile("w+") as out,
        tempfile.TemporaryFile("w+") as err,
    ):
        asked.write(said)
        asked.seek(0)
        process = fork_server("flask").fork(arguments, environ, asked, out, err)
        try:
            status = process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            raise
        return subprocess.CompletedProcess(["flask", *arguments], status, _all_of(out), _all_of(err))


def _all_of(file: IO[str]) -> str:
    file.seek(0)
    return file.read()

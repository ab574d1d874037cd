"""A process that has loaded what every gunicorn of PUNT loads, and forks one whenever a test needs it.

To load it is nearly all that the start of a server costs, three times over: once to look at the database, once in each
worker. Whoever judges the start itself starts a server as an operator does: see ``Server.cold``.
"""

from __future__ import annotations

import array
import atexit
import gc
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import warnings
from functools import cache, partial
from pathlib import Path
from typing import IO, Protocol

ROOT = Path(__file__).resolve().parents[2]
LOADED = (
    "gunicorn.app.wsgiapp",
    "gunicorn.arbiter",
    "gunicorn.workers.ggevent",
    "punt.app",
    "punt.web.connections",
    "sqlalchemy.dialects.sqlite.pysqlite",
    "sqlalchemy.dialects.postgresql.psycopg",
)
PATCHED = ("socket", "dns", "select", "thread", "Event", "ssl", "subprocess", "builtins", "contextvars")
LEFT = ("os", "time", "queue", "signal")
"""What gevent patches before everything is loaded, and what only the worker may, because its master waits with it."""
ORDER = 1 << 16
"""Bytes that an order has at most."""


class Process(Protocol):
    """What a server needs of its master process, as ``subprocess.Popen`` offers it."""

    pid: int

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, sig: int) -> None: ...


class Forked:
    """A server that was forked: its parent is not this process, but says how it ended.

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
            raise subprocess.TimeoutExpired("gunicorn", timeout or 0)
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
    """The process that forks, as whoever gives it orders sees it."""

    def __init__(self) -> None:
        self._orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-m", "tests.support.fork_server", str(theirs.fileno())]
        self._process = subprocess.Popen(command, cwd=ROOT, pass_fds=[theirs.fileno()])
        theirs.close()
        atexit.register(self.close)

    def gunicorn(self, environ: dict[str, str], log: IO[bytes]) -> Forked:
        """Start a gunicorn in a session of its own, whose output goes into a file."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            socket.send_fds(self._orders, [json.dumps(environ).encode()], [theirs.fileno(), log.fileno()])
        return Forked(ours)

    def close(self) -> None:
        """End the process that forks; what it has forked goes on."""
        self._orders.close()
        self._process.wait(20)


@cache
def fork_server() -> ForkServer:
    """Return the one of this process, which begins with the first server that a test needs."""
    return ForkServer()


def _serve_orders(orders: socket.socket) -> None:
    while True:
        order, files = _receive(orders)
        if not order:
            return
        if not os.fork():
            orders.close()
            _attend(json.loads(order), *files)
            return
        for file in files:
            os.close(file)


def _receive(orders: socket.socket) -> tuple[bytes, list[int]]:
    files = array.array("i")
    order, ancillary, _, _ = orders.recvmsg(ORDER, socket.CMSG_LEN(2 * files.itemsize))
    for _, _, sent in ancillary:
        files.frombytes(sent)
    return order, list(files)


def _attend(environ: dict[str, str], reports: int, log: int) -> None:
    """Fork a server, and report how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if not (pid := os.fork()):
        os.close(reports)
        _become_gunicorn(environ, log)
    os.close(log)
    _report(reports, pid)
    _, status = os.waitpid(pid, 0)
    _report(reports, os.waitstatus_to_exitcode(status))
    os._exit(0)


def _report(reports: int, number: int) -> None:
    try:
        os.write(reports, str(number).encode())
    except BrokenPipeError:
        os._exit(0)  # nobody wants to know any more


def _become_gunicorn(environ: dict[str, str], log: int) -> None:
    os.setsid()
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    gc.enable()
    os.environ.clear()
    os.environ.update(environ)
    sys.argv[:] = [importlib.import_module("gunicorn.__main__").__file__ or "", "wsgi:app"]
    importlib.import_module("gunicorn.app.wsgiapp").run(prog="gunicorn")


def _load() -> None:
    """Load all as a worker does: after gevent has patched what it stands on."""
    from gevent import monkey

    monkey.patch_all(**dict.fromkeys(LEFT, False))
    # Patched twice, threading would call gevent's hooks twice at each fork, and they complain.
    monkey.patch_all = partial(monkey.patch_all, **dict.fromkeys(PATCHED, False))
    warnings.filterwarnings("ignore", category=monkey.MonkeyPatchWarning)
    for name in LOADED:
        importlib.import_module(name)
    importlib.import_module("tests.support.templates").share_compiled()
    _count_in_each_process()
    gc.collect()
    gc.freeze()


def _count_in_each_process() -> None:
    """Let what counts take its place anew in each process: it took one, as it was loaded, in the table of this one."""
    from prometheus_client import values

    from punt.events import figures

    counting = [each for each in gc.get_objects() if isinstance(each, values.ValueClass)]

    def take_places() -> None:
        for each in counting:
            each._cell = figures.table.cell(each._key)
            if each._mode:
                each.set(0)

    os.register_at_fork(after_in_child=take_places)


def main() -> None:
    """Fork a server for each order, until whoever gives them is gone."""
    orders = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    _load()
    _serve_orders(orders)


if __name__ == "__main__":
    main()

"""The process that forks gunicorns or commands of the shell: see ``fork_server``."""

from __future__ import annotations

import array
import gc
import importlib
import json
import os
import signal
import socket
import sys
import warnings
from functools import partial
from typing import NoReturn

from tests.support.templates import share_compiled

APP = ("punt.app", "sqlalchemy.dialects.sqlite.pysqlite", "sqlalchemy.dialects.postgresql.psycopg")
LOADED = {
    "gunicorn": (
        *("gunicorn.app.wsgiapp", "gunicorn.arbiter", "gunicorn.workers.ggevent"),
        *(*APP, "punt.web.connections"),
    ),
    "flask": ("flask.cli", *APP, "alembic.command", "alembic.script"),
}
PATCHED = ("socket", "dns", "select", "thread", "Event", "ssl", "subprocess", "builtins", "contextvars")
LEFT = ("os", "time", "queue", "signal")
"""What gevent patches before everything is loaded, and what only the worker may, because its master waits with it."""
ORDER = 1 << 16
"""Bytes that an order has at most."""
FILES = 4
"""Files that come with an order: for reports, and the three standard ones."""


def main(kind: str, orders: int) -> None:
    """Fork a process for each order, until whoever gives them is gone."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    with socket.socket(fileno=orders) as stream:
        _load(kind)
        order = _next_to_fork(stream)
    if not order:
        _leave(SystemExit())
    (arguments, environ), (reports, *files) = json.loads(order[0]), order[1]
    _attend(reports, files)
    _become(kind, arguments, environ, files)


def _load(kind: str) -> None:
    """Load all that it needs, and for a worker as a worker does: after gevent has patched what it stands on."""
    if kind == "gunicorn":
        _patch()
    for name in LOADED[kind]:
        importlib.import_module(name)
    share_compiled()
    _count_in_each_process()
    gc.collect()
    gc.freeze()


def _patch() -> None:
    from gevent import monkey

    monkey.patch_all(**dict.fromkeys(LEFT, False))
    # Patched twice, threading would call gevent's hooks twice at each fork, and they complain.
    monkey.patch_all = partial(monkey.patch_all, **dict.fromkeys(PATCHED, False))
    warnings.filterwarnings("ignore", category=monkey.MonkeyPatchWarning)


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


def _next_to_fork(orders: socket.socket) -> tuple[bytes, list[int]] | None:
    """Fork for each order; return it in the process that was forked, and nothing at the end of all."""
    while True:
        order, files = _receive(orders)
        if not order:
            return None
        if not os.fork():
            return order, files
        for file in files:
            os.close(file)


def _receive(orders: socket.socket) -> tuple[bytes, list[int]]:
    files = array.array("i")
    order, ancillary, _, _ = orders.recvmsg(ORDER, socket.CMSG_LEN(FILES * files.itemsize))
    for _, _, sent in ancillary:
        files.frombytes(sent)
    return order, list(files)


def _attend(reports: int, files: list[int]) -> None:
    """Fork once more: return in the child, and report the child's beginning and end in this process."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if pid := os.fork():
        for file in files:
            os.close(file)
        _report(reports, pid)
        _, status = os.waitpid(pid, 0)
        _report(reports, os.waitstatus_to_exitcode(status))
        os._exit(0)
    os.close(reports)


def _report(reports: int, number: int) -> None:
    try:
        os.write(reports, str(number).encode())
    except BrokenPipeError:
        os._exit(0)  # nobody wants to know any more


def _become(kind: str, arguments: list[str], environ: dict[str, str], files: list[int]) -> NoReturn:
    os.setsid()
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    gc.enable()
    os.environ.clear()
    os.environ.update(environ)
    sys.argv[:] = [f"{importlib.import_module(kind).__path__[0]}/__main__.py", *arguments]
    if kind == "gunicorn":
        _run_gunicorn()
    importlib.import_module("flask.cli").main()
    sys.exit()


def _run_gunicorn() -> None:
    """Run a gunicorn: what comes back from it is its master and, each in a process of its own, its workers."""
    try:
        importlib.import_module("gunicorn.app.wsgiapp").run(prog="gunicorn")
    except SystemExit as end:
        _leave(end)


def _leave(end: SystemExit) -> NoReturn:
    """End as Python does, but at once: what gevent has patched may be gone before the last of Python needs it."""
    if not isinstance(end.code, int | None):
        print(end.code, file=sys.stderr)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(int(end.code or 0) if isinstance(end.code, int | None) else 1)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

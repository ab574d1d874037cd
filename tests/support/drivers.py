"""The programs that drive a browser, and a screen for one that needs it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.server import free_port
from tests.support.wait import until

SECONDS = 60


@contextmanager
def driven(driver: str, folder: Path, **environ: str) -> Iterator[str]:
    """Run a driver, and give its address."""
    port = free_port()
    with running([driver, f"--port={port}"], folder, environ):
        until(lambda: _listens(port), seconds=SECONDS, what=f"{driver} to answer")
        yield f"http://127.0.0.1:{port}"


@contextmanager
def screen(xvfb: str, folder: Path) -> Iterator[str]:
    """Run an X server that shows nothing, and give its name."""
    reader, writer = os.pipe()
    command = [xvfb, "-displayfd", str(writer), "-screen", "0", "1440x1000x24", "-nolisten", "tcp"]
    with os.fdopen(reader) as name, running(command, folder, pass_fds=(writer,)):
        os.close(writer)
        yield f":{name.readline().strip()}"


@contextmanager
def running(
    command: list[str], folder: Path, environ: dict[str, str] | None = None, pass_fds: tuple[int, ...] = ()
) -> Iterator[None]:
    """Run a program with all that it starts, at home in a folder."""
    home = os.environ | {"HOME": str(folder), "NO_AT_BRIDGE": "1", "GSETTINGS_BACKEND": "memory"} | (environ or {})
    with (folder / "output").open("ab") as output:
        process = subprocess.Popen(
            command, env=home, stdout=output, stderr=output, start_new_session=True, pass_fds=pass_fds
        )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0

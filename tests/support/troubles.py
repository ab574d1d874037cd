"""What ends a server's streams: operators who restart or reload it, and workers that die."""

from __future__ import annotations

import os
import random
import signal

from tests.support.server import Server


def restart(server: Server) -> None:
    """Stop it as an operator does, and start it again."""
    server.stop()
    server.start()


def reload(server: Server) -> None:
    """Let the master replace its workers."""
    server.signal(signal.SIGHUP)


def kill_one(server: Server) -> None:
    """Kill one worker, if there is one at the moment."""
    if workers := server.worker_ids():
        os.kill(random.choice(workers), signal.SIGKILL)


def kill_all(server: Server) -> None:
    """Kill every worker."""
    for worker in server.worker_ids():
        os.kill(worker, signal.SIGKILL)

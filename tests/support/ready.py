"""Asking every worker of a server whether it is ready."""

from __future__ import annotations

from typing import Any

import httpx

from tests.support import processes
from tests.support.server import Server
from tests.support.wait import until


def wait_until_every_worker_is_ready(server: Server, *, seconds: float = 5) -> None:
    """Return when each of the present workers has answered that it is ready."""
    ready = set[int]()

    def all_are() -> bool:
        worker, status, _ = ask_one(server)
        (ready.add if status == 200 else ready.discard)(worker)
        return ready >= set(server.worker_ids())

    until(all_are, seconds=seconds, what=f"{server.worker_ids()} to be ready")


def ask_one(server: Server) -> tuple[int, int, Any]:
    """Ask whichever worker answers; return its process, the status and what it said."""
    with httpx.Client(base_url=server.url, timeout=10) as client, client.stream("GET", "/readyz") as answer:
        port = answer.extensions["network_stream"].get_extra_info("client_addr")[1]
        socket = processes.socket_between(server.port, port)
        workers = [worker for worker in server.worker_ids() if socket and processes.holds(worker, socket)]
        answer.read()
        return (workers or [0])[0], answer.status_code, answer.json()

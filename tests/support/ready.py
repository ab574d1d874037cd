"""Asking every worker of a server whether it is ready."""

from __future__ import annotations

from typing import Any

import httpx

from tests.support import processes
from tests.support.server import Server
from tests.support.wait import until


def wait_until_every_worker_is_ready(server: Server, *, seconds: float = 5) -> None:
    """Return when each of the present workers has answered that it is ready."""
    wait_until_every_worker_answers(server, 200, seconds=seconds)


def wait_until_every_worker_answers(server: Server, status: int, *, seconds: float = 5) -> Any:
    """Return what one of the workers said, once each of the present ones answers with a status."""
    said = dict[int, Any]()

    def all_have() -> bool:
        worker, answered, found = ask_one(server)
        said.pop(worker, None)
        if answered == status:
            said[worker] = found
        return said.keys() >= set(server.worker_ids())

    until(all_have, seconds=seconds, what=f"{server.worker_ids()} to answer {status}")
    return next(iter(said.values()))


def ask_one(server: Server) -> tuple[int, int, Any]:
    """Ask whichever worker answers; return its process, the status and what it said."""
    with httpx.Client(base_url=server.url, timeout=10) as client, client.stream("GET", "/readyz") as answer:
        port = answer.extensions["network_stream"].get_extra_info("client_addr")[1]
        socket = processes.socket_between(server.port, port)
        workers = [worker for worker in server.worker_ids() if socket and processes.holds(worker, socket)]
        answer.read()
        return (workers or [0])[0], answer.status_code, answer.json()

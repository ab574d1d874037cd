"""Asking every worker of a server whether it is ready."""

from __future__ import annotations

from typing import Any

import httpx

from tests.support.server import Server
from tests.support.wait import until


def wait_until_every_worker_is_ready(server: Server, *, seconds: float = 5) -> None:
    """Return when each of the present workers has answered that it is ready."""
    wait_until_every_worker_answers(server, 200, seconds=seconds)


def wait_until_every_worker_answers(server: Server, status: int, *, seconds: float = 5) -> Any:
    """Return what one of the workers said, once each of the present ones answers with a status."""
    said = dict[int, Any]()

    def all_have() -> bool:
        workers = server.worker_ids()
        for worker in workers:
            with server.leaving_to(worker):
                answer = ask_one(server)
            said[worker] = answer.json() if answer.status_code == status else None
        return all(said[worker] for worker in workers)

    until(all_have, seconds=seconds, what=f"{server.worker_ids()} to answer {status}")
    return next(iter(said.values()))


def ask_one(server: Server) -> httpx.Response:
    """Ask whichever worker answers."""
    return httpx.get(f"{server.url}/readyz", timeout=10)

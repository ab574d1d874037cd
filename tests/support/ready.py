"""Asking every worker of a server whether it is ready."""

from __future__ import annotations

from typing import Any

import httpx

from tests.support.server import Server
from tests.support.wait import until


def wait_until_every_worker_is_ready(server: Server, *, seconds: float = 20) -> None:
    """Return when each of the current workers has reported that it is ready."""
    wait_until_every_worker_answers(server, 200, seconds=seconds)


def wait_until_every_worker_answers(server: Server, status: int, *, seconds: float = 20) -> Any:
    """Return the response of one of the workers, once each of the current ones responds with a status."""

    def all_have() -> Any:
        answers = [_ask(server, worker) for worker in server.worker_ids()]
        return {answer.status_code for answer in answers} == {status} and answers[0].json()

    return until(all_have, seconds=seconds, what=f"{server.worker_ids()} to answer {status}")


def ask_one(server: Server) -> httpx.Response:
    """Ask whichever worker responds."""
    return httpx.get(f"{server.url}/readyz", timeout=10)


def _ask(server: Server, worker: int) -> httpx.Response:
    with server.leaving_to(worker):
        return ask_one(server)

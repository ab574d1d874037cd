"""Rate limits, exact across workers: ``spend((f"register address {address}", 20), seconds=3600)``."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv6Address, IPv6Network, ip_address

from flask import current_app, g, request

from punt.database import end_read, writing
from punt.errors import Busy, TooMany
from punt.models import RateCounter

LINE = 400
"""Attempts of strangers that one worker handles or lets wait; more would take all connections, and are turned away."""

_line = threading.BoundedSemaphore(LINE)
_turn = threading.Semaphore()
"""One worker counts one attempt at a time, so that people's writes wait for at most one, however many there are."""


@contextmanager
def in_line() -> Iterator[None]:
    """Queue with other attempts of strangers; also a decorator.

    :raises Busy: when the queue is full; nothing is counted then.
    """
    if not _line.acquire(blocking=False):
        raise Busy
    try:
        yield
    finally:
        _line.release()


def spend(*tries: tuple[str, int], seconds: int) -> None:
    """Count an attempt before it is made, so that concurrent attempts cannot slip through.

    Call it outside any transaction; once a limit is used up, an attempt costs a read and no write.

    :param tries: what is limited and for whom, with the number of attempts.
    :param seconds: the length of a window.
    :raises TooMany: with the seconds to wait, which become the response's ``Retry-After``.
    """
    if not current_app.config["RATE_LIMITS"]:
        return
    with _telling_when():
        RateCounter.refuse_spent(tries, seconds=seconds)
        end_read()
        with _turn:
            RateCounter.refuse_spent(tries, seconds=seconds)  # others may have used it up meanwhile
            end_read()
            with writing():
                for name, limit in tries:
                    RateCounter.count(name, limit=limit, seconds=seconds)


def spend_within(name: str, limit: int, *, seconds: int) -> None:
    """Count something in the transaction that does it, which is rolled back if the limit is used up.

    :raises TooMany: when it is.
    """
    if current_app.config["RATE_LIMITS"]:
        with _telling_when():
            RateCounter.count(name, limit=limit, seconds=seconds)


def caller() -> str:
    """Return where a request comes from; for IPv6 the network, because one client there has 2 to the 64 addresses."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:  # a Unix socket has none
        return "nowhere"
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or IPv6Network((address, 64), strict=False))
    return str(address)


@contextmanager
def _telling_when() -> Iterator[None]:
    """Let the response say when to try again, whether it is JSON or a page with a form."""
    try:
        yield
    except TooMany as problem:
        g.retry_after = problem.seconds
        raise

"""Limits on tries, exact across workers: ``spend((f"register address {address}", 20), seconds=3600)``."""

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
"""Tries of strangers that one worker looks at or lets wait; more are sent away, or they would take all connections."""

_line = threading.BoundedSemaphore(LINE)
_turn = threading.Semaphore()
"""One worker counts one try at a time, so that people's writes wait for one at the most, however many there are."""


@contextmanager
def in_line() -> Iterator[None]:
    """Stand in line with other tries of strangers; also a decorator.

    :raises Busy: when the line is too long; nothing is counted then.
    """
    if not _line.acquire(blocking=False):
        raise Busy
    try:
        yield
    finally:
        _line.release()


def spend(*tries: tuple[str, int], seconds: int) -> None:
    """Count a try before it is made, so that tries at the same time cannot slip through.

    Called outside any transaction; where a limit is used up a try costs a read and no write.

    :param tries: what is limited and for whom, with how many tries it has.
    :param seconds: the length of a window.
    :raises TooMany: with the seconds to wait, which the answer's ``Retry-After`` tells.
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
    """Count something in the transaction that does it, which is undone where the limit is used up.

    :raises TooMany: when it is.
    """
    if current_app.config["RATE_LIMITS"]:
        with _telling_when():
            RateCounter.count(name, limit=limit, seconds=seconds)


def caller() -> str:
    """Say where a request comes from; of IPv6 the network, for whoever has one address there has 2 to the 64."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:  # a socket in the file system has none
        return "nowhere"
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or IPv6Network((address, 64), strict=False))
    return str(address)


@contextmanager
def _telling_when() -> Iterator[None]:
    """Let the answer say when to try again, be it JSON or a page with a form."""
    try:
        yield
    except TooMany as problem:
        g.retry_after = problem.seconds
        raise

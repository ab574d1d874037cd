"""Limits on tries, exact across workers: ``spend((f"register address {address}", 20), seconds=3600)``."""

from __future__ import annotations

from flask import current_app

from punt.database import end_read, writing
from punt.models import RateCounter


def spend(*tries: tuple[str, int], seconds: int) -> None:
    """Count a try before it is made, so that tries at the same time cannot slip through.

    Called outside any transaction; whoever has used up a limit costs one read and no write.

    :param tries: what is limited and for whom, with how many tries it has.
    :param seconds: the length of a window.
    :raises TooMany: with the seconds to wait, which the answer's ``Retry-After`` tells.
    """
    if not current_app.config["RATE_LIMITS"]:
        return
    for name, limit in tries:
        RateCounter.refuse_spent(name, limit=limit)
    end_read()
    with writing():
        RateCounter.sweep()
        for name, limit in tries:
            RateCounter.count(name, limit=limit, seconds=seconds)

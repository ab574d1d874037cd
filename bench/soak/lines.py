"""Clients on slow lines catch up while the server is restarted, reloaded and its workers killed."""

from __future__ import annotations

import random
import time

import httpx

from bench.soak.ground import STREAM, Ground
from tests.support.audience import Audience
from tests.support.audit import misheard
from tests.support.troubles import kill_one, reload, restart

MISSED, TROUBLES = 3000, 20
SHORTEST, LONGEST = 100, 40_000
"""Characters of the missed tickets."""
SLOWEST, FASTEST, CLIENTS = 50_000, 800_000, 20
"""Bytes a second of the clients' lines."""
PATIENCE = 1200


def run(place: Ground) -> None:
    """Let everybody miss a lot, and cause trouble while they catch up."""
    cursor = place.head()
    size = miss(place.alice, MISSED)
    slowest = size / SLOWEST
    print(f"  {MISSED} events missed, {size / 1e6:.0f} MB: {slowest:.0f} s on the slowest line")
    with Audience(place.bob, STREAM, CLIENTS, cursor=cursor, paces=lines(CLIENTS)) as audience:
        for trouble in random.choices([restart, reload, kill_one], k=TROUBLES):
            time.sleep(slowest / TROUBLES)
            trouble(place.server)
        audience.wait_until_at(place.head(), seconds=PATIENCE)
    print(f"  {sum(ear.answers.total() for ear in audience.ears)} streams were opened")
    place.fault(*misheard(place.server, audience))


def lines(count: int) -> list[float]:
    """Return so many paces, from the slowest to the fastest, in equal ratios."""
    return [SLOWEST * (FASTEST / SLOWEST) ** (nth / (count - 1)) for nth in range(count)]


def miss(client: httpx.Client, count: int) -> int:
    """Create tickets of very different lengths, and return roughly how many bytes their events have."""
    size = 0
    for nth in range(count):
        length = int(SHORTEST * (LONGEST / SHORTEST) ** random.random())
        client.post("/api/projects/HARB/tickets", json={"title": f"{nth}", "description": "x" * length})
        size += length + 700
    return size

"""Run attacks, each beside a reader of another project, and judge how long the reader waited."""

from __future__ import annotations

import argparse
import sys
import threading
import time
from contextlib import closing

import httpx

from bench.attacks import bodies, heavy, search, sockets  # noqa: F401 - they add their attacks
from bench.attacks.ground import Ground, ground
from bench.attacks.reader import Reader, worst
from bench.attacks.registry import ATTACKS, Attack
from bench.figures import percentile

MOST_MS, MOST_MB = 250, 250
QUIET_SECONDS = 5
PATIENCE = 60
"""Seconds that an attacker waits for a response."""


def main() -> int:
    """Print a line for each attack; return 1 when the reader waited too long or a worker grew too large."""
    parser = argparse.ArgumentParser(prog="python -m bench.attacks", description=main.__doc__)
    parser.add_argument("attacks", nargs="*", metavar="NAME", help=", ".join(ATTACKS))
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--seconds", type=float, default=10)
    asked = parser.parse_args()
    if unknown := set(asked.attacks) - ATTACKS.keys():
        parser.error(f"no such attack: {', '.join(sorted(unknown))}")
    print(f"== attacks on {'PostgreSQL' if asked.postgres else 'SQLite'}, {asked.seconds:g} s each, 2 workers")
    print(f"{'':24} reader's p99 ms: quiet  beside  worst | peak MB | answers")
    kept = [_run(ATTACKS[name], asked.seconds, postgres=asked.postgres) for name in asked.attacks or ATTACKS]
    print(f"promised: p99 under {MOST_MS} ms, a worker under {MOST_MB} MB: {'kept' if all(kept) else 'BROKEN'}")
    return int(not all(kept))


def _run(attack: Attack, seconds: float, *, postgres: bool) -> bool:
    """Measure without load, then beside the attack; tell whether the promises were kept."""
    with ground(postgres=postgres) as place:
        attack.prepare(place)
        with Reader(place) as quiet:
            time.sleep(QUIET_SECONDS)
        place.forget_peaks()
        with Reader(place) as beside:
            _attack(attack, place, seconds)
        before, p99, peak = percentile(quiet.delays, 99), percentile(beside.delays, 99), place.peak()
    failed = [*quiet.failures, *beside.failures]
    kept = p99 < MOST_MS and peak < MOST_MB and not failed
    print(
        f"{attack.name:24} {before:22.0f} {p99:7.0f} {worst(beside.delays):6.0f} | {peak:7.0f} | "
        f"{dict(place.answers)}{f'; the reader got {set(failed)}' if failed else ''}{'' if kept else '  BROKEN'}",
        flush=True,
    )
    return kept


def _attack(attack: Attack, place: Ground, seconds: float) -> None:
    """Let all attackers act until the time is over, and stop them."""
    with closing(place.server.client("alice")) as alice:
        cookies = dict(alice.cookies)
    attackers = [
        threading.Thread(target=_act, args=(attack, place, cookies, nth), daemon=True)
        for nth in range(attack.attackers)
    ]
    for attacker in attackers:
        attacker.start()
    time.sleep(seconds)
    place.over.set()
    for attacker in attackers:
        attacker.join(PATIENCE)


def _act(attack: Attack, place: Ground, cookies: dict[str, str], nth: int) -> None:
    with httpx.Client(base_url=place.server.url, cookies=cookies, timeout=PATIENCE) as client:
        while not place.over.is_set():
            attack.act(place, client, nth)


if __name__ == "__main__":
    sys.exit(main())

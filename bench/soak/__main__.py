"""Run storms one after another and say which promises were broken: ``python -m bench.soak --help``."""

from __future__ import annotations

import argparse
import sys
import time

from bench.soak import full_disk, kills, lines, outages, replay, restart, rivals, slow, steady
from bench.soak.ground import Ground, ground
from tests.support.audit import broken_rules

STORMS = {
    "kills": kills.run,
    "outages": outages.run,
    "restart": restart.run,
    "slow": slow.run,
    "replay": replay.run,
    "lines": lines.run,
    "rivals": rivals.run,
    "disk": full_disk.run,
}


def main() -> None:
    """Run the named storms, or all, and spend the rest of the minutes on the steady run."""
    asked = _arguments()
    ends = time.monotonic() + asked.minutes * 60
    broken: list[str] = []
    for name in asked.storms or (*STORMS, "steady"):
        with ground(name, postgres=asked.postgres) as place:
            _run(name, place, max(ends - time.monotonic(), steady.SHORTEST))
            broken += [f"{name}: {fault}" for fault in place.broken]
    print("== " + (f"{len(broken)} promises broken" if broken else "every promise kept"))
    print(*(f"  {fault}" for fault in broken), sep="\n")
    sys.exit(bool(broken))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("storms", nargs="*", metavar="STORM", help=f"{', '.join(STORMS)} or steady; all by default")
    parser.add_argument("--minutes", type=float, default=10, help="in all; the storms take about five")
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL instead of SQLite")
    asked = parser.parse_args()
    if unknown := set(asked.storms) - {*STORMS, "steady"}:
        parser.error(f"no such storm: {', '.join(unknown)}")
    return asked


def _run(name: str, place: Ground, seconds: float) -> None:
    began = time.monotonic()
    if name == "steady":
        steady.run(place, seconds)
    else:
        STORMS[name](place)
    place.fault(*broken_rules(place.server))
    print(f"  took {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()

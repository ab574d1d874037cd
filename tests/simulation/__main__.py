"""Play as many seeds as you like, or one again: ``python -m tests.simulation --help``."""

from __future__ import annotations

import argparse
import time

from tests.simulation.world import play


def main() -> None:
    """Play seeds one after another, and stop at the first that breaks a promise."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=100_000, help="how many")
    parser.add_argument("--first", type=int, default=0, help="the first of them; with --seeds 1, the one to replay")
    asked = parser.parse_args()
    began = time.monotonic()
    for seed in range(asked.first, asked.first + asked.seeds):
        play(seed)
        if seed % 1000 == 999:
            print(f"{seed + 1 - asked.first} seeds, {time.monotonic() - began:.0f} s", flush=True)
    print(f"{asked.seeds} seeds, every promise kept")


if __name__ == "__main__":
    main()

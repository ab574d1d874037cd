"""Installing what the tests need from the distribution, where that is possible."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable

NONE = subprocess.DEVNULL
PATIENCE = 600
"""Seconds that one command may take: a mirror that does not respond must not delay the tests for ever."""


def apt(*packages: str) -> list[list[str]]:
    """List the commands that install packages of Debian or Ubuntu; none on other systems."""
    if not shutil.which("apt-get"):
        return []
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    get = [*root, "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120"]
    return [[*get, "update"], [*get, "install", "-y", "--no-install-recommends", *packages]]


def attempt(commands: list[list[str]], done: Callable[[], bool]) -> None:
    """Run one command after the other until the goal is reached; if one fails, the next is tried."""
    for command in commands:
        print("   " + " ".join(command), flush=True)
        try:
            subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=PATIENCE, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            print(f"   {error}")
        if done():
            return

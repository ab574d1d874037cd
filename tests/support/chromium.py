"""Finding the browser of the tests, or getting one: ``python -m tests.support.chromium``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HELP = """\
The tests need Chromium and it could not be installed here. Do one of these:
  - install it from your distribution (Debian, Ubuntu: apt install chromium) so that it is on PATH,
  - or run: .venv/bin/playwright install --with-deps chromium
  - or point PUNT_TEST_CHROMIUM at a Chromium or Chrome,
  - or leave the browser tests out: make test BROWSER=no
"""


def find() -> str | None:
    """Return the path of a Chromium: the one named, Playwright's own, or one on PATH."""
    named = os.environ.get("PUNT_TEST_CHROMIUM")
    return named or _playwrights() or next(filter(None, map(shutil.which, NAMES)), None)


def _playwrights() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def main() -> None:
    """Make sure that there is a browser, or say how to get one and fail."""
    if not find():
        print("== installing Chromium for the tests")
        for command in _ways():
            print("   " + " ".join(command), flush=True)
            done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
            if done.returncode == 0 and find():
                break
    if not find():
        sys.exit(HELP)
    print(f"== browser: {find()}")


def _ways() -> list[list[str]]:
    ways = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if shutil.which("apt-get"):
        root = [] if os.geteuid() == 0 else ["sudo", "-n"]
        ways.append([*root, "apt-get", "update", "-qq"])
        ways.append([*root, "apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"])
    return ways


if __name__ == "__main__":
    main()

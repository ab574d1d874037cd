"""Finding the browser of the tests, or installing one: ``python -m tests.support.chromium``."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from tests.support.packages import apt, attempt

SHELL = "chromium-headless-shell"
"""Chromium without the windows around its pages: a page opens in a fifth of the processor time."""
WHOLE = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HELP = """\
The tests need Chromium and it could not be installed here. Do one of these:
  - install it from your distribution (Debian, Ubuntu: apt install chromium) so that it is on PATH,
  - or run: .venv/bin/playwright install --with-deps chromium
  - or point PUNT_TEST_CHROMIUM at a Chromium or Chrome,
  - or leave the browser tests out: make test BROWSER=no
"""


def find() -> str | None:
    """Return the path of a Chromium for most tests: the configured one, Playwright's own, or one on PATH."""
    return _chosen() or shutil.which(SHELL) or find_whole()


def find_whole() -> str | None:
    """Return the path of one that freezes pages and has a back/forward cache, as people's browsers do."""
    return _chosen() or next(filter(None, map(shutil.which, WHOLE)), None)


def _chosen() -> str | None:
    return os.environ.get("PUNT_TEST_CHROMIUM") or _playwrights()


def _playwrights() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def main() -> None:
    """Make sure that there is a browser, or say how to get one and fail."""
    if not (_chosen() or (shutil.which(SHELL) and find_whole())):
        print("== installing Chromium for the tests")
        attempt(apt(SHELL, "chromium"), lambda: bool(shutil.which(SHELL) and find_whole()))
    if not find_whole():
        playwrights = [sys.executable, "-m", "playwright", "install", "chromium"]
        attempt([playwrights, *apt("chromium")], lambda: bool(find_whole()))
    if not find_whole():
        sys.exit(HELP)
    print(f"== browser: {find()}")


if __name__ == "__main__":
    main()

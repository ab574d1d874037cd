"""Names of browsers."""

from __future__ import annotations

import pytest

from punt.services.user_agents import called

MOZILLA = "Mozilla/5.0"
KHTML = "AppleWebKit/537.36 (KHTML, like Gecko)"
NAMES = {
    f"{MOZILLA} (X11; Linux x86_64) {KHTML} Chrome/126.0 Safari/537.36": "Chrome on Linux",
    f"{MOZILLA} (X11; Linux x86_64) {KHTML} HeadlessChrome/126.0 Safari/537.36": "Chrome on Linux",
    f"{MOZILLA} (X11; Linux x86_64) {KHTML} Ubuntu Chromium/126.0 Chrome/126.0 Safari/537.36": "Chromium on Linux",
    f"{MOZILLA} (X11; CrOS x86_64 14541.0.0) {KHTML} Chrome/126.0 Safari/537.36": "Chrome on ChromeOS",
    f"{MOZILLA} (Windows NT 10.0; Win64; x64) {KHTML} Chrome/126.0 Safari/537.36 Edg/126.0": "Edge on Windows",
    f"{MOZILLA} (Windows NT 10.0; Win64; x64) {KHTML} Chrome/126.0 Safari/537.36 OPR/112.0": "Opera on Windows",
    f"{MOZILLA} (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0": "Firefox on Windows",
    f"{MOZILLA} (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0": "Firefox on Android",
    f"{MOZILLA} (Linux; Android 14; K) {KHTML} SamsungBrowser/25.0 Chrome/121.0 Mobile Safari/537.36": (
        "Samsung Internet on Android"
    ),
    f"{MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) {KHTML} Version/17.5 Safari/605.1.15": "Safari on macOS",
    f"{MOZILLA} (iPhone; CPU iPhone OS 17_5 like Mac OS X) {KHTML} Version/17.5 Mobile/15E148 Safari/604.1": (
        "Safari on iPhone"
    ),
    f"{MOZILLA} (iPad; CPU OS 17_5 like Mac OS X) {KHTML} CriOS/126.0 Mobile/15E148 Safari/604.1": "Chrome on iPad",
    "curl/8.5.0": "curl",
    "python-requests/2.32": "Python",
    "python-httpx/0.27.0": "Python",
    f"{MOZILLA} (X11; Linux x86_64) Something/1.0": "A browser on Linux",
    "<script>alert(1)</script>": "Unknown browser",
    "x" * 100_000 + " Firefox/1 (Linux)": "Unknown browser",
    "": "Unknown browser",
}


@pytest.mark.parametrize("text", NAMES, ids=list(NAMES.values()))
def test_a_browser_is_called_by_its_name_and_system(text: str) -> None:
    assert called(text) == NAMES[text]


def test_a_client_that_says_nothing_is_unknown() -> None:
    assert called(None) == "Unknown browser"

"""A browser's name in a few words: "Firefox on Linux"."""

from __future__ import annotations

import re

from punt.language import later

BROWSERS = {
    "Edge": r"\bEdg(?:e|A|iOS)?/",
    "Opera": r"\bOPR/",
    "Samsung Internet": r"\bSamsungBrowser/",
    "Vivaldi": r"\bVivaldi/",
    "Firefox": r"\b(?:Firefox|FxiOS)/",
    "Chromium": r"\bChromium/",
    "Chrome": r"\b(?:Headless)?(?:Chrome|CriOS)/",
    "Safari": r"\bVersion/.*\bSafari/",
    "curl": r"^curl/",
    "HTTPie": r"^HTTPie/",
    "Python": r"^python-|^Python/|^aiohttp/",
}
SYSTEMS = {
    "iPhone": r"\biPhone\b",
    "iPad": r"\biPad\b",
    "Android": r"\bAndroid\b",
    "Windows": r"\bWindows\b",
    "macOS": r"\bMacintosh\b",
    "ChromeOS": r"\bCrOS\b",
    "Linux": r"\bLinux\b|\bX11\b",
}
"""Most claim to be several others, too: the first match counts."""
SOME, UNKNOWN = later("A browser"), later("Unknown browser")
LONGEST = 500
"""Characters of it that are examined."""


def called(user_agent: str | None) -> str:
    """Name the browser and the system of a ``User-Agent``; nothing else of it is stored."""
    text = (user_agent or "")[:LONGEST]
    browser, system = _first(BROWSERS, text), _first(SYSTEMS, text)
    if browser and system:
        return f"{browser} on {system}"
    return browser or (f"{SOME} on {system}" if system else UNKNOWN)


def _first(names: dict[str, str], text: str) -> str | None:
    return next((name for name, pattern in names.items() if re.search(pattern, text)), None)

"""What every template knows: who is looking, and how to write names, days and moments."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from flask import Flask, g
from flask_login import current_user

from punt.database import now
from punt.events.pipeline import pipeline
from punt.heavy.slices import breathing
from punt.models import SiteSetting, wire
from punt.models.site import Site
from punt.models.texts import key_of
from punt.pages.theme import theme

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SOON = 2
DONE = frozenset({"done", "complete", "completed", "closed", "resolved", "finished"})


def init_app(app: Flask) -> None:
    """Give the templates of an app their globals and filters."""
    app.context_processor(
        lambda: {"me": me(), "theme": theme(), "site": site(), "keepalive": pipeline().settings.stream_keepalive}
    )
    app.jinja_env.filters.update(
        initials=initials,
        ink_on=ink_on,
        day=day,
        due_state=due_state,
        due_text=due_text,
        when=when,
        units=units,
        is_done=is_done,
        breathing=breathing,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def me() -> dict[str, Any] | None:
    """Return who is looking, or None."""
    return wire.own_user(current_user.user) if current_user.is_authenticated else None


def site() -> Site:
    """Return what admins have decided, as it is now; while the database is away, what is so by default."""
    return Site() if g.get("database_away") else SiteSetting.site()


def units(characters: int) -> int:
    """Say up to how many UTF-16 units so many characters have: browsers count those, PUNT counts characters."""
    return 2 * characters


def initials(name: str) -> str:
    """Shorten a name to two letters: of its first and last word, or of its only one."""
    words = name.split() or ["?"]
    return (words[0][0] + words[-1][0] if len(words) > 1 else words[0][:2]).upper()


def ink_on(color: str) -> str:
    """Choose the text colour that reads best on a background.

    Source: relative luminance and contrast of WCAG 2.2; 0.18 is where black and white contrast alike.
    """
    red, green, blue = (_linear(int(color[start : start + 2], 16) / 255) for start in (1, 3, 5))
    return "#fff" if 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.18 else "#111418"


def day(iso: str) -> str:
    """Write a date shortly: ``3 Dec``, with the year when it is not this one."""
    moment = date.fromisoformat(iso)
    year = "" if moment.year == now().year else f" {moment.year}"
    return f"{moment.day} {MONTHS[moment.month - 1]}{year}"


def due_state(iso: str, done: bool = False) -> str:
    """Sort a due date: ``late``, ``today``, ``soon`` or ``later``; what is done cannot be late any more."""
    left = SOON + 1 if done else _days_from(now().date(), iso)
    return "late" if left < 0 else "today" if left == 0 else "soon" if left <= SOON else "later"


def due_text(iso: str, done: bool = False) -> str:
    """Write a due date as one says it; of what is done, the plain day."""
    left = SOON + 1 if done else _days_from(now().date(), iso)
    if left < 0:
        return f"{-left} day{'s' if left < -1 else ''} late"
    return {0: "Today", 1: "Tomorrow"}.get(left) or day(iso)


def is_done(column: str) -> bool:
    """Tell by its name whether work in a column is over."""
    return key_of(column) in DONE


def when(iso: str) -> str:
    """Write a moment: ``23 Nov 2026, 14:05 UTC``."""
    moment = datetime.fromisoformat(iso)
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}, {moment:%H:%M} UTC"


@lru_cache(maxsize=4096)
def _days_from(today: date, iso: str) -> int:
    return (date.fromisoformat(iso) - today).days


def _linear(channel: float) -> float:
    return float(channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4)

"""What every template knows: the current user, and how to write names, dates and times."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from flask import Flask, g
from flask_login import current_user
from markupsafe import Markup

from punt import language
from punt.database import now
from punt.events.pipeline import pipeline
from punt.heavy.slices import breathing
from punt.language import _, later, plural
from punt.models import SiteSetting, wire
from punt.models.site import Site
from punt.models.texts import key_of
from punt.pages.theme import theme

SOON = 2
WORDS = (
    *(later("Task"), later("Story"), later("Epic"), later("Bug"), later("Subtask")),
    *(later("Lowest"), later("Low"), later("Medium"), later("High"), later("Highest"), later("Critical")),
    *(later("Owner"), later("Admin"), later("Member"), later("Viewer")),
    *(later("ticket"), later("column"), later("label"), later("project"), later("member"), later("user")),
    *(later("session"), later("token"), later("setting"), later("import"), later("database")),
)
"""Values that are shown in the language of who looks, and kept in English."""
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
        stamp=stamp,
        called=called,
        browser=browser,
        word=language.gettext,
        spoken=spoken,
        units=units,
        is_done=is_done,
        breathing=breathing,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def me() -> dict[str, Any] | None:
    """Return the current user, or None."""
    return wire.own_user(current_user.user) if current_user.is_authenticated else None


def site() -> Site:
    """Return the site's current settings; while the database is down, the defaults."""
    return Site() if g.get("database_away") else SiteSetting.site()


def units(characters: int) -> int:
    """Return the maximum number of UTF-16 units of so many characters: browsers count those, PUNT counts characters."""
    return 2 * characters


def initials(name: str) -> str:
    """Shorten a name to two initials: of its first and last word, or of its only one."""
    words = name.split() or ["?"]
    return (words[0][0] + words[-1][0] if len(words) > 1 else words[0][:2]).upper()


def ink_on(color: str) -> str:
    """Choose the text colour that reads best on a background.

    Source: relative luminance and contrast of WCAG 2.2; at 0.18 black and white have the same contrast.
    """
    red, green, blue = (_linear(int(color[start : start + 2], 16) / 255) for start in (1, 3, 5))
    return "#fff" if 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.18 else "#111418"


def day(iso: str) -> str:
    """Write a short date: ``3 Dec``, with the year unless it is the current one."""
    moment = date.fromisoformat(iso)
    return language.day(moment, with_year=moment.year != now().year)


def due_state(iso: str, done: bool = False) -> str:
    """Classify a due date: ``late``, ``today``, ``soon`` or ``later``; what is done cannot be late any more."""
    left = SOON + 1 if done else _days_from(now().date(), iso)
    return "late" if left < 0 else "today" if left == 0 else "soon" if left <= SOON else "later"


def due_text(iso: str, done: bool = False) -> str:
    """Write a due date in words; for what is done, just the date."""
    left = SOON + 1 if done else _days_from(now().date(), iso)
    if left < 0:
        return plural("%(num)s day late", "%(num)s days late", -left)
    return _("Today") if left == 0 else _("Tomorrow") if left == 1 else day(iso)


def spoken(ticket: wire.Json, people: Mapping[str, wire.Json], done: bool = False) -> str:
    """Write a card's text for screen readers: off screen its fields have no accessible text, but this has."""
    parts = [
        ticket["key"],
        _(ticket["type"]),
        ticket["title"],
        _("%(priority)s priority", priority=_(ticket["priority"])),
    ]
    if ticket["labels"]:
        parts.append(_("labels %(names)s", names=", ".join(label["name"] for label in ticket["labels"])))
    if ticket["dueDate"]:
        parts.append(_("due %(day)s", day=due_text(ticket["dueDate"], done)))
    if ticket["storyPoints"] is not None:
        parts.append(plural("%(num)s point", "%(num)s points", ticket["storyPoints"]))
    if person := people.get(ticket["assigneeId"]):
        parts.append(_("assigned to %(person)s", person=person["name"]))
    return ", ".join(parts)


def is_done(column: str) -> bool:
    """Tell by its name whether work in a column is done."""
    return key_of(column) in DONE


def when(iso: str) -> str:
    """Write a time: ``23 Nov 2026, 14:05 UTC``."""
    return language.moment(datetime.fromisoformat(iso))


def stamp(iso: str) -> Markup:
    """Write a time as an element that programs can read, too."""
    return Markup('<time datetime="{}">{}</time>').format(iso, when(iso))


def browser(agent: str) -> str:
    """Write what is kept of a browser: ``Firefox on Linux``."""
    name, on, system = agent.partition(" on ")
    return _("%(browser)s on %(system)s", browser=_(name), system=system) if on else _(name)


def called(person: wire.Json) -> Markup:
    """Write a person's name as an element, which the client keeps up to date."""
    return Markup('<span data-user-name="{}" dir="auto">{}</span>').format(person["id"], person["name"])


@lru_cache(maxsize=4096)
def _days_from(today: date, iso: str) -> int:
    return (date.fromisoformat(iso) - today).days


def _linear(channel: float) -> float:
    return float(channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4)

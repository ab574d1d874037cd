"""The language of the current response: its texts, dates, times and numbers; English by default.

Texts are written in English where they are used, as ``_("At most %(most)s.", most=number(50))``; texts at the top of a
module are marked by :func:`later` and translated when they are used. A percent sign is written ``%%``.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from datetime import date, datetime
from functools import lru_cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

ENGLISH = "en"
OFFERED = {ENGLISH: "English", "de": "Deutsch"}
"""The languages with complete translations, each by its own name."""
FOLDER = Path(__file__).parent / "translations"
SCRIPTS = "static/js/"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
Answer = TypeVar("Answer")
Arguments = ParamSpec("Arguments")
_spoken: ContextVar[str] = ContextVar("language", default=ENGLISH)


def speak(language: str | None) -> None:
    """Use a language from here on in this greenlet; English when it is not offered."""
    _spoken.set(language if language in OFFERED else ENGLISH)


def in_this_language(work: Callable[Arguments, Answer]) -> Callable[Arguments, Answer]:
    """Wrap a function so that it does the same in another thread, in the language in use here."""
    language = spoken()

    def do(*arguments: Arguments.args, **named: Arguments.kwargs) -> Answer:
        speak(language)
        try:
            return work(*arguments, **named)
        finally:
            speak(None)

    return do


def spoken() -> str:
    """Return the code of the language in use, such as ``en``."""
    return _spoken.get()


def direction() -> str:
    """Return the writing direction of the language in use: ``ltr`` or ``rtl``."""
    return "ltr" if spoken() == ENGLISH else _direction(spoken())


def gettext(message: str) -> str:
    """Translate a text without filling its placeholders, as Jinja asks for it."""
    return _translations(spoken()).gettext(message) if message else ""


def ngettext(one: str, many: str, count: int) -> str:
    """Translate the plural form for a number, as Jinja asks for it."""
    return _translations(spoken()).ngettext(one, many, count)


def _(message: str, /, **values: Any) -> str:
    """Translate a text and fill its placeholders."""
    return gettext(message) % values


def plural(one: str, many: str, count: int, /, **values: Any) -> str:
    """Translate the plural form for a number, and fill its placeholders; ``%(num)s`` is the number."""
    return ngettext(one, many, count) % {"num": number(count), **values}


def later(message: str) -> str:
    """Mark a text that is translated when it is used."""
    return message


def number(value: int) -> str:
    """Write a whole number with thousands separators."""
    if spoken() == ENGLISH:
        return f"{value:,}"
    from babel.numbers import format_decimal

    return format_decimal(value, locale=spoken())


def decimal(value: float) -> str:
    """Write a number with one decimal."""
    if spoken() == ENGLISH:
        return f"{value:.1f}"
    from babel.numbers import format_decimal

    return format_decimal(value, "#,##0.0", locale=spoken())


def day(moment: date, *, with_year: bool) -> str:
    """Write a short date, such as ``3 Dec``."""
    return _day(spoken(), moment.year, moment.month, moment.day, with_year)


def moment(of: datetime) -> str:
    """Write a time, such as ``23 Nov 2026, 14:05 UTC``."""
    return f"{day(of, with_year=True)}, {of:%H:%M} UTC"


def file(language: str) -> Path:
    """Return the path of a language's catalogue."""
    return FOLDER / language / "LC_MESSAGES" / "punt.po"


def script_texts(language: str) -> dict[str, Any]:
    """Return the texts of scripts in a language: strings or lists of plural forms, and how to choose among them."""
    catalog = _catalog(language)
    texts = {
        message.id if isinstance(message.id, str) else message.id[0]: message.string
        for message in catalog
        if message.id and any(path.startswith(SCRIPTS) for path, _line in message.locations)
    }
    return {"plurals": _plurals(language), "texts": texts}


@lru_cache
def _translations(language: str) -> NullTranslations:
    """Read a catalogue, once per process; English needs none."""
    if language == ENGLISH:
        return NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.support import Translations

    compiled = BytesIO()
    write_mo(compiled, _catalog(language))
    compiled.seek(0)
    return Translations(compiled)


@lru_cache
def _catalog(language: str) -> Catalog:
    from babel.messages.pofile import read_po

    with file(language).open("rb") as opened:
        return read_po(opened, locale=language)


@lru_cache
def _plurals(language: str) -> dict[str, int]:
    """Return the index of each plural form by its CLDR name, which browsers know."""
    from babel import Locale

    name, form = Locale(language).plural_form, _translations(language).plural  # type: ignore[attr-defined]
    return {name(count): form(count) for count in reversed(range(1000))}


@lru_cache
def _direction(language: str) -> str:
    from babel import Locale

    return Locale(language).text_direction


@lru_cache(maxsize=4096)
def _day(language: str, year: int, month: int, day: int, with_year: bool) -> str:
    if language == ENGLISH:
        return f"{day} {_MONTHS[month - 1]}" + (f" {year}" if with_year else "")
    from babel.dates import format_skeleton

    return format_skeleton("yMMMd" if with_year else "MMMd", date(year, month, day), locale=language)

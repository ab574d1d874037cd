"""The language of a response: that of the person's profile, otherwise what their browser asks for."""

from __future__ import annotations

from flask import Flask, Response, request

from punt import language
from punt.models import User
from punt.web.varying import vary_by

TEXTS = frozenset({"text/html", "application/json"})


def init_app(app: Flask) -> None:
    """Let an app speak the languages that PUNT offers."""
    app.before_request(_ask_the_browser)
    app.after_request(_note)
    app.teardown_request(lambda _: language.speak(None))
    app.jinja_env.add_extension("jinja2.ext.i18n")
    install = app.jinja_env.install_gettext_callables  # type: ignore[attr-defined]
    install(language.gettext, language.ngettext, newstyle=True)
    app.jinja_env.globals.update(language=language.spoken, direction=language.direction, number=language.number)


def _ask_the_browser() -> None:
    language.speak(asked())


def speak_to(person: User) -> None:
    """Answer a person in the language of their profile, if it says one that is offered."""
    language.speak(person.language if person.language in language.OFFERED else asked())


def asked() -> str | None:
    """Return the browser's favourite among the offered languages, whatever its country."""
    tags = (tag.replace("_", "-").partition("-")[0].lower() for tag in request.accept_languages.values())
    return next((tag for tag in tags if tag in language.OFFERED), None)


def _note(response: Response) -> Response:
    if response.mimetype in TEXTS:
        vary_by(response, "Accept-Language")
    return response

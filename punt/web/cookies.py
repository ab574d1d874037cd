"""The names of PUNT's cookies, which ignore the port: two PUNTs on one host name must not overwrite each other's."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress

from flask import Flask, Request, current_app, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from punt.database import db

SESSION, THEME = "punt_session", "punt_theme"
"""How the names begin; these used to be the whole names."""


def init_app(app: Flask) -> None:
    """Name the cookies of an app after its database and its secret key."""
    with app.app_context():
        database = db.engine.url.render_as_string(hide_password=True)
    own = hashlib.sha256(f"{app.secret_key!s} {database}".encode()).hexdigest()[:8]
    app.config.update(SESSION_COOKIE_NAME=f"{SESSION}_{own}", THEME_COOKIE_NAME=f"{THEME}_{own}")
    app.session_interface = _Sessions()


def chosen_theme() -> str | None:
    """Return the theme in this PUNT's cookie, or in the one that had no name of its own yet."""
    return request.cookies.get(current_app.config["THEME_COOKIE_NAME"]) or request.cookies.get(THEME)


def keep_theme(response: Response, theme: str, seconds: int) -> None:
    """Let the browser keep a theme."""
    config = current_app.config
    response.set_cookie(
        config["THEME_COOKIE_NAME"],
        theme,
        max_age=seconds,
        path=config["APPLICATION_ROOT"],
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
    )


class _Sessions(SecureCookieSessionInterface):
    """Sessions whose cookie is https-only when it was set over https; PUNT also runs on plain http."""

    digest_method = staticmethod(hashlib.sha256)  # Flask's own is SHA-1

    def __init__(self) -> None:
        self._signs: tuple[object, URLSafeTimedSerializer | None] = None, None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return what signs cookies with the app's key, made once."""
        if self._signs[0] != app.secret_key:
            self._signs = app.secret_key, super().get_signing_serializer(app)
        return self._signs[1]

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Open the session of this PUNT, or one that its key signed under another name.

        So people stay signed in after an upgrade, and after the database has moved.
        """
        signer = self.get_signing_serializer(app)
        if signer is None:
            return None
        lifetime = int(app.permanent_session_lifetime.total_seconds())
        for value in self._shown(app, request):
            with suppress(BadSignature):
                return self.session_class(signer.loads(value, max_age=lifetime))
        return self.session_class()

    def _shown(self, app: Flask, request: Request) -> Iterator[str]:
        own = self.get_cookie_name(app)
        yield from request.cookies.getlist(own)
        for name, value in request.cookies.items(multi=True):
            if name.startswith(SESSION) and name != own:
                yield value

"""Serving PUNT below a path of its host, whether or not a proxy strips the path from the requests it passes on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask
from jinja2.ext import Extension

from punt.addresses import inside, settle

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_ADDRESS = re.compile(r"""(?<==["'])/|(?<=["'])/(?=[a-z])""")
"""The slash that begins an HTML attribute, or a string in a Jinja expression."""


def init_app(app: Flask, prefix: str) -> None:
    """Serve an app below a path such as ``/punt``, or at the root of its host."""
    settle(prefix)
    app.jinja_env.globals["prefix"] = prefix
    if prefix:
        app.config["APPLICATION_ROOT"] = prefix  # cookies are limited to the path
        app.jinja_env.add_extension(Addresses)
        app.wsgi_app = _Below(app.wsgi_app, prefix)  # type: ignore[method-assign]


class Addresses(Extension):
    """Prepends the prefix to every address in a template."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return _ADDRESS.sub(f"{self.environment.globals['prefix']}/", source)


class _Below:
    """Tells the app its path, as WSGI defines it."""

    def __init__(self, app: WSGIApplication, prefix: str) -> None:
        self._app, self._prefix = app, prefix

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["SCRIPT_NAME"] = self._prefix
        environ["PATH_INFO"] = inside(environ.get("PATH_INFO", ""), self._prefix)
        return self._app(environ, start_response)

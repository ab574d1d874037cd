"""What proxies in front of PUNT report about a request, trusted as far as ``PUNT_PROXY_COUNT`` says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_WITH_PORT = re.compile(r"\[([^\]]*)\](?::\d+)?|([^:]*):\d+")


def init_app(app: Flask, proxies: int) -> None:
    """Let an app trust so many proxies."""
    if proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            _PlainAddresses(app.wsgi_app), x_for=proxies, x_proto=proxies, x_host=proxies
        )


def plain_address(text: str) -> str | None:
    """Return the network address in what a proxy sent, which may include a port, or None when there is none."""
    found = _WITH_PORT.fullmatch(text)
    host = (found[1] or found[2] or "") if found else text
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:  # such as "unknown"
        return None
    return str((address.ipv4_mapped if isinstance(address, IPv6Address) else None) or address)


class _PlainAddresses:
    """Removes the port from the address that a proxy sends; if that is not an address, the proxy's own one counts."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        peer = environ["werkzeug.proxy_fix.orig"]["REMOTE_ADDR"] or ""
        environ["REMOTE_ADDR"] = plain_address(environ.get("REMOTE_ADDR", "").strip()) or peer
        return self._app(environ, start_response)

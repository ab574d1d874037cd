"""Static files under addresses that change with their content, so that browsers may keep them for ever.

The whole tree has one version: modules import each other by relative names and stay in step, with no build step.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, send_from_directory, url_for

from punt.settings import ROOT

STATIC = ROOT / "static"
FOR_EVER = "public, max-age=31536000, immutable"

blueprint = Blueprint("assets", __name__)


def init_app(app: Flask) -> None:
    """Serve the static files of an app."""
    app.config["ASSETS_VERSION"] = version(STATIC)
    app.register_blueprint(blueprint)
    app.jinja_env.globals["asset"] = asset


def version(folder: Path) -> str:
    """Hash every file of a folder, names and contents."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def asset(name: str) -> str:
    """Return the address of a static file, such as ``css/card.css``."""
    present = version(STATIC) if current_app.debug else current_app.config["ASSETS_VERSION"]
    return url_for("assets.file", version=present, name=name)


@blueprint.get("/static/<version>/<path:name>")
def file(version: str, name: str) -> Response:
    """Send a static file; one asked for under a version that is not this server's is not kept by the browser."""
    response = send_from_directory(STATIC, name, conditional=True, etag=True)
    fresh = version == current_app.config["ASSETS_VERSION"]
    response.headers["Cache-Control"] = FOR_EVER if fresh else "no-cache"
    return response


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    """Send the icon that browsers ask for by themselves."""
    return send_from_directory(STATIC, "favicon.svg", mimetype="image/svg+xml", max_age=86_400)

"""Static files under addresses that change with their content, so that browsers may keep them for ever.

The whole tree has one version: modules import each other by relative names and stay in step, with no build step.
What is served is what lay there at the start, scripts and styles without their comments and blanks.
"""

from __future__ import annotations

import hashlib
import logging
import re
from functools import cached_property
from pathlib import Path, PurePosixPath

from flask import Blueprint, Flask, Response, abort, current_app, request, url_for

from punt import minify
from punt.settings import ROOT

STATIC = ROOT / "static"
FOR_EVER = "public, max-age=31536000, immutable"
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
SHORTER = {".js": minify.script, ".css": minify.style}
IMPORT = re.compile(r'^(?:import|export)\b[^"]*"\./([^"]+)";', re.MULTILINE)

blueprint = Blueprint("assets", __name__)
logger = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Serve the static files of an app."""
    app.extensions["punt_assets"] = Tree(STATIC)
    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(asset=asset, modules=modules)


class Tree:
    """A folder of files as it was at one moment."""

    def __init__(self, folder: Path) -> None:
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        self._sources = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
        self._served: dict[str, bytes] = {}

    @cached_property
    def version(self) -> str:
        """A hash of every file, names and contents."""
        digest = hashlib.sha256()
        for name, content in self._sources.items():
            digest.update(name.encode() + b"\0" + content)
        return digest.hexdigest()[:12]

    def __contains__(self, name: str) -> bool:
        return name in self._sources

    def source(self, name: str) -> bytes:
        """Return a file as it was written."""
        return self._sources[name]

    def served(self, name: str) -> bytes:
        """Return a file as it is sent; shortened once, when it is first asked for."""
        if name not in self._served:
            self._served[name] = _shortened(name, self._sources[name])
        return self._served[name]

    @cached_property
    def modules(self) -> list[str]:
        """The scripts that ``js/app.js`` imports, and those that these do."""
        found, waiting = list[str](), ["js/app.js"]
        while waiting:
            source = self._sources[waiting.pop(0)].decode()
            news = [f"js/{name}" for name in IMPORT.findall(source) if f"js/{name}" not in found]
            found += news
            waiting += news
        return found


def asset(name: str) -> str:
    """Return the address of a static file, such as ``css/card.css``."""
    return url_for("assets.file", version=_tree().version, name=name)


def modules() -> list[str]:
    """List the scripts that a page needs, so that it can ask for all at once instead of one import after the other."""
    return _tree().modules


@blueprint.get("/static/<version>/<path:name>")
def file(version: str, name: str) -> Response:
    """Send a static file; one asked for under a version that is not this server's is not kept by the browser."""
    tree = _tree()
    response = _send(tree, name)
    response.headers["Cache-Control"] = FOR_EVER if version == tree.version else "no-cache"
    return response


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    """Send the icon that browsers ask for by themselves."""
    response = _send(_tree(), "favicon.svg")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


def _tree() -> Tree:
    """Return the files: those of the start, or in debug as they are now."""
    tree: Tree = Tree(STATIC) if current_app.debug else current_app.extensions["punt_assets"]
    return tree


def _send(tree: Tree, name: str) -> Response:
    if name not in tree:
        abort(404)
    content = tree.source(name) if current_app.debug else tree.served(name)
    response = Response(content, mimetype=TYPES.get(PurePosixPath(name).suffix, "application/octet-stream"))
    response.add_etag()
    response.make_conditional(request)
    return response


def _shortened(name: str, source: bytes) -> bytes:
    shorten = SHORTER.get(PurePosixPath(name).suffix)
    try:
        return shorten(source.decode()).encode() if shorten else source
    except ValueError as error:  # a test fails on it; nobody shall miss a page for it
        logger.error("%s is served as it was written: %s", name, error)
        return source

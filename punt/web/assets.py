"""Static files under addresses that change with their content, so that browsers may cache them for ever.

The whole tree has one version: modules and style sheets import each other by relative names and stay in step, with no
build step. What is served is what was there at the start; the script and the style sheet that pages name are joined and
minified, and everything is compressed.
"""

from __future__ import annotations

import hashlib
import json
import logging
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cached_property, partial
from pathlib import Path, PurePosixPath
from tempfile import NamedTemporaryFile

from flask import Blueprint, Flask, Response, abort, current_app, request, url_for

from punt import language
from punt.heavy.threads import in_thread
from punt.settings import ROOT
from punt.web import bundle, compression

STATIC = ROOT / "static"
FOR_EVER = "public, max-age=31536000, immutable"
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
JOINED = ("js/app.js", "css/app.css")
TEXTS = {f"js/texts/{code}.js": code for code in language.OFFERED if code != language.ENGLISH}
"""What scripts say in a language, made from its catalogue."""
KEPT = "__joined__"
"""Where generated files are kept for the next process, as Python keeps compiled code; anybody may delete it."""

blueprint = Blueprint("assets", __name__)
logger = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Serve the static files of an app."""
    app.extensions["punt_assets"] = Tree(STATIC)
    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(asset=asset)


class Tree:
    """A folder of files as it was at one moment."""

    def __init__(self, folder: Path) -> None:
        paths = sorted(path for path in folder.rglob("*") if path.is_file() and KEPT not in path.parts)
        self._kept = folder / KEPT
        self._sources = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
        self._sources |= {name: language.file(code).read_bytes() for name, code in TEXTS.items()}
        self._served: dict[tuple[str, str | None], bytes] = {}

    @cached_property
    def version(self) -> str:
        """A hash of every file, names and contents."""
        digest = hashlib.sha256()
        for name, content in self._sources.items():
            digest.update(name.encode() + b"\0" + content)
        return digest.hexdigest()[:12]

    def __iter__(self) -> Iterator[str]:
        return iter(self._sources)

    def source(self, name: str) -> bytes:
        """Return a file as it was written."""
        return self._sources[name]

    def served(self, name: str, encoding: str | None = None) -> bytes:
        """Return a file as it is sent; joined and compressed once, when it is first requested."""
        if (name, encoding) not in self._served:
            self._served[name, encoding] = self._compressed(name, encoding) if encoding else self._joined(name)
        return self._served[name, encoding]

    def _joined(self, name: str) -> bytes:
        if name in TEXTS:
            return f"globalThis.puntTexts = {_short_json(language.script_texts(TEXTS[name]))};\n".encode()
        if name not in JOINED:
            return self._sources[name]
        try:
            return self._kept_or(
                f"{self.version}-{bundle.VERSION}-{PurePosixPath(name).name}", partial(self._join, name)
            )
        except (ValueError, KeyError, subprocess.SubprocessError) as error:  # no page shall fail because of this
            logger.error("%s is served as it was written: %s", name, error)
            return self._sources[name]

    def _join(self, name: str) -> bytes:
        return bundle.whole(name, lambda each: self._sources[each].decode()).encode()

    def _compressed(self, name: str, encoding: str) -> bytes:
        content = self.served(name)
        digest = hashlib.sha256(content).hexdigest()[:12]
        return self._kept_or(f"{digest}.{encoding}", partial(in_thread, compression.smallest, content, encoding))

    def _kept_or(self, name: str, make: Callable[[], bytes]) -> bytes:
        """Return what another process has generated already, or generate and keep it."""
        with suppress(OSError):
            return (self._kept / name).read_bytes()
        made = make()
        with suppress(OSError):  # where nothing may be written, each process generates its own
            _replace(self._kept / name, made)
        return made


def asset(name: str) -> str:
    """Return the address of a static file, such as ``css/card.css``."""
    return url_for("assets.file", version=_tree().version, name=name)


@blueprint.get("/static/<version>/<path:name>")
def file(version: str, name: str) -> Response:
    """Send a static file; if it is requested under another server's version, browsers do not cache it."""
    tree = _tree()
    response = _send(tree, name)
    response.headers["Cache-Control"] = FOR_EVER if version == tree.version else "no-cache"
    return response


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    """Send the icon that browsers request by themselves."""
    response = _send(_tree(), "favicon.svg")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


def _tree() -> Tree:
    """Return the files: those of the start, or in debug mode the current ones."""
    tree: Tree = Tree(STATIC) if current_app.debug else current_app.extensions["punt_assets"]
    return tree


def _send(tree: Tree, name: str) -> Response:
    if name not in tree:
        abort(404)
    content = tree.source(name) if current_app.debug and name not in TEXTS else tree.served(name)
    encoding = None if current_app.debug or len(content) <= compression.SHORT else compression.best_encoding()
    if encoding:
        content = tree.served(name, encoding)
    response = Response(content, mimetype=TYPES.get(PurePosixPath(name).suffix, "application/octet-stream"))
    compression.note_encoding(response, encoding)
    response.add_etag()
    response.make_conditional(request)
    return response


def _short_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _replace(path: Path, content: bytes) -> None:
    """Write a file so that concurrent readers find all of it or nothing."""
    path.parent.mkdir(exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, delete=False) as part:
        draft = Path(part.name)
        try:
            part.write(content)
            part.flush()
            draft.replace(path)
        except OSError:  # do not fill up a full disk with incomplete files
            draft.unlink()
            raise

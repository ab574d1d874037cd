"""Scripts and styles that import others, joined into one file each and made short."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

SECONDS = 30
VERSION = 3
"""Changes with what comes out for the same files."""
_IMPORT = {
    ".js": re.compile(r'^import [^;]*"\./([^"]+)";\n', re.MULTILINE),
    ".css": re.compile(r'^@import "([^"]+)";\n', re.MULTILINE),
}
_EXPORT = re.compile(r"^export (?=const|let|class|function|async)", re.MULTILINE)
_CONST = re.compile(r"^( *(?:for \()?)const (?=[\w$[{])", re.MULTILINE)
_NAME = re.compile(r"^(?:export )?(?:async )?(?:const|let|class|function\*?) (\w+)", re.MULTILINE)
_VARIABLE = re.compile(r"(?<=var\()--[\w-]+|(?<=[{;\s])--[\w-]+(?=:)")
_KINDS = {".js": "text/javascript", ".css": "text/css"}
# The library is written in Go, whose threads do not survive a fork: it never enters a process of the server.
_SHORTEN = "import sys, minify; sys.stdout.write(minify.string(sys.argv[1], sys.stdin.read()))"


def whole(name: str, source_of: Callable[[str], str]) -> str:
    """Join a script or style with all that it imports, each once and after what it imports itself, and shorten it.

    :param name: A path such as ``js/app.js``; imports are relative to it.
    :param source_of: Reads a file by its path.
    :raises ValueError: When that is no valid whole, as when two modules use one name at their top.
    """
    kind = PurePosixPath(name).suffix
    joined = "\n".join(in_order(name, source_of, set()))
    if kind == ".js" and (twice := [each for each, count in Counter(_NAME.findall(joined)).items() if count > 1]):
        raise ValueError(f"{', '.join(twice)}: at the top of two modules")  # of two functions one would silently win
    return _shortened(kind, enclosed(joined) if kind == ".js" else renamed(joined))


def in_order(name: str, source_of: Callable[[str], str], met: set[str]) -> Iterator[str]:
    """Give the sources of a file and of all that it imports, imported ones first, without their imports.

    :param met: What has been given already; grows.
    """
    met.add(name)
    source, path = source_of(name), PurePosixPath(name)
    for imported in _IMPORT[path.suffix].findall(source):
        if (other := str(path.with_name(imported))) not in met:
            yield from in_order(other, source_of, met)
    yield _IMPORT[path.suffix].sub("", source)


def enclosed(script: str) -> str:
    """Close a script off from the page's other names.

    Its constants become variables, which have a shorter word and are declared together; none is ever written to again.
    """
    script = _CONST.sub(r"\1let ", _EXPORT.sub("", script))
    return f"(() => {{\n{script}\n}})();"


def renamed(sheet: str) -> str:
    """Give the variables of a sheet short names, the shortest to those named most; nobody else knows them."""
    names = (name for name, _ in Counter(_VARIABLE.findall(sheet)).most_common())
    short = {name: f"--{number:x}" for number, name in enumerate(names)}
    return _VARIABLE.sub(lambda found: short[found.group()], sheet)


def _shortened(kind: str, source: str) -> str:
    command = [sys.executable, "-I", "-c", _SHORTEN, _KINDS[kind]]
    child = subprocess.run(command, input=source, capture_output=True, text=True, timeout=SECONDS, check=False)  # noqa: S603
    if child.returncode:
        raise ValueError(child.stderr.strip())
    return child.stdout

"""Scripts and style sheets that import others, joined into one file each and minified by a library."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from posixpath import join, normpath

SECONDS = 30
VERSION = 6
"""Must change whenever the output for the same files changes."""
_IMPORT = {
    ".js": re.compile(r'^import (?:\{\s*[\w$]+(?:,\s*[\w$]+)*,?\s*\} from )?"(\.{1,2}/[^"]+)";\n', re.MULTILINE),
    ".css": re.compile(r'^@import "([^"]+)";\n', re.MULTILINE),
}
"""Scripts may only use imports that rename nothing: the joined modules share one scope."""
_EXPORT = re.compile(r"^export (?=(?:const|let|class|function|async)\b)", re.MULTILINE)
_LEFT = re.compile(r"^(?:import|export|@import)\b[^\n]*", re.MULTILINE)
_NAME = re.compile(r"^(?:export )?(?:async )?(?:const|let|class|function\*?) (\w+)", re.MULTILINE)
_KINDS = {".js": "text/javascript", ".css": "text/css"}
# The library is written in Go, whose threads do not survive a fork: it is never loaded into a server process.
_SHORTEN = "import sys, minify; sys.stdout.write(minify.string(sys.argv[1], sys.stdin.read()))"


def whole(name: str, source_of: Callable[[str], str]) -> str:
    """Join a script or style sheet with everything it imports, each once and after its own imports, and minify it.

    :param name: A path such as ``js/app.js``; imports are relative to the file that they are in.
    :param source_of: Reads a file by its path.
    :raises ValueError: When the result is not valid, as when two modules define the same top-level name.
    """
    kind = PurePosixPath(name).suffix
    joined = "\n".join(in_order(name, source_of, set()))
    if found := _LEFT.search(joined):
        raise ValueError(f"{found[0]}: cannot be joined")
    if kind == ".js" and (twice := [each for each, count in Counter(_NAME.findall(joined)).items() if count > 1]):
        raise ValueError(f"{', '.join(twice)}: at the top of two modules")  # of two functions one would silently win
    return _shortened(kind, f"(() => {{\n{joined}\n}})();" if kind == ".js" else joined)


def in_order(name: str, source_of: Callable[[str], str], met: set[str]) -> Iterator[str]:
    """Yield the sources of a file and of everything it imports, imported ones first, without imports and exports.

    :param met: What has been yielded already; grows.
    """
    met.add(name)
    source, path = source_of(name), PurePosixPath(name)
    for imported in _IMPORT[path.suffix].findall(source):
        if (other := normpath(join(str(path.parent), imported))) not in met:
            yield from in_order(other, source_of, met)
    yield _EXPORT.sub("", _IMPORT[path.suffix].sub("", source))


def _shortened(kind: str, source: str) -> str:
    command = [sys.executable, "-I", "-c", _SHORTEN, _KINDS[kind]]
    child = subprocess.run(command, input=source, capture_output=True, text=True, timeout=SECONDS, check=False)  # noqa: S603
    if child.returncode:
        raise ValueError(child.stderr.strip())
    return child.stdout

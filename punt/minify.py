"""Scripts and styles that import others, joined into one file each and made short."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count, product
from pathlib import PurePosixPath
from string import ascii_letters

SECONDS = 30
VERSION = 5
"""Changes with what comes out for the same files."""
_IMPORT = {
    ".js": re.compile(r'^import [^;]*"\./([^"]+)";\n', re.MULTILINE),
    ".css": re.compile(r'^@import "([^"]+)";\n', re.MULTILINE),
}
_EXPORT = re.compile(r"^export (?=const|let|class|function|async)", re.MULTILINE)
_CONST = re.compile(r"^( *(?:for \()?)const (?=[\w$[{])", re.MULTILINE)
_FUNCTION = re.compile(r"^(async |)function (\w+)(\([^\n]*\)) \{\n(.*?)^\}$", re.MULTILINE | re.DOTALL)
_NAME = re.compile(r"^(?:export )?(?:async )?(?:const|let|class|function\*?) (\w+)", re.MULTILINE)
_VARIABLE = re.compile(r"(?:(?<=var\()|(?<=[{;\s])(?=[\w-]+:))--(?!type-|priority-)[\w-]+")
"""Those of types and priorities keep their names: the icons, a file of their own, are drawn with them."""
_LAYER = re.compile(r"^@layer ([\w-]+) \{\n(.*?)^\}\n", re.MULTILINE | re.DOTALL)
_ROOT = re.compile(r":root \{[^}]*\}")
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
    return _shortened(kind, enclosed(joined) if kind == ".js" else prepared(joined))


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
    So do its functions, before all else, as functions are known from there; what needs a ``this`` is in classes.
    """
    script = _EXPORT.sub("", script)
    functions = "\n".join(_FUNCTION.sub(r"const \2 = \1\3 => {\n\4};", each[0]) for each in _FUNCTION.finditer(script))
    script = _CONST.sub(r"\1let ", f"{functions}\n{_FUNCTION.sub('', script)}")
    return f"(() => {{\n{script}\n}})();"


def prepared(sheet: str) -> str:
    """Say with fewer words what a sheet says, where that takes knowing all of it or what the library leaves alone."""
    return tight(renamed(inlined(gathered(sheet))))


def gathered(sheet: str) -> str:
    """Make one block of all blocks of a layer; which layer overrules which is said before them."""
    layers: dict[str, str] = {}
    for layer, rules in _LAYER.findall(sheet):
        layers[layer] = layers.get(layer, "") + rules
    return _LAYER.sub("", sheet) + "".join(f"@layer {layer} {{\n{rules}}}\n" for layer, rules in layers.items())


def inlined(sheet: str) -> str:
    """Put the value of a variable wherever it is named, if that is not longer and it is set once, for all the page."""
    named = Counter(_VARIABLE.findall(sheet))
    for name in _VARIABLE.findall("".join(_ROOT.findall(sheet))):
        if found := re.search(rf"(?<=[{{;\s]){name}: ([^;}}]+);", sheet):
            uses = sheet.count(f"var({name})")
            if named[name] == uses + 1 and uses * (len(found[1]) - len("var(--a)")) <= len(f"--a:{found[1]};"):
                sheet = sheet.replace(found[0], "").replace(f"var({name})", found[1])
    return re.sub(r"calc\(-1 \* ([\d.]+rem)\)", r"-\1", sheet)


def renamed(sheet: str) -> str:
    """Give the variables of a sheet short names, the shortest to those named most."""
    names = (name for name, _ in Counter(_VARIABLE.findall(sheet)).most_common())
    short = {name: f"--{letters}" for name, letters in zip(names, _letters(), strict=False)}
    return _VARIABLE.sub(lambda found: short[found.group()], sheet)


def tight(sheet: str) -> str:
    """Leave out the spaces that the library keeps: in what variables are set to, and in selectors within rules."""
    sheet = re.sub(r"--[\w-]+: [^;}]+", lambda found: found[0].replace(", ", ","), sheet)
    return re.sub(r"&[^;{}]*(?= \{)", lambda found: re.sub(r" ?([>+~,]) ?", r"\1", found[0]), sheet)


def _letters() -> Iterator[str]:
    return ("".join(each) for length in count(1) for each in product(ascii_letters, repeat=length))


def _shortened(kind: str, source: str) -> str:
    command = [sys.executable, "-I", "-c", _SHORTEN, _KINDS[kind]]
    child = subprocess.run(command, input=source, capture_output=True, text=True, timeout=SECONDS, check=False)  # noqa: S603
    if child.returncode:
        raise ValueError(child.stderr.strip())
    return child.stdout

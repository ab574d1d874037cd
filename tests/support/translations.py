"""The texts of code, templates and scripts, and bringing the catalogues up to date with them."""

from __future__ import annotations

import tomllib
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from punt import language
from punt.settings import ROOT

FOLDERS = ("punt", "templates", "static/js")
KEYWORDS = DEFAULT_KEYWORDS | {"_": None, "later": None, "t": None, "plural": (1, 2)}


def extracted() -> Catalog:
    """Return every text that stands to be translated, with the files that it is in."""
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["babel"]["mappings"]
    methods = [(each["pattern"], each["method"]) for each in mappings]
    options = {
        each["pattern"]: {name: str(value) for name, value in each.items() if name not in {"method", "pattern"}}
        for each in mappings
    }
    found = Catalog(charset="utf-8")
    for file, _line, message, _comments, context in extract_from_dir(ROOT, methods, options, KEYWORDS):
        found.add(message, locations=[(Path(file).as_posix(), 1)], context=context)
    return found


def known(code: str) -> Catalog:
    """Read the catalogue of a language."""
    with language.file(code).open("rb") as file:
        return read_po(file, locale=code)


def written(catalog: Catalog) -> bytes:
    """Write a catalogue as it is kept: sorted by text, each with its files but without lines, which change often."""
    file = BytesIO()
    write_po(file, catalog, width=0, sort_output=True, omit_header=False, include_lineno=False, ignore_obsolete=True)
    return file.getvalue()


def updated(code: str) -> Catalog:
    """Return the catalogue of a language with the texts that there are now."""
    catalog, now = known(code), extracted()
    catalog.update(now, no_fuzzy_matching=True, update_creation_date=False)
    return catalog


if __name__ == "__main__":
    for path in sorted(language.FOLDER.glob("*/LC_MESSAGES/punt.po")):
        path.write_bytes(written(updated(path.parts[-3])))

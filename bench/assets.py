"""How many bytes of scripts and styles a browser fetches: ``python -m bench.assets``."""

from __future__ import annotations

from punt.web.assets import STATIC, Tree
from punt.web.compression import ENCODINGS

AIMS = {"js": 40_000, "css": 14_000}
HEAVIEST = 10


def main() -> None:
    """Print the size of each kind as transferred beside its aim, and the heaviest files as written."""
    tree = Tree(STATIC)
    for kind, aim in AIMS.items():
        name = f"{kind}/app.{kind}"
        sizes = {each: len(tree.source(each)) for each in tree if each.startswith(f"{kind}/")}
        sent = {encoding: len(tree.served(name, encoding)) for encoding in ENCODINGS}
        met = "met" if max(sent.values()) <= aim else "missed"
        said = ", ".join(f"{size:,} by {encoding}" for encoding, size in sent.items())
        print(f"{kind}: {len(tree.served(name)):,} bytes from {len(sizes)} files; sent: {said} (aim: {aim:,}, {met})")
        for path, size in sorted(sizes.items(), key=lambda each: -each[1])[:HEAVIEST]:
            print(f"  {size:7,} {path}")


if __name__ == "__main__":
    main()

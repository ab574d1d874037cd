"""How many bytes of scripts and styles a browser fetches behind a compressing proxy: ``python -m bench.assets``."""

from __future__ import annotations

import gzip

from punt.assets import STATIC, Tree

AIMS = {"js": 40_000, "css": 14_000}
HEAVIEST = 10


def main() -> None:
    """Print the size of each kind as served beside its aim, and the heaviest files as written."""
    tree = Tree(STATIC)
    for kind, aim in AIMS.items():
        sizes = {name: len(tree.source(name)) for name in tree if name.startswith(f"{kind}/")}
        served = tree.served(f"{kind}/app.{kind}")
        sent = len(gzip.compress(served, 9))
        met = "met" if sent <= aim else "missed"
        print(f"{kind}: {len(served):,} bytes from {len(sizes)} files, {sent:,} compressed (aim: {aim:,}, {met})")
        for name, size in sorted(sizes.items(), key=lambda each: -each[1])[:HEAVIEST]:
            print(f"  {size:7,} {name}")


if __name__ == "__main__":
    main()

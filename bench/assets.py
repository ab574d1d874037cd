"""How many bytes of scripts and styles a browser fetches, before compression: ``python -m bench.assets``."""

from __future__ import annotations

from punt.assets import STATIC, Tree

AIMS = {"js": 60_000, "css": 40_000}
HEAVIEST = 10


def main() -> None:
    """Print the size of each kind as served beside its aim, and the heaviest files as written."""
    tree = Tree(STATIC)
    for kind, aim in AIMS.items():
        sizes = {name: len(tree.source(name)) for name in tree if name.startswith(f"{kind}/")}
        total = len(tree.served(f"{kind}/app.{kind}"))
        print(f"{kind}: {total:,} bytes from {len(sizes)} files (aim: {aim:,}, {'met' if total <= aim else 'missed'})")
        for name, size in sorted(sizes.items(), key=lambda each: -each[1])[:HEAVIEST]:
            print(f"  {size:7,} {name}")


if __name__ == "__main__":
    main()

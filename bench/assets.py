"""How many bytes of scripts and styles a browser fetches, before compression: ``python -m bench.assets``."""

from __future__ import annotations

from punt.assets import STATIC, Tree

AIMS = {"js": 60_000, "css": 40_000}
HEAVIEST = 10


def main() -> None:
    """Print the sum of each kind beside its aim, and the heaviest files."""
    tree = Tree(STATIC)
    for kind, aim in AIMS.items():
        sizes = {path.name: len(tree.served(f"{kind}/{path.name}")) for path in (STATIC / kind).iterdir()}
        total = sum(sizes.values())
        print(f"{kind}: {total:,} bytes in {len(sizes)} files (aim: {aim:,}, {'met' if total <= aim else 'missed'})")
        for name, size in sorted(sizes.items(), key=lambda each: -each[1])[:HEAVIEST]:
            print(f"  {size:7,} {name}")


if __name__ == "__main__":
    main()

"""The path that PUNT is served below: every address that it builds begins with ``PUNT_URL_PREFIX``."""

from __future__ import annotations


class _Place:
    """Of this process; the models, which build addresses of pictures, know no app."""

    prefix = ""


def settle(prefix: str) -> None:
    """Set the path that PUNT is served below: empty at the root of its host, otherwise a path such as ``/punt``."""
    _Place.prefix = prefix


def below(path: str) -> str:
    """Return the address of one of PUNT's own paths."""
    return _Place.prefix + path


def inside(address: str, prefix: str) -> str:
    """Return the path that an address means within PUNT; an address without the prefix is such a path already."""
    if not prefix or not f"{address}/".startswith(f"{prefix}/"):
        return address
    return address.removeprefix(prefix) or "/"

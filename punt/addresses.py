"""Where PUNT is below its host: every address that it gives of itself begins with ``PUNT_URL_PREFIX``."""

from __future__ import annotations


class _Place:
    """Of this process; the models, which write addresses of pictures, know no app."""

    prefix = ""


def settle(prefix: str) -> None:
    """Say once where PUNT is: nothing at the top of its host, else such as ``/punt``."""
    _Place.prefix = prefix


def below(path: str) -> str:
    """Return the address of a path of PUNT's own."""
    return _Place.prefix + path


def inside(address: str, prefix: str) -> str:
    """Return what an address names within PUNT; one without the prefix is taken for such a path already."""
    if not prefix or not f"{address}/".startswith(f"{prefix}/"):
        return address
    return address.removeprefix(prefix) or "/"

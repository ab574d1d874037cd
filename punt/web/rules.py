"""Routes that are quick to register: their URL builders are compiled when first used."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

from werkzeug.routing import Rule


class LazyRule(Rule):
    """A route; Werkzeug compiles two functions for each, most of the cost of an app, and few are ever called."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled = cache(partial(super()._compile_builder, append_unknown))
        return lambda rule, **values: compiled()(rule, **values)

"""Routes whose URL builders are compiled when first used."""

from __future__ import annotations

import pytest
from werkzeug.routing import Map, Rule

from punt.web.rules import LazyRule

VALUES = [
    {"key": "HARB", "number": 3},
    {"key": "a b/ü", "number": 3, "q": "x&y"},
    {"key": "HARB", "number": 3, "absent": None},
]


def built(kind: type[Rule], values: dict[str, object]) -> list[str]:
    """Build an address twice."""
    rules = [kind("/projects/<key>/<int:number>/", endpoint="ticket"), kind("/", endpoint="home")]
    adapter = Map(rules).bind("localhost", "/punt")
    return [adapter.build("ticket", values) for _ in range(2)]


@pytest.mark.parametrize("values", VALUES)
def test_an_address_is_what_a_plain_rule_makes_of_it(values: dict[str, object]) -> None:
    assert built(LazyRule, values) == built(Rule, values)


def test_nothing_is_compiled_until_an_address_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = list[bool]()
    compile_builder = Rule._compile_builder

    def note(rule: Rule, append_unknown: bool = True) -> object:
        compiled.append(append_unknown)
        return compile_builder(rule, append_unknown)

    monkeypatch.setattr(Rule, "_compile_builder", note)
    adapter = Map([LazyRule("/a", endpoint="a"), LazyRule("/b", endpoint="b")]).bind("localhost")
    assert compiled == []

    assert [adapter.build("a"), adapter.build("a")] == ["/a", "/a"]

    assert compiled == [True]

"""Rivals at every rule at once: whoever is too late gets an error, and no rule breaks; longer in ``make soak``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.server import on_both
from tests.support.rivalry import Rivalry, set_up_at_once, taken_along
from tests.support.server import Server

SECONDS, DUELS = 6, 10


@on_both
def test_rivals_at_every_rule_break_none(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve()
    rivalry = Rivalry(server)

    rivalry.duel(DUELS)
    rivalry.rage(SECONDS)

    assert rivalry.answers.total() > 20
    assert rivalry.faults() == []
    assert taken_along(server, tmp_path) == []


@on_both
def test_of_several_who_set_punt_up_at_once_one_is_the_admin(serve: Callable[..., Server]) -> None:
    assert set_up_at_once(serve()) == []

"""Ten thousand worlds of log, feed, hub and streams, in which everything that can interfere does."""

from __future__ import annotations

import pytest

from tests.simulation.client import Broken
from tests.simulation.world import World, play

SEEDS = 10_000
PART = 2_500


@pytest.mark.parametrize("first", range(0, SEEDS, PART))
def test_an_id_never_passes_what_was_sent_whatever_comes_between(first: int) -> None:
    _play(range(first, first + PART))


def test_a_seed_replays_to_the_letter() -> None:
    stories = []
    for _ in range(2):
        world = World(7)
        world.run()
        stories.append(world.story)

    assert stories[0] == stories[1]


def test_a_broken_promise_names_its_seed_and_what_led_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("punt.events.stream._is_full", lambda _: False)

    with pytest.raises(Broken, match=r"seed \d+: .*\n(.*\n)*.*read \(head "):
        _play(range(100))


def _play(seeds: range) -> None:
    for seed in seeds:
        play(seed)

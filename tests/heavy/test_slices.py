"""Long work in slices, between which others get their turn."""

from __future__ import annotations

import time
from collections.abc import Iterator

import gevent
import pytest

from punt.heavy.slices import SLICE, breathe, breathing, pause, slices


@pytest.fixture(autouse=True)
def cooperative(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let sleeping be what it is in a worker."""
    monkeypatch.setattr("time.sleep", gevent.sleep)


def toil(seconds: float) -> None:
    """Keep the processor busy."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


def laboriously(name: str, diary: list[str]) -> None:
    """Work for several slices, breathing, and record each."""
    for _ in range(4):
        toil(1.2 * SLICE)
        diary.append(name)
        breathe()


def test_others_have_their_turn_after_each_slice_of_long_work() -> None:
    gaps: list[float] = []

    def look() -> Iterator[None]:
        while True:
            began = time.perf_counter()
            gevent.sleep(0.001)
            gaps.append(time.perf_counter() - began)

    watcher = gevent.spawn(lambda: list(look()))
    gevent.sleep(0)
    for _ in breathing(range(50)):
        toil(SLICE / 2)
    watcher.kill()

    assert len(gaps) >= 20


def test_works_that_are_long_take_turns_slice_by_slice() -> None:
    diary: list[str] = []

    gevent.joinall([gevent.spawn(laboriously, name, diary) for name in "abc"])

    assert [sorted(diary[start : start + 3]) for start in (3, 6)] == [["a", "b", "c"]] * 2


def test_a_socket_is_looked_at_between_any_two_slices() -> None:
    """A mere ``sleep(0)`` may resume fifty times before a timer or a socket is served."""
    woken: list[float] = []
    gevent.get_hub().loop.timer(SLICE / 10).start(lambda: woken.append(time.perf_counter()))

    toil(2 * SLICE)
    pause()
    over = time.perf_counter()

    assert woken
    assert woken[0] <= over


def test_slices_hold_all_in_their_order() -> None:
    assert list(slices(range(7), 3)) == [[0, 1, 2], [3, 4, 5], [6]]
    assert list(breathing(range(3))) == [0, 1, 2]
    assert list(slices([], 3)) == []

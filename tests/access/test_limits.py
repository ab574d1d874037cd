"""Counting attempts while others wait, and how many may."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from flask import Flask

from punt.access import limits
from punt.errors import TooMany
from punt.models import RateCounter
from tests.support.board import nothing_changes


def test_who_comes_while_a_limit_is_used_up_costs_no_write(limited: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    all_have_read, counted = threading.Barrier(3, timeout=0.5), list[str]()
    read, count = RateCounter.refuse_spent, RateCounter.count

    def read_together(tries: Any, *, seconds: int) -> None:
        read(tries, seconds=seconds)
        with suppress(threading.BrokenBarrierError):
            all_have_read.wait()

    def note_and_count(name: str, **more: int) -> None:
        counted.append(name)
        count(name, **more)

    monkeypatch.setattr(RateCounter, "refuse_spent", read_together)
    monkeypatch.setattr(RateCounter, "count", note_and_count)

    with ThreadPoolExecutor(3) as pool:
        passed = list(pool.map(try_the_door, [limited] * 3))

    assert sorted(passed) == [False, True, True]
    assert counted == ["door", "door"]


def try_the_door(app: Flask) -> bool:
    """Tell whether one of two attempts was left."""
    with app.app_context():
        try:
            limits.spend(("door", 2), seconds=60)
        except TooMany:
            return False
        return True


@pytest.mark.parametrize("path", ["/api/auth/login", "/login"])
def test_when_too_many_strangers_wait_more_are_sent_away_and_nothing_is_counted(
    limited: Flask, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(limits, "_line", threading.BoundedSemaphore(1))
    who = {"username": "bob", "password": "not the password"}
    body: dict[str, Any] = {"json": who} if path.startswith("/api/") else {"data": who}

    with nothing_changes(limited), limits.in_line():
        crowded = limited.test_client().post(path, **body)
    alone = [limited.test_client().post(path, **body) for _ in range(2)]

    assert crowded.status_code == 503
    assert [answer.status_code for answer in alone] == [401, 401]

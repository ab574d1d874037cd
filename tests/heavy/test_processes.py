"""Work in a process of its own."""

from __future__ import annotations

import os
import sys
import time

import pytest

from punt.heavy.processes import MEMORY, NICE, Failed, in_process
from punt.transfer.refusal import Refusal

LONG = 30
"""Seconds that a process may take to start on a busy machine."""


def test_it_is_another_process_and_gives_way_to_this_one() -> None:
    assert in_process(LONG, os.getpid) != os.getpid()
    assert in_process(LONG, os.getpriority, os.PRIO_PROCESS, 0) == os.getpriority(os.PRIO_PROCESS, 0) + NICE


def test_what_it_gives_comes_back_as_it_is() -> None:
    assert in_process(LONG, sorted, ["b", "ä", "a"], reverse=True) == ["ä", "b", "a"]
    assert in_process(LONG, bytes, 3_000_000) == bytes(3_000_000)


def test_a_refusal_comes_back_with_its_place() -> None:
    refusal = in_process(LONG, Refusal, "It is torn.", line=7, field="title")

    assert (refusal.message, refusal.line, refusal.field_name) == ("line 7, title: It is torn.", 7, "title")
    assert [detail.message for detail in refusal.details] == [refusal.message]


def test_what_takes_too_long_is_ended() -> None:
    began = time.monotonic()

    with pytest.raises(Failed):
        in_process(0.2, time.sleep, 60)

    assert time.monotonic() - began < LONG


def test_what_takes_too_much_memory_takes_nobody_along() -> None:
    with pytest.raises(Failed, match=r"^MemoryError$"):
        in_process(LONG, bytes, 2 * MEMORY)


def test_what_raises_or_crashes_is_told() -> None:
    with pytest.raises(Failed, match=r"^ValueError$"):
        in_process(LONG, int, "one")
    with pytest.raises(Failed):
        in_process(LONG, sys.exit, 3)
    with pytest.raises(Failed):
        in_process(LONG, os.abort)

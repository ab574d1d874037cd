"""Work in other threads."""

from __future__ import annotations

import os
import sys

import pytest

from punt.heavy.threads import NICE, in_background_thread, in_thread


@pytest.mark.skipif(sys.platform != "linux", reason="a thread has no priority of its own")
def test_heavy_work_steps_back_and_takes_nobody_along() -> None:
    own = os.getpriority(os.PRIO_PROCESS, 0)

    heavy = [in_background_thread(os.getpriority, os.PRIO_PROCESS, 0) for _ in range(2)]

    assert heavy == [max(own, NICE)] * 2
    assert in_thread(os.getpriority, os.PRIO_PROCESS, 0) == own
    assert os.getpriority(os.PRIO_PROCESS, 0) == own


def test_what_heavy_work_raises_is_raised() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        in_background_thread(int, "one")

"""Work that takes long: in another thread, so that the event loop goes on."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import gevent
from gevent.threadpool import ThreadPool

NICE = 10
"""How far heavy work steps back, as ``nice`` counts: it gets a tenth of what an event loop gets that wants as much."""

Answer = TypeVar("Answer")
Arguments = ParamSpec("Arguments")


def apart(work: Callable[Arguments, Answer], *arguments: Arguments.args, **named: Arguments.kwargs) -> Answer:
    """Do something in another thread and wait for it cooperatively; never inside a write lock."""
    answer: Answer = gevent.get_hub().threadpool.apply(work, arguments, named)
    return answer


def apart_and_last(work: Callable[Arguments, Answer], *arguments: Arguments.args, **named: Arguments.kwargs) -> Answer:
    """Do something heavy as ``apart`` does, but leave the processors to whoever else wants them."""
    pool = ThreadPool(1)  # for this work only: a thread that has stepped back may not step forward again
    try:
        answer: Answer = pool.apply(_step_back_for, (work, *arguments), named)
    finally:
        pool.kill()
    return answer


def _step_back_for(work: Callable[Arguments, Answer], *arguments: Arguments.args, **named: Arguments.kwargs) -> Answer:
    if sys.platform == "linux":  # elsewhere a priority is the whole process's
        os.setpriority(os.PRIO_PROCESS, 0, max(NICE, os.getpriority(os.PRIO_PROCESS, 0)))
    return work(*arguments, **named)

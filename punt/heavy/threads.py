"""Work that takes long: in another thread, so that the event loop goes on."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import gevent
from gevent.threadpool import ThreadPool

from punt.language import in_this_language

NICE = 10
"""How much heavy work lowers its priority, as ``nice`` counts: it gets a tenth of what a busy event loop gets."""

Answer = TypeVar("Answer")
Arguments = ParamSpec("Arguments")


def in_thread(work: Callable[Arguments, Answer], *arguments: Arguments.args, **named: Arguments.kwargs) -> Answer:
    """Do something in another thread and wait for it cooperatively; never inside a write lock."""
    answer: Answer = gevent.get_hub().threadpool.apply(in_this_language(work), arguments, named)
    return answer


def in_background_thread(
    work: Callable[Arguments, Answer], *arguments: Arguments.args, **named: Arguments.kwargs
) -> Answer:
    """Do something heavy in another thread of low priority, leaving the processors to whoever else needs them."""
    pool = ThreadPool(1)  # for this work only: a thread cannot raise its priority again
    try:
        answer: Answer = pool.apply(in_this_language(_step_back_for), (work, *arguments), named)
    finally:
        pool.kill()
    return answer


def _step_back_for(work: Callable[Arguments, Answer], *arguments: Arguments.args, **named: Arguments.kwargs) -> Answer:
    if sys.platform == "linux":  # on other systems a priority applies to the whole process
        os.setpriority(os.PRIO_PROCESS, 0, max(NICE, os.getpriority(os.PRIO_PROCESS, 0)))
    return work(*arguments, **named)

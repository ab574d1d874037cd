"""Work that takes long: in a thread of gevent's pool, so that the event loop goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import gevent

Answer = TypeVar("Answer")
Arguments = ParamSpec("Arguments")


def apart(work: Callable[Arguments, Answer], *arguments: Arguments.args, **named: Arguments.kwargs) -> Answer:
    """Do something in another thread and wait for it cooperatively; never inside a write lock."""
    answer: Answer = gevent.get_hub().threadpool.apply(work, arguments, named)
    return answer

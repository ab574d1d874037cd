"""Work that keeps Python busy for long: in a process of its own, so that nobody waits for the interpreter.

Threads would not help: those of a process take turns at running Python, so requests would have to wait.
"""

from __future__ import annotations

import os
import pickle
import resource
import subprocess
import sys
from collections.abc import Callable
from math import ceil
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from punt.language import speak, spoken

ROOT = Path(__file__).resolve().parents[2]
NICE = 10
"""How much it lowers its priority, as in ``threads``, which is not imported because gevent takes time to load."""
MEMORY = 1 << 30
"""Bytes of memory that such a process may have."""

Answer = TypeVar("Answer")
Arguments = ParamSpec("Arguments")


class Failed(Exception):
    """The work was not done: it took too long or too much memory, raised something, or crashed."""


class Late(Failed):
    """It took too long, which may be due to the machine as much as to the work."""


def in_process(
    seconds: float, work: Callable[Arguments, Answer], *arguments: Arguments.args, **named: Arguments.kwargs
) -> Answer:
    """Do something in a process of its own, at low priority, and wait for it cooperatively.

    :param seconds: after which it is killed.
    :param work: a function at the top of a module; the module is imported there.
    :raises Failed: when there is no result.
    :raises Late: when there is none in time.
    """
    command = [sys.executable, "-m", "punt.heavy.processes"]
    asked = pickle.dumps((seconds, spoken(), work, arguments, named))
    try:
        child = subprocess.run(command, input=asked, capture_output=True, cwd=ROOT, timeout=seconds, check=True)  # noqa: S603
    except subprocess.CalledProcessError as error:
        raise Failed(_kind(error)) from None
    except subprocess.TimeoutExpired as error:
        raise Late(type(error).__name__) from None
    except OSError as error:
        raise Failed(type(error).__name__) from None
    answer: Answer = pickle.loads(child.stdout)  # noqa: S301 - written by our own code
    return answer


def _kind(error: subprocess.CalledProcessError) -> str:
    """Name what went wrong; the message may quote what people wrote, which must not be logged."""
    lines = error.stderr.decode(errors="replace").split("\n")
    return next((line.partition(":")[0] for line in reversed(lines) if line.strip()), f"exit {error.returncode}")


def _work() -> None:
    """Do what the parent asks, read from the standard input; exceptions are reported on the standard error."""
    os.nice(NICE)
    if sys.platform == "linux":  # other systems have a different kind of limit, or none
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    seconds, language, work, arguments, named = pickle.load(sys.stdin.buffer)  # noqa: S301 - as above
    speak(language)
    most = ceil(seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (most, most))  # if the parent dies, nobody else would end it
    answer: Any = work(*arguments, **named)
    pickle.dump(answer, sys.stdout.buffer)


if __name__ == "__main__":
    _work()

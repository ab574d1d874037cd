"""Even if nobody loses access a stream ends now and then: each at its own moment, and nothing is lost."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest

from tests.revocation.scene import Scene, head
from tests.support.listener import Listener, Message
from tests.support.server import Server

LIFETIME = 2.0
STREAMS = 12
SLACK = 20.0
"""Seconds that a busy machine may take to open and to end a dozen streams."""
ENOUGH = 5


@pytest.fixture(scope="module")
def mortal(inhabited: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose streams live for at most two seconds."""
    instance = Path(shutil.copytree(inhabited, tmp_path_factory.mktemp("mortal") / "instance"))
    server = Server(instance, settings={"PUNT_STREAM_LIFETIME": str(LIFETIME), "PUNT_STREAM_KEEPALIVE": "0.2"}).start()
    yield server
    server.end()


def test_streams_that_began_together_end_at_moments_of_their_own(mortal: Server) -> None:
    scene, ages = Scene(mortal), list[float]()

    def live_and_die() -> None:
        browser, began = scene.browser("here"), time.monotonic()
        with Listener(browser, scene.path("project")) as stream:
            stream.wait_for_end(seconds=LIFETIME + SLACK)
            ages.append(time.monotonic() - began)

    lives = [threading.Thread(target=live_and_die) for _ in range(STREAMS)]
    for life in lives:
        life.start()
    for life in lives:
        life.join()

    assert len(ages) == STREAMS
    assert min(ages) > LIFETIME * 0.8
    assert max(ages) - min(ages) > LIFETIME * 0.03


def test_whoever_comes_back_each_time_loses_nothing(mortal: Server) -> None:
    scene = Scene(mortal)
    start, kinds = head(mortal), ("project", "projects", "users", "all")
    heard: dict[str, list[Message]] = {kind: [] for kind in kinds}
    cursors: dict[str, str | None] = dict.fromkeys(kinds, mortal.head())
    over, rounds = threading.Event(), 0
    writer = threading.Thread(target=_write_until, args=(over, scene))
    writer.start()

    while rounds < 2 or any(len(messages) < ENOUGH for messages in heard.values()):
        rounds += 1
        with ExitStack() as stack:
            streams = {kind: stack.enter_context(_open(scene, kind, cursors[kind])) for kind in kinds}
            for kind, stream in streams.items():
                stream.wait_for_end(seconds=LIFETIME + SLACK)
                heard[kind] += stream.messages
                cursors[kind] = stream.cursor
    over.set()
    writer.join()
    for kind in kinds:
        with _open(scene, kind, cursors[kind]) as stream:
            heard[kind] += stream.wait_until_at(mortal.head())

    assert {kind: heard[kind] for kind in kinds} == {kind: scene.due("here", kind, start) for kind in kinds}


def _open(scene: Scene, kind: str, cursor: str | None) -> Listener:
    return Listener(scene.browser("here"), scene.path(kind), last_event_id=cursor)


def _write_until(over: threading.Event, scene: Scene) -> None:
    for nth in count():
        with scene.server.writing() as session:
            scene.mark(session, f"mark {nth}")
        if over.wait(0.1):
            break

"""Even while nobody loses anything a stream ends now and then: each at its own moment, and nothing is lost."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.revocation.scene import Scene, head
from tests.support.listener import Listener, Message
from tests.support.server import Server

LIFETIME = 2.0
STREAMS = 12
SLACK = 0.8


@pytest.fixture(scope="module")
def mortal(inhabited: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose streams live for two seconds at the most."""
    instance = Path(shutil.copytree(inhabited, tmp_path_factory.mktemp("mortal") / "instance"))
    server = Server(instance, settings={"PUNT_STREAM_LIFETIME": str(LIFETIME), "PUNT_STREAM_KEEPALIVE": "0.2"}).start()
    yield server
    server.end()


def test_streams_that_began_together_end_at_moments_of_their_own(mortal: Server) -> None:
    scene, ages = Scene(mortal), list[float]()

    def live_and_die() -> None:
        with Listener(scene.browser("here"), scene.path("project")) as stream:
            began = time.monotonic()
            stream.wait_for_end(seconds=LIFETIME + 5)
            ages.append(time.monotonic() - began)

    lives = [threading.Thread(target=live_and_die) for _ in range(STREAMS)]
    for life in lives:
        life.start()
    for life in lives:
        life.join()

    assert len(ages) == STREAMS
    assert all(LIFETIME * 0.8 - 0.2 < age < LIFETIME + SLACK for age in ages)
    assert max(ages) - min(ages) > LIFETIME * 0.03


def test_whoever_comes_back_each_time_loses_nothing(mortal: Server) -> None:
    scene = Scene(mortal)
    start, kinds = head(mortal), ("project", "projects", "users", "all")
    heard: dict[str, list[Message]] = {kind: [] for kind in kinds}
    cursors: dict[str, str | None] = dict.fromkeys(kinds, mortal.head())
    writer = threading.Thread(target=_write_for, args=(scene, 2 * LIFETIME))
    writer.start()

    for _ in range(2):
        with ExitStack() as stack:
            streams = {kind: stack.enter_context(_open(scene, kind, cursors[kind])) for kind in kinds}
            for kind, stream in streams.items():
                stream.wait_for_end(seconds=LIFETIME + 5)
                heard[kind] += stream.messages
                cursors[kind] = stream.cursor
    writer.join()
    for kind in kinds:
        with _open(scene, kind, cursors[kind]) as stream:
            heard[kind] += stream.wait_until_at(mortal.head())

    assert {kind: heard[kind] for kind in kinds} == {kind: scene.due("here", kind, start) for kind in kinds}
    assert all(len(messages) > 4 for messages in heard.values())


def _open(scene: Scene, kind: str, cursor: str | None) -> Listener:
    return Listener(scene.browser("here"), scene.path(kind), last_event_id=cursor)


def _write_for(scene: Scene, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    for nth in range(1000):
        with scene.server.writing() as session:
            scene.mark(session, f"mark {nth}")
        time.sleep(0.1)
        if time.monotonic() > deadline:
            break

"""Access lost in the middle of a long replay to a slow reader: it gets what was on its way, and no more of the past."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from punt.events import capture
from punt.events.publication import Draft
from punt.models import topics
from tests.revocation.acts import LATER, SAME, TABLE, Row, make_viewer
from tests.revocation.scene import Scene
from tests.support.raw import cookie_of
from tests.support.server import Server

PAST = 2000
"""Events of 4 kB in the log; a page of them is 2 MB."""
READ = 20
ON_ITS_WAY = 250
"""Events that may be in the buffers of both kernels, and in the chunk being written."""
DEADLINE = 1.0
pytestmark = pytest.mark.alone
MIA = {("here", "project"), ("elsewhere", "project")}


class SlowReader:
    """A client of a project's stream that reads only when told to."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection, self.body = connection, bytearray()

    @property
    def numbers(self) -> list[int]:
        """The numbers of the events of the past that it has read."""
        return [int(number) for number in re.findall(rb'"nth":(\d+),', self.body)]

    def read(self, count: int) -> None:
        """Read until it has so many events of the past."""
        while f'"nth":{count - 1},'.encode() not in self.body[-100_000:]:
            assert self._take(), "the stream ended too early"

    def read_on(self, *, seconds: float) -> bool:
        """Read until the stream ends, or time is up; return whether it ended."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not self._take():
                return True
        return False

    def _take(self) -> bytes:
        try:
            taken = self._connection.recv(65536)
        except TimeoutError:
            return b"timeout"
        self.body += taken
        return taken


@contextmanager
def slow_reader(scene: Scene, cursor: str, who: str) -> Iterator[SlowReader]:
    """Open one of Mia's streams of the project from a cursor, and leave everything else to the other worker."""
    browser = scene.browser(who)
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        connection.settimeout(0.2)
        lines = (
            f"GET {scene.path('project')} HTTP/1.1",
            "Host: localhost",
            f"Last-Event-ID: {cursor}",
            f"Cookie: {cookie_of(browser)}",
            "Connection: close",
        )
        here, scene.worker = scene.server.worker_ids()
        with scene.server.leaving_to(here):
            connection.connect(("127.0.0.1", scene.server.port))
            connection.sendall("\r\n".join((*lines, "", "")).encode())
            reader = SlowReader(connection)
            reader.read(READ)
        yield reader


def fill_the_past(scene: Scene) -> str:
    """Write a long past into the log and return the cursor before it."""
    cursor, padding = scene.server.head(), "x" * 4000
    with scene.server.writing() as session:
        topic = topics.project(scene.ids[scene.key])
        past = [Draft("past", topic, {"nth": nth, "padding": padding}) for nth in range(PAST)]
        capture.announce(session, *past)
    return cursor


@pytest.mark.parametrize("row", [row for row in TABLE if row.ends & MIA], ids=lambda row: row.name)
def test_who_loses_access_during_a_replay_gets_no_more_of_it(live: Server, row: Row) -> None:
    scene = Scene(live)
    who = "here" if ("here", "project") in row.ends else "elsewhere"
    cursor = fill_the_past(scene)

    with slow_reader(scene, cursor, who) as reader:
        row.act(scene)
        with live.writing() as session:
            scene.mark(session, LATER)
        ended = reader.read_on(seconds=DEADLINE)

    assert ended
    assert reader.numbers == list(range(len(reader.numbers)))
    assert len(reader.numbers) < READ + ON_ITS_WAY
    assert SAME.encode() not in reader.body
    assert LATER.encode() not in reader.body
    assert row.last is None or f'"type":"{row.last}"'.encode() in reader.body


def test_who_keeps_access_during_a_replay_gets_all_of_it(live: Server) -> None:
    scene = Scene(live)
    cursor = fill_the_past(scene)

    with slow_reader(scene, cursor, "here") as reader:
        make_viewer(scene)
        reader.read(PAST)
        ended = reader.read_on(seconds=0.5)

    assert not ended
    assert reader.numbers == list(range(PAST))
    assert SAME.encode() in reader.body

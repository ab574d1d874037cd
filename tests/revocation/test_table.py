"""Each way to lose access ends exactly the right streams, on every worker, at once; nobody else misses anything."""

from __future__ import annotations

import time

import pytest

from tests.revocation.acts import EXPIRY, LATER, SAME, TABLE, Row
from tests.revocation.scene import Scene, head
from tests.support.server import Server

pytestmark = pytest.mark.alone
DEADLINE = 1.0


@pytest.mark.parametrize("row", [*TABLE, *EXPIRY], ids=lambda row: row.name)
def test_exactly_the_right_streams_end_and_nobody_else_misses_a_thing(live: Server, row: Row) -> None:
    """Let everybody listen, take access away, and compare what each stream delivered and which ended."""
    scene = Scene(live)
    last, _ = min(row.ends, default=("here", ""))
    with scene.streams(last, row.before) as streams:
        start = head(scene.server)
        for stream in (stream for several in streams.values() for stream in several):
            stream.wait_until_at(scene.server.head())

        row.act(scene)
        acted, done = time.monotonic(), head(scene.server)
        with scene.server.writing() as session:
            scene.mark(session, LATER)
        turning_point = scene.turning_point(start) or done

        for name in row.ends:
            for stream in streams[name]:
                stream.wait_for_end(seconds=max(acted + DEADLINE - time.monotonic(), 0.01))
                assert (stream.failure, stream.messages) == (None, scene.due(*name, start, turning_point)), name
                assert not {SAME, LATER} & {message["data"].get("title") for message in stream.messages}, name
                assert row.last in {None, stream.types()[-1] if stream.types() else ""}
        for name in streams.keys() - row.ends:
            for stream in streams[name]:
                stream.wait_until_at(scene.server.head())
                assert (stream.ended, stream.messages) == (False, scene.due(*name, start)), name
    assert {scene.status(*name) for name in streams.keys() - row.ends} <= {200}
    assert {name: scene.status(*name) for name in row.ends} == {name: row.back[name[1]] for name in row.ends}

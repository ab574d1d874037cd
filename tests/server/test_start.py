"""How a server starts, or does not: as an operator's does, and forked as most are in tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.pictures import PICTURE
from tests.support.server import Server

both_ways = pytest.mark.parametrize("cold", [True, False], ids=["as an operator's", "forked"])


@both_ways
def test_a_server_with_a_wrong_setting_ends_and_says_why(instance: Path, cold: bool) -> None:
    server = Server(instance, settings={"PUNT_STREAM_KEEPALIVE": "often"}, cold=cold)

    with pytest.raises(AssertionError, match="PUNT_STREAM_KEEPALIVE"):
        server.start()

    assert not server.runs


@both_ways
def test_a_server_answers_stops_and_starts_again(instance: Path, cold: bool) -> None:
    server = Server(instance, cold=cold).start()
    try:
        for _ in range(2):
            assert server.client("bob").get("/api/me").json()["username"] == "bob"
            server.stop()
            assert not server.runs
            server.start()
    finally:
        server.end()

    assert "Traceback" not in server.log


@both_ways
def test_a_worker_that_starts_processes_logs_nothing_of_it(instance: Path, cold: bool) -> None:
    server = Server(instance, cold=cold).start()
    try:
        assert server.client("bob").put("/api/me/picture", content=PICTURE).status_code == 200
    finally:
        server.end()

    assert all("[INFO]" in line for line in server.log.splitlines())

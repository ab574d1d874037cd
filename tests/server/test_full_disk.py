"""A full disk: reading and listening continue, writing is refused with a message, until there is space again."""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest

from tests.conftest import server_on
from tests.server import on_both
from tests.support.audience import Audience
from tests.support.audit import TOKEN, head_of, log_of, lost_or_doubled
from tests.support.disk import OnSmallDisk, SmallDisk, small_disk
from tests.support.postgres import Postgres
from tests.support.raw import raw_stream
from tests.support.server import Server
from tests.support.wait import until
from tests.support.writers import Writers

pytestmark = pytest.mark.alone

HARB = "/api/projects/HARB"
LONG = "x" * 40_000
FULL = {"error": "The disk of the server is full. Nothing was changed; please try again when there is room."}
SETTINGS = {"PUNT_METRICS_TOKEN": TOKEN, "PUNT_STREAM_KEEPALIVE": "0.2"}
RECOVERY = 2
"""Seconds after there is space within which writing works again."""


@pytest.fixture
def disk() -> Iterator[SmallDisk]:
    """A disk that other users than root can reach, because PostgreSQL does not run as root."""
    with TemporaryDirectory(prefix="punt-disk-") as folder:
        Path(folder).chmod(0o755)
        with small_disk(Path(folder) / "disk", "64m") as mounted:
            yield mounted


@pytest.fixture
def serve(request: pytest.FixtureRequest, disk: SmallDisk, tmp_path: Path) -> Iterator[Server]:
    """A server whose database, and everything else that it writes but its log, is on the small disk."""
    folder = disk.folder / "instance"
    settings = SETTINGS | {"PUNT_INSTANCE_PATH": str(folder)}
    if request.param == "sqlite":
        shutil.copytree(request.getfixturevalue("inhabited"), folder)
        (tmp_path / "served").mkdir()
        server: Server = OnSmallDisk(tmp_path / "served", 2, settings)
    else:
        server = server_on("postgres", request, tmp_path / "served", 2, settings)
        move_to(disk, request.getfixturevalue("postgres"), server)
    yield server.start()
    server.end()
    if request.param == "postgres":
        request.getfixturevalue("postgres").terminate(server.settings["PUNT_DATABASE_URL"])
        move_back(request.getfixturevalue("postgres"), server)


def name_of(server: Server) -> str:
    return server.settings["PUNT_DATABASE_URL"].rpartition("/")[2].partition("?")[0]


def move_to(disk: SmallDisk, postgres: Postgres, server: Server) -> None:
    """Move a PostgreSQL database to the small disk."""
    folder = disk.folder / "postgres"
    folder.mkdir()
    if postgres.system_user:
        shutil.chown(folder, postgres.system_user)
    postgres.run(f"CREATE TABLESPACE small LOCATION '{folder}'")
    postgres.run(f"ALTER DATABASE {name_of(server)} SET TABLESPACE small")


def move_back(postgres: Postgres, server: Server) -> None:
    postgres.run(f"DROP DATABASE {name_of(server)}")
    postgres.run("DROP TABLESPACE small")


@contextmanager
def full(disk: SmallDisk, client: httpx.Client) -> Iterator[httpx.Response]:
    """Fill the disk until a write is refused, and free it at the end."""
    disk.fill()
    refused: list[httpx.Response] = []

    def is_refused() -> bool:
        disk.fill()
        refused.append(make(client))
        return refused[-1].status_code != 201

    until(is_refused, seconds=30, what="a write to be refused")
    yield refused[-1]
    disk.free()


def make(client: httpx.Client) -> httpx.Response:
    return client.post(f"{HARB}/tickets", json={"title": "Heavy", "description": LONG})


@on_both
def test_reading_and_listening_go_on_and_writing_is_refused_until_there_is_room(serve: Server, disk: SmallDisk) -> None:
    server, alice, bob = serve, serve.client("alice"), serve.client("bob")
    workers = set(server.worker_ids())

    with Audience(bob, f"{HARB}/events", 10, cursor=head_of(server)) as audience:
        audience.wait_until_live()
        with full(disk, alice) as refused:
            form = alice.post("/projects/HARB/tickets", data={"title": "Heavy", "description": LONG})
            reads = [bob.get(path).status_code for path in ("/projects/HARB/board", f"{HARB}/tickets", "/healthz", "/")]
            with raw_stream(bob, f"{HARB}/events") as stream:
                stream.read_until(b": connected")
                stream.read_until(b"event: ping")
            monitored = httpx.get(f"{server.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=20)
        until(lambda: make(alice).status_code == 201, seconds=RECOVERY, what="writing to work again")
        audience.wait_until_at(head_of(server))
        log = log_of(server)

        assert (refused.status_code, refused.json()) == (503, FULL)
        assert form.status_code == 503
        assert "The disk of the server is full" in form.text
        assert reads == [200, 200, 200, 200]
        assert monitored.status_code == 200
        assert all(list(ear.positions) == list(log) and ear.answers == {"200": 1} for ear in audience.ears)
    assert set(server.worker_ids()) == workers
    assert server.log.count("the disk is full") == 1
    assert "Traceback" not in server.log


@on_both
def test_a_worker_that_begins_on_a_full_disk_serves(serve: Server, disk: SmallDisk) -> None:
    server, alice = serve, serve.client("alice")

    with full(disk, alice):
        begun = server.log.count("Booting worker")
        server.kill(*server.worker_ids())
        until(lambda: alice.get("/projects/HARB/board").status_code == 200, seconds=20, what="the new ones to serve")
        time.sleep(1)  # in which those that die at once would have been replaced
        again = server.log.count("Booting worker") - begun
    until(lambda: make(alice).status_code == 201, seconds=RECOVERY, what="writing to work again")

    assert again == server.workers
    assert "SIGBUS" not in server.log


@on_both
def test_what_was_acknowledged_around_a_full_disk_is_heard_once(serve: Server, disk: SmallDisk) -> None:
    server, alice, bob = serve, serve.client("alice"), serve.client("bob")

    with Audience(bob, f"{HARB}/events", 5, cursor=head_of(server)) as audience:
        audience.wait_until_live()
        with Writers(alice, 2, description="x" * 2_000) as writers:
            for _ in range(3):
                disk.fill()
                wait_for(writers, "503", seconds=30)
                disk.free()
                wait_for(writers, "201", seconds=RECOVERY)
        audience.wait_until_at(head_of(server))

    assert set(writers.answers) == {"201", "503"}
    assert lost_or_doubled(server, writers, audience) == []
    assert all(ear.answers == {"200": 1} for ear in audience.ears)


def wait_for(writers: Writers, answer: str, *, seconds: float) -> None:
    """Wait until the writers have had a few more responses."""
    before = writers.answers[answer]
    until(lambda: writers.answers[answer] > before + 5, seconds=seconds, what=f"more answers {answer}")


def test_a_log_that_lies_on_the_full_disk_ends_nobody(inhabited: Path, disk: SmallDisk) -> None:
    server = Server(Path(shutil.copytree(inhabited, disk.folder / "instance")), 2, SETTINGS)
    server.start()
    try:
        alice = server.client("alice")
        workers = set(server.worker_ids())
        with full(disk, alice) as refused:
            for _ in range(20):
                assert make(alice).status_code == 503
        until(lambda: make(alice).status_code == 201, seconds=RECOVERY, what="writing to work again")

        assert refused.json() == FULL
        assert set(server.worker_ids()) == workers
        server.signal(signal.SIGHUP)
        until(lambda: not workers & set(server.worker_ids()), seconds=20, what="other workers")
        assert make(alice).status_code == 201
    finally:
        server.end()

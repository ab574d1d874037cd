"""The setting of a storm: a real server with three workers on its own instance, and a list of broken promises."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import flask_migrate
import httpx

from punt.app import create_app
from punt.database import db
from punt.settings import Settings
from tests.support import cast
from tests.support.audit import TOKEN, head_of
from tests.support.disk import SmallDisk, small_disk
from tests.support.postgres import Postgres, postgres_server
from tests.support.server import Server
from tests.support.valkey import Valkey

STREAM = "/api/projects/HARB/events"
PAGE_SIZE = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Ground:
    """The setting of a storm.

    :ivar disk: the small one with the instance, if the storm is about that.
    :ivar broken: promises that were not kept.
    """

    server: Server
    alice: httpx.Client
    bob: httpx.Client
    valkey: Valkey
    postgres: Postgres | None
    disk: SmallDisk | None = None
    broken: list[str] = field(default_factory=list)

    def judge(self, promise: str, figure: float, most: float, unit: str = "") -> None:
        """Print a figure beside its promise, and record it when it is exceeded."""
        kept = figure <= most
        print(f"  {promise}: {figure:.4g}{unit} (promised: at most {most:.4g}{unit}, {'kept' if kept else 'BROKEN'})")
        if not kept:
            self.broken.append(f"{promise}: {figure:.4g}{unit} > {most:.4g}{unit}")

    def fault(self, *faults: str) -> None:
        """Record what is wrong in any case."""
        for each in faults:
            print(f"  BROKEN: {each}")
        self.broken += faults

    def head(self) -> str:
        """Return the cursor after the newest event."""
        return head_of(self.server)

    def heaviest(self) -> float:
        """Return the resident memory of the heaviest worker in MB."""
        return max(memory(worker) for worker in self.server.worker_ids())

    def counted(self, what: str) -> int:
        """Return how many ``greenlets`` or ``connections`` the workers have in total, by their last count."""
        places = (self.server.instance / f"counts-{worker}.json" for worker in self.server.worker_ids())
        return sum(json.loads(place.read_text() or "{}").get(what, 0) for place in places if place.exists())

    def descriptors(self) -> int:
        """Return how many file descriptors the workers have open in total."""
        return sum(len(list(Path(f"/proc/{worker}/fd").iterdir())) for worker in self.server.worker_ids())


@contextmanager
def ground(storm: str, *, postgres: bool) -> Iterator[Ground]:
    """Prepare an instance where the cast lives, start a server on it, and sign Alice and Bob in."""
    print(f"== {storm} on {'PostgreSQL' if postgres else 'SQLite'}, 3 workers", flush=True)
    with TemporaryDirectory(prefix="punt-soak-") as folder, ExitStack() as stack:
        valkey = Valkey()
        stack.callback(valkey.stop)
        database = stack.enter_context(postgres_server()) if postgres else None
        settings = {"PUNT_DATABASE_URL": database.database()} if database else {}
        bell = {"PUNT_REDIS_URL": valkey.address} if storm == "outages" else {}
        home, disk = Path(folder), None
        if storm == "disk" and not postgres:
            disk = stack.enter_context(small_disk(home / "disk", "64m"))
            home = disk.folder
        server = Server(home, 3, {**LIMITS, **settings, **bell})
        _move_in(server)
        server.start()
        stack.callback(server.stop)
        yield Ground(server, server.client("alice"), server.client("bob"), valkey, database, disk)


LIMITS = {
    "PUNT_STREAMS_PER_PERSON": "10000",
    "PUNT_STREAM_KEEPALIVE": "5",
    "PUNT_METRICS_TOKEN": TOKEN,
    "GUNICORN_CMD_ARGS": "--config python:bench.soak.counting",
}


def memory(process: int) -> float:
    """Return a process's resident memory in MB."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * PAGE_SIZE / 1e6


def _move_in(server: Server) -> None:
    app = create_app(Settings.model_validate({**server.environ, "PUNT_LOG_LEVEL": "warning"}))
    with app.app_context():
        flask_migrate.upgrade()
        cast.move_in()
        db.session.remove()
        db.engine.dispose()

"""The ground of a storm: a real server with three workers on an instance of its own, and a list of broken promises."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
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
from tests.support.server import Server

STREAM = "/api/projects/HARB/events"
PAGE_SIZE = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Ground:
    """Where a storm happens.

    :ivar broken: promises that were not kept.
    """

    server: Server
    alice: httpx.Client
    bob: httpx.Client
    broken: list[str] = field(default_factory=list)

    def judge(self, promise: str, figure: float, most: float, unit: str = "") -> None:
        """Print a figure beside what was promised, and note it when it is more."""
        kept = figure <= most
        print(f"  {promise}: {figure:.4g}{unit} (promised: at most {most:.4g}{unit}, {'kept' if kept else 'BROKEN'})")
        if not kept:
            self.broken.append(f"{promise}: {figure:.4g}{unit} > {most:.4g}{unit}")

    def fault(self, *faults: str) -> None:
        """Note what is wrong in any case."""
        for each in faults:
            print(f"  BROKEN: {each}")
        self.broken += faults

    def head(self) -> str:
        """Return the cursor after the newest event."""
        return head_of(self.server)

    def heaviest(self) -> float:
        """Return the resident memory of the heaviest worker in MB."""
        return max(memory(worker) for worker in self.server.worker_ids())

    def descriptors(self) -> int:
        """Return how many file descriptors the workers have open in all."""
        return sum(len(list(Path(f"/proc/{worker}/fd").iterdir())) for worker in self.server.worker_ids())


@contextmanager
def ground(storm: str, *, postgres: bool) -> Iterator[Ground]:
    """Prepare an instance where the cast lives, start a server on it, and sign Alice and Bob in."""
    print(f"== {storm} on {'PostgreSQL' if postgres else 'SQLite'}, 3 workers", flush=True)
    with TemporaryDirectory(prefix="punt-soak-") as folder, _database(postgres) as settings:
        server = Server(Path(folder), 3, {**LIMITS, **settings})
        _move_in(server)
        server.start()
        try:
            yield Ground(server, server.client("alice"), server.client("bob"))
        finally:
            server.stop()


LIMITS = {
    "PUNT_STREAMS_PER_PERSON": "10000",
    "PUNT_STREAM_KEEPALIVE": "5",
    "PUNT_METRICS_TOKEN": TOKEN,
}


def memory(process: int) -> float:
    """Return a process's resident memory in MB."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * PAGE_SIZE / 1e6


@contextmanager
def _database(on_postgres: bool) -> Iterator[dict[str, str]]:
    if not on_postgres:
        yield {}
        return
    from tests.support.postgres import postgres_server  # only where it is asked for: it carries a whole server along

    with postgres_server() as running:
        yield {"PUNT_DATABASE_URL": running.database()}


def _move_in(server: Server) -> None:
    app = create_app(Settings.model_validate({**server.environ, "PUNT_LOG_LEVEL": "warning"}))
    with app.app_context():
        flask_migrate.upgrade()
        cast.move_in()
        db.session.remove()
        db.engine.dispose()

"""A real gunicorn with an instance of its own."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import httpx
from sqlalchemy.orm import Session

from punt.app import create_app
from punt.database import db, writing
from punt.settings import Settings
from tests.support import fork_server, processes
from tests.support.cast import PASSWORD
from tests.support.fork_server import Process
from tests.support.listener import Listener
from tests.support.wait import until

ROOT = Path(__file__).resolve().parents[2]
COUNT = 'UPDATE "column" SET ticket_count = (SELECT count(*) FROM ticket WHERE column_id = "column".id)'
KEPT = {"event_log", "event_head"}
COLD = "PYTEST_VERSION" not in os.environ or os.environ.get("PUNT_TEST_COLD") == "yes"
"""Whether servers load everything themselves: what is measured outside of tests, and tests that shall be like that."""


PORTS = range(20_000, 32_000)
"""Ports that no system gives to its clients, who would otherwise have one while a server is being started again."""


def free_port() -> int:
    """Return a port that nobody listens on."""
    while True:
        port = secrets.choice(PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@dataclass
class Server:
    """One running PUNT.

    :param instance: its instance folder, with a migrated database.
    :param cold: whether it loads all itself, as an operator's does: for tests that judge how it starts.
    """

    instance: Path
    workers: int = 2
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    cold: bool = COLD
    _process: Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.settings.get('PUNT_URL_PREFIX', '')}"

    @property
    def log(self) -> str:
        return (self.instance / "server.log").read_text()

    @property
    def database(self) -> Path:
        return self.instance / "punt.sqlite3"

    @property
    def environ(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.instance),
            "FLASK_APP": "wsgi",
            "PUNT_INSTANCE_PATH": str(self.instance),
            "PUNT_BIND": f"127.0.0.1:{self.port}",
            "PUNT_RATE_LIMITS": "off",
            "PUNT_STREAM_LANE": os.environ.get("PUNT_TEST_LANE", "auto"),
            "WEB_CONCURRENCY": str(self.workers),
            **self.settings,
        }

    def start(self) -> Server:
        """Start it and wait until it answers."""
        processes.need_leave_to_serve()
        with (self.instance / "server.log").open("ab") as log:
            self._process = self._cold_start(log) if self.cold else fork_server.gunicorn(self.environ, log)
        try:
            until(self._answers, seconds=60, what="the server to answer")
        except BaseException:
            self.end()  # nobody else would
            raise
        return self

    def stop(self, *, seconds: float = 20) -> None:
        """Stop it as an operator does, and wait until it is gone."""
        if self._process and self.runs:
            self.signal(signal.SIGTERM)
            self._process.wait(seconds)

    def end(self) -> None:
        """Kill it with its workers: no test waits for the farewells that ``tests/server`` judges."""
        if self._process and self.runs:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    @property
    def runs(self) -> bool:
        """Whether it was started and has not stopped."""
        return self._process is not None and self._process.poll() is None

    def put_back(self, pristine: Path) -> None:
        """Make all as it is in another instance while it runs; the log of events goes on and tells of before."""
        with closing(
            sqlite3.connect(f"file:{self.database}", uri=True, timeout=20, isolation_level=None)
        ) as connection:
            connection.execute("ATTACH ? AS pristine", (f"file:{pristine / self.database.name}?immutable=1",))
            connection.execute("BEGIN IMMEDIATE")
            for (table,) in connection.execute(
                "SELECT name FROM pristine.sqlite_master WHERE type = 'table'"
            ).fetchall():
                if table not in KEPT and not table.startswith("sqlite_"):
                    connection.execute(f'DELETE FROM main."{table}"')
                    connection.execute(f'INSERT INTO main."{table}" SELECT * FROM pristine."{table}"')
            connection.execute(COUNT)  # its triggers have counted what was deleted and inserted in between
            connection.execute("COMMIT")

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the master process."""
        assert self._process is not None
        self._process.send_signal(number)

    def client(self, username: str | None = None, **options: Any) -> httpx.Client:
        """Return an HTTP client, signed in as one of the cast."""
        client = httpx.Client(base_url=self.url, timeout=20, **options)
        if username:
            answer = client.post("/api/auth/login", json={"username": username, "password": PASSWORD})
            assert answer.status_code == 200, answer.text
        return client

    def flask(self, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command of the shell against its instance."""
        if not self.cold:
            return fork_server.flask([*arguments], self.environ, stdin or "")
        command = [sys.executable, "-m", "flask", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.environ, input=stdin, capture_output=True, text=True, timeout=60, check=False
        )

    def run(self, *arguments: str) -> subprocess.Popen[str]:
        """Begin a command of the shell that goes on until it is interrupted."""
        command = [sys.executable, "-m", "flask", *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.environ,
            stdout=pipe,
            stderr=pipe,
            text=True,
            # Tests that run in the background inherit a SIGINT that is ignored; a person's shell gives a plain one.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Change the database as a command of the shell does, beside the running workers."""
        app = create_app(Settings.model_validate({"PUNT_INSTANCE_PATH": self.instance, "PUNT_RATE_LIMITS": "off"}))
        with app.app_context():
            with writing() as session:
                yield session
            db.engine.dispose()

    def rows(self, query: str, *values: Any) -> list[Any]:
        """Ask the database."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
            return connection.execute(query, values).fetchall()

    def head(self) -> str:
        """Return the cursor after the newest event of the log."""
        epoch, position = self.rows("SELECT epoch, position FROM event_head")[0]
        return f"{epoch}-{position}"

    @contextmanager
    def leaving_to(self, worker: int) -> Iterator[None]:
        """Let one worker take all that comes: the others stand still. Else the kernel may choose one of them for long.

        :param worker: its process.
        """
        with processes.standing_still(other for other in self.worker_ids() if other != worker):
            yield

    @contextmanager
    def streams_on_every_worker(self, client: httpx.Client, path: str) -> Iterator[list[Listener]]:
        """Listen to a path at each worker."""
        with ExitStack() as stack:
            streams: list[Listener] = []
            for worker in self.worker_ids():
                with self.leaving_to(worker):
                    streams.append(stack.enter_context(Listener(client, path)))
                assert streams[-1].status == 200
            yield streams

    def kill(self, *workers: int) -> None:
        """Kill workers, and wait until new ones begin in their places: what the killed held is free by then."""
        begun = self.log.count("Booting worker") + len(workers)
        for worker in workers:
            os.kill(worker, signal.SIGKILL)
        until(lambda: self.log.count("Booting worker") == begun, what="new workers")

    def worker_ids(self) -> list[int]:
        """List the worker processes."""
        assert self._process is not None
        return processes.children(self._process.pid)

    def _cold_start(self, log: IO[bytes]) -> Process:
        command = [sys.executable, "-m", "gunicorn", "wsgi:app"]
        return subprocess.Popen(command, cwd=ROOT, env=self.environ, stdout=log, stderr=log, start_new_session=True)

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log
        try:
            return httpx.get(f"{self.url}/api/auth/session", timeout=2).status_code == 200
        except httpx.TransportError:
            return False

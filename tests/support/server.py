"""A real gunicorn with an instance of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.support.cast import PASSWORD
from tests.support.wait import until

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Server:
    """One running PUNT.

    :param instance: its instance folder, with a migrated database.
    """

    instance: Path
    workers: int = 2
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return (self.instance / "server.log").read_text()

    @property
    def environ(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.instance),
            "FLASK_APP": "wsgi",
            "PUNT_INSTANCE_PATH": str(self.instance),
            "PUNT_BIND": f"127.0.0.1:{self.port}",
            "PUNT_RATE_LIMITS": "off",
            "WEB_CONCURRENCY": str(self.workers),
            **self.settings,
        }

    def start(self) -> Server:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "gunicorn", "wsgi:app"]
        with (self.instance / "server.log").open("ab") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, env=self.environ, stdout=log, stderr=log)
        until(self._answers, seconds=20, what="the server to answer")
        return self

    def stop(self) -> None:
        """Stop it as an operator does, and wait until it is gone."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(20)

    def client(self, username: str | None = None, **options: Any) -> httpx.Client:
        """Return an HTTP client, signed in as one of the cast."""
        client = httpx.Client(base_url=self.url, timeout=20, **options)
        if username:
            answer = client.post("/api/auth/login", json={"username": username, "password": PASSWORD})
            assert answer.status_code == 200, answer.text
        return client

    def flask(self, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command of the shell against its instance."""
        command = [sys.executable, "-m", "flask", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.environ, input=stdin, capture_output=True, text=True, timeout=60, check=False
        )

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log
        try:
            return httpx.get(f"{self.url}/api/auth/session", timeout=2).status_code == 200
        except httpx.TransportError:
            return False

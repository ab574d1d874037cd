"""Schemathesis, which asks a running server all that its OpenAPI description allows, and more: ``make fuzz``."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, STDOUT

import httpx

from punt.app import create_app
from punt.database import db
from punt.settings import Settings
from tests.support import cast
from tests.support.board import HARB
from tests.support.server import ROOT, Server

MANY = 5000
FAST = {"PUNT_STREAM_LIFETIME": "0.05", "PUNT_STREAM_KEEPALIVE": "0.02"}
"""Streams that end at once: Schemathesis reads an answer to its end."""
CONFIG = """
suppress-health-check = ["all"]
continue-on-failure = true
request-timeout = 20
[cache]
enabled = false
[auth.openapi.session]
api_key = {cookie}
[dictionaries]
{dictionaries}
[parameters]
{parameters}
[[operations]]  # no schema can say: things of this project, all of them, real people and pictures
include-operation-id = [
    "auth.setup", "me.update_password", "columns.arrange", "presence.stay", "tickets.create", "tickets.update",
    "tickets.update_all", "labels.merge", "members.create", "pictures.update",
]
checks.positive_data_acceptance.enabled = false
[[operations]]  # their addresses fit those of a project and of a column, too, which have further methods
include-operation-id = ["streams.projects", "columns.arrange"]
checks.allow_header_conformance.enabled = false
[[operations]]
include-operation-id = "projects.delete"
[operations.parameters]
"path.reference" = {{ dictionary = "doomed", probability = 0.9 }}
"""


def fuzz(server: Server, folder: Path, *options: str) -> tuple[int, str]:
    """Run Schemathesis as Alice against a server where the cast lives, and let its report be seen as it grows.

    :param folder: where its settings may be written.
    :param options: further ones of ``schemathesis run``.
    :return: its status, 0 where it found nothing, and its report.
    """
    (folder / "schemathesis.toml").write_text(_config(server.client("alice")))
    program = str(Path(sys.executable).with_name("schemathesis"))
    command = [program, "--config-file", str(folder / "schemathesis.toml"), "run", f"{server.url}/api/openapi.json"]
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder), "COLUMNS": "120", "NO_COLOR": "1"}
    report = []
    with subprocess.Popen([*command, *options], env=environ, cwd=folder, text=True, stdout=PIPE, stderr=STDOUT) as run:
        assert run.stdout
        for line in run.stdout:
            print(line, end="", flush=True)
            report.append(line)
    return run.returncode, "".join(report)


def _config(alice: httpx.Client) -> str:
    """Name things that are there, so that questions reach further than a 404."""
    known = {"reference": ["HARB"], "doomed": []}
    for number in range(20):
        known["doomed"].append(f"OLD{number}")
        alice.post("/api/projects", json={"key": f"OLD{number}", "name": "To be deleted"})
    known["ticket_reference"] = [_made(alice, "tickets", title=f"Ticket {number}") for number in range(40)]
    known["label_id"] = [_made(alice, "labels", name=f"label {number}") for number in range(20)]
    known["column_id"] = [_made(alice, "columns", name=f"Column {number}") for number in range(20)]
    known["binned_reference"] = known["ticket_reference"][:5]
    for binned in known["binned_reference"]:
        alice.delete(f"{HARB}/tickets/{binned}")
    dictionaries = "\n".join(f"{name} = {{ values = {json.dumps(values)} }}" for name, values in known.items())
    parameters = "\n".join(
        f'"path.{name}" = {{ dictionary = "{name}", probability = 0.8 }}' for name in known if name != "doomed"
    )
    cookie = json.dumps(alice.cookies["punt_session"])
    return CONFIG.format(cookie=cookie, dictionaries=dictionaries, parameters=parameters)


def _made(alice: httpx.Client, what: str, **fields: str) -> str:
    answer = alice.post(f"{HARB}/{what}", json=fields)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def cases(report: str) -> int:
    """Return how many cases a report of Schemathesis tells of."""
    return sum(int(number) for number in re.findall(r"(\d+) generated", report))


@contextmanager
def inhabited_server() -> Iterator[Server]:
    """Run a server where the cast lives, of its own."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "flask", "db", "upgrade"]
        server = Server(Path(folder), settings=FAST)
        subprocess.run(command, cwd=ROOT, env=server.environ, check=True, capture_output=True)
        app = create_app(Settings.model_validate({"PUNT_INSTANCE_PATH": folder}))
        with app.app_context():
            cast.move_in()
            db.engine.dispose()
        try:
            yield server.start()
        finally:
            server.stop()


def main() -> None:
    """Ask at least 5,000 questions, and say what came of it."""
    with inhabited_server() as server, tempfile.TemporaryDirectory() as folder:
        status, report = fuzz(server, Path(folder), *(sys.argv[1:] or ["--max-examples", "80", "--workers", "2"]))
        calm = "Traceback" not in server.log
    print(f"{cases(report)} cases, {MANY} were wanted{'' if calm else '; the server logged a failure'}")
    sys.exit(status or cases(report) < MANY or not calm)


if __name__ == "__main__":
    main()

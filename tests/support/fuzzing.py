"""Schemathesis sends a running server everything that its OpenAPI description allows, and more: ``make fuzz``."""

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
from tests.support.raw import cookie_of
from tests.support.server import ROOT, Server

MANY = 5000
FAST = {"PUNT_STREAM_LIFETIME": "0.05", "PUNT_STREAM_KEEPALIVE": "0.02"}
"""Streams that end at once: Schemathesis reads a response to its end."""
SHARED = """
suppress-health-check = ["all"]
continue-on-failure = true
request-timeout = 20
[cache]
enabled = false
[checks.negative_data_rejection]  # the usual ones, and that a body is too large for who is not signed in
expected-statuses = [400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 428, 429, "5xx"]
[auth.openapi.session]
api_key = {cookie}
[dictionaries]
{dictionaries}
[parameters]
{parameters}
"""
BOARDS = """
[[operations]]  # no schema can say: things of this project, all of them, real people, pictures and tables
include-operation-id = [
    "auth.setup", "me.update_password", "columns.arrange", "presence.stay", "tickets.create", "tickets.update",
    "tickets.update_all", "labels.merge", "members.create", "pictures.update", "imports.create",
]
checks.positive_data_acceptance.enabled = false
[[operations]]  # their addresses fit those of a project and of a column, too, which have further methods
include-operation-id = ["streams.projects", "columns.arrange"]
checks.allow_header_conformance.enabled = false
[[operations]]
include-operation-id = "projects.delete"
[operations.parameters]
"path.reference" = { dictionary = "doomed", probability = 0.9 }
"""
ADMINISTRATION = """
[[operations]]  # no schema can say: names that nobody has yet, the last system admin, real passwords
include-operation-id = [
    "people.create", "people.update", "people.delete", "people.give_password", "people.make_admin",
    "people.unmake_admin", "database.export",
]
checks.positive_data_acceptance.enabled = false
"""
NOT_ASKED = ("database.import_", "database.wipe", "database.wipe_projects")
"""What would take away whom and what is asked about."""


def fuzz(server: Server, folder: Path, *options: str) -> tuple[int, str]:
    """Run Schemathesis as Alice against a server where the cast lives, and let its report be seen as it grows.

    :param folder: where its settings may be written.
    :param options: further ones of ``schemathesis run``.
    :return: its status, 0 where it found nothing, and its report.
    """
    return _run(server, folder, _boards(server.client("alice")), *options)


def fuzz_administration(server: Server, folder: Path, *options: str) -> tuple[int, str]:
    """Run it as Sue over what is asked of system admins, as :func:`fuzz` does.

    She is out of its reach: it knows the ids of others, and takes none from answers.
    """
    without = [word for name in NOT_ASKED for word in ("--exclude-operation-id", name)]
    phases = ("--include-path-regex", "^/api/admin/", "--phases", "examples,coverage,fuzzing")
    return _run(server, folder, _administration(server.client("sue")), *phases, *without, *options)


def _run(server: Server, folder: Path, config: str, *options: str) -> tuple[int, str]:
    (folder / "schemathesis.toml").write_text(config)
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


def _boards(alice: httpx.Client) -> str:
    """Name existing things, so that requests get further than a 404."""
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
    return _shared(alice, known, {f"path.{name}": name for name in known if name != "doomed"}) + BOARDS


def _administration(sue: httpx.Client) -> str:
    """Name people, and Sue's password, so that not every request is refused."""
    people = [sue.post("/api/admin/users", json={"username": f"old{number}", "name": "Old"}) for number in range(20)]
    known = {"user_id": [str(person.json()["id"]) for person in people], "password": [cast.PASSWORD]}
    return _shared(sue, known, {"path.user_id": "user_id", "body.yourPassword": "password"}) + ADMINISTRATION


def _shared(client: httpx.Client, known: dict[str, list[str]], bound: dict[str, str]) -> str:
    """Write who asks, and by which values.

    :param bound: the dictionary of each parameter that takes from one.
    """
    dictionaries = "\n".join(f"{name} = {{ values = {json.dumps(values)} }}" for name, values in known.items())
    parameters = "\n".join(f'"{each}" = {{ dictionary = "{bound[each]}", probability = 0.8 }}' for each in bound)
    cookie = json.dumps(cookie_of(client).partition("=")[2])
    return SHARED.format(cookie=cookie, dictionaries=dictionaries, parameters=parameters)


def _made(alice: httpx.Client, what: str, **fields: str) -> str:
    answer = alice.post(f"{HARB}/{what}", json=fields)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def cases(report: str) -> int:
    """Return how many cases a report of Schemathesis mentions."""
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
    """Send at least 5,000 requests, and report the result."""
    with inhabited_server() as server, tempfile.TemporaryDirectory() as folder:
        found, boards = fuzz(server, Path(folder), *(sys.argv[1:] or ["--max-examples", "80", "--workers", "2"]))
        too, administration = fuzz_administration(server, Path(folder), "--max-examples", "40", "--workers", "2")
        calm = "Traceback" not in server.log
    asked = cases(boards) + cases(administration)
    print(f"{asked} cases, {MANY} were wanted{'' if calm else '; the server logged a failure'}")
    sys.exit(found or too or asked < MANY or not calm)


if __name__ == "__main__":
    main()

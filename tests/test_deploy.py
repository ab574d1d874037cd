"""The systemd unit, and the commands that the page on backups gives for it."""

from __future__ import annotations

import os
import re
import sqlite3
import stat
import subprocess
import sys
from configparser import ConfigParser
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from punt.settings import ROOT

PAGE = (ROOT / "docs" / "backup.md").read_text()
SHELL = re.compile(r"```sh\n(.*?)```", re.DOTALL)
STUBS = {
    "sudo": 'if [ "$1" = -u ]; then shift 2; fi; exec "$@"',
    "systemctl": 'echo "$@" >> "$HOME/systemctl"',
    "install": 'if [ "$1" = -d ]; then exec mkdir "$6"; fi; exec /usr/bin/install "$@"',
}


def service() -> dict[str, str]:
    """Return what the unit says about the service."""
    unit = ConfigParser(interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(ROOT / "deploy" / "punt.service")
    return dict(unit["Service"])


def commands(heading: str) -> list[str]:
    """Return the commands below a heading of the page, block by block."""
    return SHELL.findall(PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0])


@pytest.fixture
def machine(tmp_path: Path) -> dict[str, str]:
    """The environment of a shell on another instance, which must not be used; stubs do what only root may."""
    for name, does in STUBS.items():
        stub = tmp_path / "bin" / name
        stub.parent.mkdir(exist_ok=True)
        stub.write_text(f"#!/bin/sh\n{does}\n")
        stub.chmod(0o755)
    path = f"{tmp_path / 'bin'}:{os.environ['PATH']}"
    return {"PATH": path, "HOME": str(tmp_path), "PUNT_INSTANCE_PATH": str(tmp_path / "another")}


def ask(database: Path, query: str) -> object:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(query).fetchone()[0]


def test_other_users_of_the_machine_see_nothing_of_the_data() -> None:
    told = service()

    assert (told["StateDirectory"], told["StateDirectoryMode"], told["UMask"]) == ("punt", "0700", "0077")


def test_commands_on_a_server_use_the_user_the_folder_and_the_settings_of_the_unit() -> None:
    told = service()
    environment = dict(each.split("=", 1) for each in told["Environment"].split())
    set_up = commands("Running commands on a server")[0]
    folder = f"/var/lib/{told['StateDirectory']}"

    assert environment["PUNT_INSTANCE_PATH"] == folder
    assert set(re.findall(r"\bPUNT_INSTANCE_PATH=(\S+)", PAGE)) == {folder}
    assert set(re.findall(r"\bFLASK_APP=(\S+)", PAGE)) == {environment["FLASK_APP"]}
    assert f"cd {told['WorkingDirectory']} && sudo -u {told['User']} env " in set_up
    assert told["ExecStartPre"].startswith(f"{told['WorkingDirectory']}/.venv/bin/flask ")


def test_a_database_is_backed_up_and_put_back_as_the_page_says(
    instance: Path, machine: dict[str, str], tmp_path: Path
) -> None:
    backups, database = tmp_path / "backups", instance / "punt.sqlite3"
    set_up, (copy, put_back) = commands("Running commands on a server")[0], commands("Backing up SQLite every night")
    script = "\n".join(["set -e", set_up, copy, "flask db wipe --yes", put_back])
    for of_a_server, here in {
        "/opt/punt": str(ROOT),
        "/var/lib/punt": str(instance),
        "/var/backups/punt": str(backups),
        ".venv/bin/flask": f"{sys.executable} -m flask",
        "2026-11-24": f"{date.today():%F}",
    }.items():
        script = script.replace(of_a_server, here)
    assert not re.search(r"/(opt|var)/", script)
    people, epoch = (ask(database, query) for query in ("SELECT count(*) FROM user", "SELECT epoch FROM event_head"))

    done = subprocess.run(["sh"], input=script, cwd=tmp_path, env=machine, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Everything is gone" in done.stdout
    assert ask(database, "SELECT count(*) FROM user") == people
    assert ask(database, "SELECT epoch FROM event_head") != epoch
    assert not (tmp_path / "another").exists()
    assert (tmp_path / "systemctl").read_text().splitlines() == ["stop punt", "start punt"]
    for file in (database, *backups.iterdir()):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600

"""Folders, files, databases and passwords whose names contain characters that are special in an address."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import flask_migrate
import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

from punt.database import db
from punt.events.doorbell import PostgresDoorbell, doorbell_for
from punt.settings import ROOT, Settings, SettingsError
from tests.conftest import app_in, app_on, put_away
from tests.support import cast
from tests.support.cast import PASSWORD, signed_in
from tests.support.postgres import Postgres, PostgresPunt
from tests.support.server import Server

NAMES = (
    "what?",
    "what?mode=ro&uri=true",
    "100%",
    "50%25",
    "a%20b",
    "%(here)s %s {0} $HOME",
    "no#1",
    "blank and 'single'",
    'double "quoted"',
    "Größe 🦞",
    "back\\slash",
    ":memory:",
    "user:secret@host",
    "~",
    "two\nlines",
)
WORST = "a ?b=c&d 100% 50%25#é'\"🦞;:@"


@pytest.fixture(params=[*NAMES, WORST])
def folder(request: pytest.FixtureRequest, inhabited: Path, tmp_path: Path) -> Path:
    """An instance folder with such a name, alone in another one."""
    return Path(shutil.copytree(inhabited, tmp_path / "around" / request.param))


def test_everything_of_an_instance_is_in_its_folder_whatever_that_is_called(folder: Path) -> None:
    app = app_in(folder)
    copy, export = folder / "copy.sqlite3", folder / "all.punt"

    run = app.test_cli_runner().invoke
    project = signed_in(app, "alice").post("/api/projects", json={"name": "New", "key": "NEW"})
    commands = [
        ["db", "upgrade"],
        ["db", "backup", str(copy)],
        ["db", "export", str(export)],
        ["db", "check"],
        ["db", "import", str(export), "--yes"],
    ]
    results = [run(args=arguments) for arguments in commands]
    put_away(app)

    assert project.status_code == 201
    assert [(each.exit_code, each.exception) for each in results] == [(0, None)] * len(commands), results
    for file in (folder / "punt.sqlite3", copy):
        with closing(sqlite3.connect(file)) as connection:
            assert connection.execute("SELECT count(*) FROM project WHERE key = 'NEW'").fetchone() == (1,)
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


@pytest.mark.serving
def test_a_server_runs_in_such_a_folder_and_its_workers_hear_each_other(inhabited: Path, tmp_path: Path) -> None:
    server = Server(Path(shutil.copytree(inhabited, tmp_path / "around" / WORST)))
    server.start()
    try:
        bob = server.client("bob")
        with server.streams_on_every_worker(bob, "/api/projects/HARB/events") as streams:
            bob.post("/api/projects/HARB/tickets", json={"title": "heard"})
            heard = [stream.wait_for_type("ticket.created")["data"]["title"] for stream in streams]
        shell = server.flask("db", "check")
    finally:
        server.end()

    assert heard == ["heard"] * server.workers
    assert shell.returncode == 0, shell.stderr
    assert [path.name for path in (tmp_path / "around").iterdir()] == [WORST]


class OnSocket(Server):
    """A server that listens on a socket in the file system."""

    @property
    def socket(self) -> str:
        return self.settings["PUNT_BIND"].removeprefix("unix:")

    def client(self, username: str | None = None, **options: object) -> httpx.Client:
        client = httpx.Client(base_url="http://punt", transport=httpx.HTTPTransport(uds=self.socket), timeout=20)
        if username:
            client.post("/api/auth/login", json={"username": username, "password": PASSWORD}).raise_for_status()
        return client

    def _answers(self) -> bool:
        try:
            return self.client().get("/healthz").status_code == 200
        except httpx.TransportError:
            return False


@pytest.mark.serving
def test_a_server_listens_on_a_socket_with_such_a_name(instance: Path) -> None:
    with TemporaryDirectory(prefix="punt") as short:  # a socket's path has at most 107 bytes
        server = OnSocket(instance, settings={"PUNT_BIND": f"unix:{short}/{WORST}.sock"}).start()
        try:
            answer = server.client("bob").get("/api/me")
        finally:
            server.end()

    assert answer.json()["username"] == "bob"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """The program in a folder with such a name; its instance is inside."""
    copy = tmp_path / WORST
    for part in ("punt", "templates", "static", "wsgi.py"):
        (copy / part).parent.mkdir(exist_ok=True)
        (shutil.copytree if (ROOT / part).is_dir() else shutil.copy)(ROOT / part, copy / part)
    return copy


def test_the_program_itself_may_lie_in_such_a_folder(program: Path) -> None:
    environ = {"FLASK_APP": "wsgi", "PATH": "/usr/bin:/bin"}
    for command in ("db upgrade", "db check", "db current"):
        arguments = [sys.executable, "-m", "flask", *command.split()]
        done = subprocess.run(arguments, cwd=program, env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    assert {path.name for path in (program / "instance").iterdir()} >= {"punt.sqlite3", "secret.key"}


@pytest.mark.parametrize("name", [*NAMES, WORST])
def test_a_file_with_such_a_name_is_found_by_its_address(name: str, tmp_path: Path) -> None:
    file = tmp_path / f"{name}.sqlite3"
    address = URL.create("sqlite", database=str(file)).render_as_string(hide_password=False)

    app = app_in(tmp_path, PUNT_DATABASE_URL=address)
    result = app.test_cli_runner().invoke(args=["db", "upgrade"])
    put_away(app)

    assert (result.exit_code, file.exists()) == (0, True), result.output


@pytest.mark.parametrize(
    "address",
    [
        "sqlite:////srv/what?/punt.sqlite3",
        "sqlite:////srv/punt.sqlite3?mode=ro",
        "sqlite://host/punt.sqlite3",
        "postgresql+psycopg://punt:p@ss@host/punt",
        "postgresql+psycopg://punt:secret@host:port/punt",
        "postgresql+psycopg2://punt:secret@host/punt",
    ],
)
def test_an_address_that_would_be_misread_is_refused_with_how_to_write_it(address: str) -> None:
    with pytest.raises(SettingsError, match=r"PUNT_DATABASE_URL: use .* write % as %25") as caught:
        Settings.from_environ({"PUNT_DATABASE_URL": address})

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("password", [*NAMES, WORST, "p@ss/word:1?2#3%4+5 6&7=8"])
def test_a_password_with_such_signs_reaches_postgresql_as_it_is(password: str) -> None:
    url = URL.create("postgresql+psycopg", "punt", password, "localhost", 5432, "punt")
    database = Settings.from_environ({"PUNT_DATABASE_URL": url.render_as_string(hide_password=False)}).database

    bell = doorbell_for(sa.create_engine(database))

    assert make_url(database).password == password
    assert isinstance(bell, PostgresDoorbell)
    assert bell._parameters["password"] == password


def test_a_database_a_role_and_a_socket_with_such_names_are_found(postgres: Postgres, tmp_path: Path) -> None:
    name, at = f"{WORST} \\", make_url(postgres.address)
    quoted = name.replace('"', '""').replace("%", "%%")
    postgres.run(f'CREATE ROLE "{quoted}" SUPERUSER LOGIN')
    postgres.run(f'CREATE DATABASE "{quoted}" OWNER "{quoted}"')
    [(sockets,)] = postgres.run("SHOW unix_socket_directories")
    query = {"host": sockets, "port": str(at.port or 5432)}
    url = URL.create("postgresql+psycopg", name, "any", database=name, query=query)

    settings = {"PUNT_DATABASE_URL": url.render_as_string(hide_password=False), "PUNT_STREAM_KEEPALIVE": "0.5"}
    with app_on(settings["PUNT_DATABASE_URL"], tmp_path) as app, app.app_context():
        flask_migrate.upgrade()
        cast.move_in()
        [(user, database)] = db.session.execute(sa.text("SELECT current_user, current_database()")).all()
    server = PostgresPunt(tmp_path, settings=settings).start()
    try:
        bob = server.client("bob")
        with server.streams_on_every_worker(bob, "/api/projects/HARB/events") as streams:
            bob.post("/api/projects/HARB/tickets", json={"title": "heard"})
            heard = [stream.wait_for_type("ticket.created")["data"]["title"] for stream in streams]
        log = server.log
    finally:
        server.end()

    assert (user, database) == (name, name)
    assert heard == ["heard"] * server.workers
    assert "the feed died" not in log
    assert "bell" not in log

"""Fixtures: an app in this process, a real server, and the cast signed in at either."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from punt.app import create_app
from punt.database import db
from punt.settings import Settings
from tests.support import cast
from tests.support.clients import share_certificates
from tests.support.clock import Clock
from tests.support.contract import Checked
from tests.support.engines import report
from tests.support.postgres import Postgres, PostgresPunt, postgres_server
from tests.support.server import Server
from tests.support.templates import share_compiled

TESTS = Path(__file__).parent
OWN_SERVERS = {"server", "empty_server", "live", "running", "mortal", "forgetful", "punt"}
SERVING = OWN_SERVERS | {"postgres", "populated", "valkey", "nginx", "proxies"}
"""Folders whose tests need a server of any kind, and fixtures that begin one."""
SLOW = ("browser", "engines", "server", "postgres", "revocation", "nginx")
"""Folders whose files take long: they begin before others, so that no worker is left with one of them at the end."""
SLOWEST = (
    "browser/test_accessibility.py",
    "server/test_rivals.py",
    "events/test_property.py",
    "server/test_slow_clients.py",
    "browser/test_below_a_path.py",
    "server/test_fence.py",
    "browser/test_moving_by_touch.py",
    "server/test_drain.py",
)
"""Files that take longest of all, and begin first."""


def pytest_configure() -> None:
    """Let all apps of this run share what they compile, and all clients what they load."""
    share_compiled()
    share_certificates()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as ``serving`` what needs a server; a test that starts one without such a fixture marks itself."""
    for item in items:
        chosen = item.callspec.params.values() if hasattr(item, "callspec") else ()
        folders = item.path.relative_to(item.config.rootpath).parts
        if SERVING & {*folders, *getattr(item, "fixturenames", ()), *map(str, chosen)}:
            item.add_marker("serving")
    turns = _turns(item.path for item in items)
    items.sort(key=lambda item: turns[item.path])


def _turns(files: Iterable[Path]) -> dict[Path, tuple[int, float]]:
    """Say when each file has its turn: among slow folders evenly, for some wait while others need the processor."""
    folders: dict[str, dict[Path, None]] = {}
    for file in files:
        folders.setdefault(file.relative_to(TESTS).parts[0], {})[file] = None
    return {
        file: _turn(file.relative_to(TESTS).as_posix(), nth / len(among))
        for among in folders.values()
        for nth, file in enumerate(among)
    }


def _turn(file: str, share: float) -> tuple[int, float]:
    if file in SLOWEST:
        return 0, SLOWEST.index(file)
    return (1, share) if file.partition("/")[0] in SLOW else (2, 0)


def pytest_collection_finish() -> None:
    """Exempt what is loaded from garbage collection: all of it stays, and scanning it takes long."""
    gc.collect()
    gc.freeze()


def pytest_report_header() -> list[str]:
    """Report first in which browser engines ``tests/engines`` runs: a missing one must not pass silently."""
    return report()


def app_in(folder: Path, **settings: str) -> Flask:
    """Build an app on an instance folder; unlike a real server's, its database does not wait for the disk."""
    app = create_app(Settings.model_validate({"PUNT_INSTANCE_PATH": folder, "PUNT_RATE_LIMITS": "off"} | settings))
    app.test_client_class = Checked
    with app.app_context():
        event.listen(db.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    return app


def put_away(app: Flask) -> None:
    """Stop what an app has started in this process, or it would go on during the following tests."""
    app.extensions["punt_events"].stop()
    app.extensions["punt_uses"].stop()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@contextmanager
def app_on(database: str, folder: Path, **more: str) -> Iterator[Flask]:
    """Build an app on a PostgreSQL database."""
    settings = {"PUNT_INSTANCE_PATH": folder, "PUNT_DATABASE_URL": database, "PUNT_RATE_LIMITS": "off"}
    app = create_app(Settings.model_validate(settings | more))
    try:
        yield app
    finally:
        put_away(app)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance folder whose database is migrated and empty."""
    folder = tmp_path_factory.mktemp("migrated")
    app = app_in(folder)
    with app.app_context():
        flask_migrate.upgrade()
    put_away(app)
    return folder


@pytest.fixture(scope="session")
def inhabited(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance folder where the cast lives."""
    folder = tmp_path_factory.mktemp("inhabited") / "instance"
    shutil.copytree(migrated, folder)
    app = app_in(folder)
    with app.app_context():
        cast.move_in()
    put_away(app)
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server."""
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def populated(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A PostgreSQL database where the cast lives, to be copied."""
    database = postgres.database()
    with app_on(database, tmp_path_factory.mktemp("populated")) as app, app.app_context():
        flask_migrate.upgrade()
        cast.move_in()
    return database


def server_on(
    database: str, request: pytest.FixtureRequest, folder: Path, workers: int, settings: dict[str, str]
) -> Server:
    """Create a server where the cast lives, in a new folder: on ``sqlite`` or on ``postgres``."""
    if database == "sqlite":
        return Server(Path(shutil.copytree(request.getfixturevalue("inhabited"), folder)), workers, settings)
    folder.mkdir()
    copy = request.getfixturevalue("postgres").database(like=request.getfixturevalue("populated"))
    return PostgresPunt(folder, workers, settings | {"PUNT_DATABASE_URL": copy})


@contextmanager
def inhabited_app(database: str, request: pytest.FixtureRequest, folder: Path, **settings: str) -> Iterator[Flask]:
    """Build an app where the cast lives, in a new folder: on ``sqlite`` or on ``postgres``."""
    if database == "sqlite":
        app = app_in(Path(shutil.copytree(request.getfixturevalue("inhabited"), folder)), **settings)
        try:
            yield app
        finally:
            put_away(app)
    else:
        copy = request.getfixturevalue("postgres").database(like=request.getfixturevalue("populated"))
        with app_on(copy, folder, **settings) as app:
            yield app


@contextmanager
def running_on(
    database: str, request: pytest.FixtureRequest, folder: Path, workers: int, settings: dict[str, str]
) -> Iterator[Server]:
    """Run such a server for a while."""
    server = server_on(database, request, folder, workers, settings)
    try:
        yield server.start()
    finally:
        server.end()


@pytest.fixture
def instance(inhabited: Path, tmp_path: Path) -> Path:
    """A fresh copy of the instance where the cast lives."""
    return Path(shutil.copytree(inhabited, tmp_path / "instance"))


@pytest.fixture
def empty_instance(migrated: Path, tmp_path: Path) -> Path:
    """A fresh instance with nobody in it."""
    return Path(shutil.copytree(migrated, tmp_path / "instance"))


@pytest.fixture
def app(instance: Path) -> Iterator[Flask]:
    """An app in this process."""
    app = app_in(instance)
    yield app
    put_away(app)


@pytest.fixture(params=["sqlite", "postgres"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An app in this process, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        yield request.getfixturevalue("app")
        return
    copy = request.getfixturevalue("postgres").database(like=request.getfixturevalue("populated"))
    with app_on(copy, tmp_path) as app:
        yield app


@pytest.fixture
def limited(instance: Path) -> Iterator[Flask]:
    """An app with rate limits; a test lowers those that it uses up."""
    app = app_in(instance, PUNT_RATE_LIMITS="on")
    yield app
    put_away(app)


@pytest.fixture
def empty_app(empty_instance: Path) -> Iterator[Flask]:
    """An app in this process that was never set up."""
    app = app_in(empty_instance)
    yield app
    put_away(app)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of this process."""
    return Clock(monkeypatch)


@pytest.fixture
def sign_in(app: Flask) -> Callable[[str], FlaskClient]:
    """Sign in anybody of the cast."""
    return lambda username: cast.signed_in(app, username)


@pytest.fixture
def alice(app: Flask) -> FlaskClient:
    """Alice owns the project."""
    return cast.signed_in(app, "alice")


@pytest.fixture
def bob(app: Flask) -> FlaskClient:
    """Bob is a member."""
    return cast.signed_in(app, "bob")


@pytest.fixture
def charlie(app: Flask) -> FlaskClient:
    """Charlie is an outsider."""
    return cast.signed_in(app, "charlie")


@pytest.fixture
def server(instance: Path) -> Iterator[Server]:
    """A real server with two workers."""
    server = Server(instance).start()
    yield server
    server.end()


@pytest.fixture
def empty_server(empty_instance: Path) -> Iterator[Server]:
    """A real server that was never set up."""
    server = Server(empty_instance).start()
    yield server
    server.end()

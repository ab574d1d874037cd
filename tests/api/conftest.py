"""Apps that are built once: building one takes longer than most of these tests.

``app`` has a fresh database for every test; ``town`` is shared by the tests of a module that leave it unchanged or
create what they need themselves.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import app_in, put_away
from tests.support import cast

DATABASE = "punt.sqlite3"


@pytest.fixture(scope="session")
def standing(inhabited: Path, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An app whose database is put back before every test."""
    return app_in(Path(shutil.copytree(inhabited, tmp_path_factory.mktemp("standing") / "instance")))


@pytest.fixture
def app(standing: Flask, inhabited: Path) -> Iterator[Flask]:
    """An app in this process, with a fresh database."""
    folder = Path(standing.instance_path)
    for left in folder.glob(f"{DATABASE}*"):
        left.unlink()
    shutil.copy(inhabited / DATABASE, folder)
    yield standing
    put_away(standing)


@pytest.fixture(scope="module")
def town(inhabited: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An app of this module."""
    app = app_in(Path(shutil.copytree(inhabited, tmp_path_factory.mktemp("town") / "instance")))
    yield app
    put_away(app)


@pytest.fixture(scope="module")
def visit(town: Flask) -> Callable[[str | None], FlaskClient]:
    """Visit the town as anybody of the cast, or as nobody."""
    clients = {None: town.test_client()} | {name: cast.signed_in(town, name) for name in cast.PEOPLE}
    return clients.__getitem__

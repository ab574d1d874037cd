"""One app for all the tests of a module that leave it as it was, or make what they need themselves."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from punt.database import db
from tests.conftest import app_in
from tests.support import cast


@pytest.fixture(scope="module")
def town(inhabited: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An app of this module."""
    app = app_in(Path(shutil.copytree(inhabited, tmp_path_factory.mktemp("town") / "instance")))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module")
def visit(town: Flask) -> Callable[[str | None], FlaskClient]:
    """Come to the town as anybody of the cast, or as nobody."""
    clients = {None: town.test_client()} | {name: cast.signed_in(town, name) for name in cast.PEOPLE}
    return clients.__getitem__

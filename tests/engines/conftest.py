"""Each test here runs in every browser engine of this machine; pytest's first lines name those that are missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.engines.window import Window, first_window
from tests.support.cast import PASSWORD
from tests.support.engines import Engine, present
from tests.support.server import Server

collect_ignore_glob = [] if present() else ["test_*.py"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/engines/" in item.path.as_posix():
            item.add_marker("browser")


@pytest.fixture(params=present(), ids=str)
def engine(request: pytest.FixtureRequest) -> Engine:
    """A browser engine."""
    engine: Engine = request.param
    return engine


@pytest.fixture
def window(engine: Engine, tmp_path: Path) -> Iterator[Window]:
    """The first window of a browser that never was anywhere."""
    folder = tmp_path / "browser"
    folder.mkdir()
    with engine.run(folder) as driver:
        yield first_window(driver)


@pytest.fixture
def signed_in(window: Window, server: Server) -> Callable[[str], Window]:
    """Sign somebody in at a server where the cast lives."""

    def sign_in(username: str) -> Window:
        window.site = server.url
        window.go("/login")
        window.fill("[name=username]", username)
        window.fill("[name=password]", PASSWORD)
        window.press("Enter")
        window.see("[data-connection=live]")
        return window

    return sign_in

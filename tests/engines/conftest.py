"""Each test here runs in every browser engine of this machine; pytest's first lines name those that are missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.engines.window import Window, only_window, sign_in
from tests.support.engines import Engine, Firefox, present
from tests.support.server import Server
from tests.support.webdriver import Driver, Marionette

collect_ignore_glob = [] if present() else ["test_*.py"]
collect_ignore = ["test_restored_session.py", "test_zoomed.py"] if Firefox().missing else []
"""What concerns Firefox alone."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/engines/" in item.path.as_posix():
            item.add_marker("browser")


@pytest.fixture(scope="module", params=present(), ids=str)
def driver(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    """A browser of each engine, for the tests of one file: starting one takes as long as most of them."""
    engine: Engine = request.param
    with engine.run(tmp_path_factory.mktemp(str(engine))) as driver:
        yield driver


@pytest.fixture
def window(driver: Driver) -> Window:
    """The only window of a browser in which nobody is signed in."""
    return only_window(driver)


@pytest.fixture
def signed_in(window: Window, server: Server) -> Callable[[str], Window]:
    """Sign somebody in at a server where the cast lives."""

    return lambda username: sign_in(window, server.url, username)


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Marionette]:
    """A Firefox, for the tests of one file."""
    with Firefox().run(tmp_path_factory.mktemp("firefox")) as firefox:
        yield firefox

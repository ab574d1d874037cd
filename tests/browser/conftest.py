"""Real Chromium windows. Any console error, blocked resource or request to another host fails the test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    BrowserType,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)

from tests.browser.board import expect_live
from tests.support.cast import PASSWORD
from tests.support.chromium import find, find_whole
from tests.support.server import Server

expect.set_options(timeout=20_000)
TRACES = os.environ.get("PUNT_TEST_TRACES")
"""The folder for Playwright's traces, one per profile of the last test; without it none are recorded."""
INSECURE = "punt.test"
"""A name of this machine that is not a secure context to the browser, as in a LAN without https."""
OPTIONS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    f"--host-resolver-rules=MAP {INSECURE} 127.0.0.1",
    *(["--no-sandbox"] if os.geteuid() == 0 else []),
]

Window = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/browser/" in item.path.as_posix():
            item.add_marker("browser")


@pytest.fixture(scope="session")
def executable() -> str | None:
    """The Chromium to start; None is Playwright's own."""
    return find()


@pytest.fixture(scope="session")
def whole(executable: str | None) -> str | None:
    """The Chromium to start where its headless shell is not enough; None is Playwright's own."""
    return executable and find_whole()


@pytest.fixture(scope="session")
def chromium(executable: str | None, whole: str | None) -> Iterator[BrowserType]:
    """Starts a Chromium, or connects to a running one; requested last, because Playwright cannot start twice."""
    with sync_playwright() as playwright:
        yield playwright.chromium


@pytest.fixture(scope="session")
def browser(chromium: BrowserType, executable: str | None) -> Iterator[Browser]:
    """One Chromium for all tests; each window gets a profile of its own."""
    browser = chromium.launch(executable_path=executable, args=OPTIONS)
    yield browser
    browser.close()


class Watch:
    """Collects what no page may do.

    :ivar host: the only one that may be contacted.
    """

    def __init__(self) -> None:
        self.host = ""
        self.complaints: list[str] = []
        self.expected: list[str] = []

    def over(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("request", self._request)

    def expect(self, text: str) -> None:
        """Declare that a console message with this text is part of the test."""
        self.expected.append(text)

    def remaining(self) -> list[str]:
        return [each for each in self.complaints if not any(text in each for text in self.expected)]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text} ({message.location.get('url')})")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob"} and parts.netloc != self.host:
            self.complaints.append(f"request to another host: {request.url}")


@pytest.fixture
def watch() -> Iterator[Watch]:
    """What the pages of a test complained about; at the end there must be nothing unexpected."""
    watch = Watch()
    yield watch
    assert not watch.remaining()


@pytest.fixture(scope="session")
def house(inhabited: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server for one test after the other: starting one takes as long as most of them."""
    server = Server(Path(shutil.copytree(inhabited, tmp_path_factory.mktemp("house") / "instance")))
    yield server
    server.end()
    assert "Traceback" not in server.log


@pytest.fixture
def server(house: Server, inhabited: Path) -> Server:
    """A real server with two workers, whose people, projects and tickets are as at the beginning."""
    if not house.runs:
        house.start()
    house.put_back(inhabited)
    return house


@pytest.fixture
def profile(browser: Browser, server: Server, watch: Watch) -> Iterator[Callable[..., BrowserContext]]:
    """Make a browser profile, signed in as one of the cast."""
    with profiles(browser, server, watch) as make:
        yield make


@pytest.fixture
def stranger(browser: Browser, empty_server: Server, watch: Watch) -> Iterator[Callable[..., BrowserContext]]:
    """Make a browser profile at a server that was never set up."""
    with profiles(browser, empty_server, watch) as make:
        yield make


@contextmanager
def profiles(browser: Browser, server: Server, watch: Watch) -> Iterator[Callable[..., BrowserContext]]:
    """Provide a factory for profiles whose pages are watched, and close them at the end."""
    made: list[BrowserContext] = []
    watch.host = urlsplit(server.url).netloc

    def make(username: str | None = None, **options: object) -> BrowserContext:
        plain = {"base_url": server.url, "viewport": {"width": 1440, "height": 900}}
        context = browser.new_context(**{**plain, **options})  # type: ignore[arg-type]
        context.on("page", watch.over)
        made.append(context)
        if TRACES:
            context.tracing.start(screenshots=True, snapshots=True, sources=True)
        if username:
            answer = context.request.post("/api/auth/login", data={"username": username, "password": PASSWORD})
            assert answer.ok, answer.text()
        return context

    try:
        yield make
    finally:
        for number, context in enumerate(made, 1):
            if TRACES:
                context.tracing.stop(path=Path(TRACES, f"{number}.zip"))
            context.close()


@pytest.fixture
def window(profile: Callable[..., BrowserContext]) -> Window:
    """Open a page in a profile of its own, and wait until it is live."""

    def open_window(username: str, path: str = "/projects/HARB/board", **options: object) -> Page:
        return open_live(profile(username, **options), path)

    return open_window


def open_live(context: BrowserContext, path: str = "/projects/HARB/board") -> Page:
    """Open a page and wait until it is live."""
    page = context.new_page()
    page.goto(path)
    expect_live(page)
    return page

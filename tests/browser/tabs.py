"""Several tabs of one browser, and who of them listens to the server."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Request, expect

from tests.support.audit import TOKEN, streams_open
from tests.support.server import Server
from tests.support.wait import until
from tests.support.writers import Writers

BOARD = "/projects/HARB/board"
CARDS = """[...document.querySelectorAll('[data-ticket]')].map((card) =>
  `${card.dataset.number} in ${card.parentElement.dataset.column}, version ${card.dataset.version}`).sort()"""
TICKETS = """SELECT ticket.number, column_id, version
FROM ticket JOIN project ON project_id = project.id WHERE key = 'HARB'"""


class Tabs:
    """The tabs of one browser profile that show a board, signed in already.

    :ivar pages: those that are counted, in the order of opening.
    """

    def __init__(self, context: BrowserContext, url: str = "") -> None:
        self._context, self._url = context, url + BOARD
        self.pages = list[Page]()
        self._asked, self._fetched = list[Page](), list[str]()

    def open(self, count: int = 1) -> Page:
        """Open so many tabs, each live before the next, and return the last."""
        for _ in range(count):
            page = self._context.new_page()
            page.on("request", partial(self._note, page))
            page.goto(self._url)
            self.watch(page)
        return self.pages[-1]

    def watch(self, page: Page) -> None:
        """Count a tab from now on: when it is live, nothing makes it fetch its board anew."""
        expect_state(page, "live")
        page.on("request", lambda request: self._note_fetch(request))
        self.pages.append(page)

    def forget(self, page: Page) -> Page:
        """Count a tab no more."""
        self.pages.remove(page)
        return page

    @property
    def leader(self) -> Page:
        """The tab that opened a stream last."""
        self.pages[-1].wait_for_timeout(10)  # lets in the news of what pages have asked for
        return self._asked[-1]

    def expect_all(self, server: Server) -> None:
        """Expect each tab to show what is in the database, without having fetched its board anew."""
        rows = server.rows(TICKETS)
        cards = sorted(f"{number} in {column}, version {version}" for number, column, version in rows)
        for page in self.pages:
            until(lambda page=page: page.evaluate(CARDS) == cards, seconds=15, what="a board like the database")  # type: ignore[misc]
        assert self._fetched == []

    def _note_fetch(self, request: Request) -> None:
        if request.url.endswith(BOARD):
            self._fetched.append(request.url)

    def _note(self, page: Page, request: Request) -> None:
        if "/api/events" in request.url:
            self._asked.append(page)


@contextmanager
def lively_server(inhabited: Path, folder: Path, **settings: object) -> Iterator[Server]:
    """Start a server that gives a sign of life every second, and whose figures can be read."""
    own = {"STREAM_KEEPALIVE": 1, "METRICS_TOKEN": TOKEN, **settings}
    instance = Path(shutil.copytree(inhabited, folder / "instance"))
    server = Server(instance, settings={f"PUNT_{name}": str(value) for name, value in own.items()}).start()
    yield server
    server.stop()


def carry_session(server: Server, context: BrowserContext, url: str, username: str = "bob") -> None:
    """Sign somebody in in a browser that opens the server at another address."""
    cookies = server.client(username).cookies.jar
    context.add_cookies([{"name": each.name, "value": each.value or "", "url": url} for each in cookies])


def expect_state(page: Page, state: str, *, seconds: float = 30) -> None:
    """Expect a page to say how it is connected."""
    expect(page.locator("[data-connection]")).to_have_attribute("data-connection", state, timeout=seconds * 1000)


def expect_one_stream(server: Server) -> None:
    """Expect the server to hold exactly one stream."""
    until(lambda: streams_open(server) == 1, what="exactly one stream")


@contextmanager
def steady(server: Server) -> Iterator[Writers]:
    """Let Alice make ten tickets a second."""
    with Writers(server.client("alice"), 1, pause=0.09) as writers:
        go_on(writers, 1)
        yield writers


def go_on(writers: Writers, count: int = 10) -> None:
    """Wait until so many more tickets are made."""
    wanted = len(writers.numbers) + count
    until(lambda: len(writers.numbers) >= wanted, seconds=20, what=f"{count} more tickets")

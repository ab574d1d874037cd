"""Several tabs of one browser, and which of them listens to the server."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Request

from tests.browser.board import expect_state
from tests.browser.conftest import Watch
from tests.browser.network import until_told
from tests.support.audit import TOKEN, streams_open
from tests.support.relay import Relay
from tests.support.server import Server
from tests.support.wait import until
from tests.support.writers import Editor

BOARD = "/projects/HARB/board"
MANY = 12
CARDS = """[...document.querySelectorAll('[data-ticket]')].map((card) => {
  const say = (name) => card.querySelector(`[data-field=${name}]`).textContent;
  const { number, version } = card.dataset;
  return `${number} in ${card.parentElement.dataset.column}: ${say("title")}, ${say("priority")}, version ${version}`;
})"""
TICKETS = """SELECT number, column_id, title, priority, version
FROM ticket JOIN project ON ticket.project_id = project.id JOIN "column" ON column_id = "column".id
WHERE key = 'HARB' ORDER BY position, rank"""


class Tabs:
    """The tabs of one browser profile that show a board, signed in already.

    :ivar pages: those that are counted, in the order of opening.
    """

    def __init__(self, context: BrowserContext, url: str = "") -> None:
        self._context, self._url = context, url + BOARD
        self.pages = list[Page]()
        self._streams, self._fetched = dict[Request, Page](), list[str]()

    def open(self, count: int = 1) -> Page:
        """Open so many tabs, each live before the next, and return the last."""
        for _ in range(count):
            page = self._context.new_page()
            page.on("request", partial(self._note, page))
            page.on("requestfinished", self._note_end)
            page.on("requestfailed", self._note_end)
            page.goto(self._url)
            self.watch(page)
        return self.pages[-1]

    def watch(self, page: Page) -> None:
        """Count a tab from now on: once it is live, nothing makes it reload its board."""
        expect_state(page, "live")
        page.on("request", lambda request: self._note_fetch(request))
        self.pages.append(page)

    def forget(self, page: Page) -> Page:
        """Stop counting a tab."""
        self.pages.remove(page)
        return page

    @property
    def leader(self) -> Page:
        """The tab that opened the newest of the open streams: others only catch up."""
        return until_told(self.pages[-1], lambda: list(self._streams.values()), what="a stream")[-1]

    def expect_all(self, server: Server) -> None:
        """Expect each tab to show what is in the database, in its order, without having reloaded its board."""
        cards = [
            f"{number} in {column}: {title}, {priority}, version {version}"
            for number, column, title, priority, version in server.rows(TICKETS)
        ]
        for page in self.pages:
            until(lambda page=page: page.evaluate(CARDS) == cards, what="a board like the database")  # type: ignore[misc]
        assert self._fetched == []

    def _note_fetch(self, request: Request) -> None:
        if request.url.endswith(BOARD):
            self._fetched.append(request.url)

    def _note(self, page: Page, request: Request) -> None:
        if "/api/events" in request.url:
            self._streams[request] = page

    def _note_end(self, request: Request) -> None:
        self._streams.pop(request, None)


@contextmanager
def lively_server(inhabited: Path, folder: Path, **settings: object) -> Iterator[Server]:
    """Start a server that sends a keepalive every second, and whose metrics can be read."""
    own = {"STREAM_KEEPALIVE": 1, "METRICS_TOKEN": TOKEN, **settings}
    instance = Path(shutil.copytree(inhabited, folder / "instance"))
    server = Server(instance, settings={f"PUNT_{name}": str(value) for name, value in own.items()})
    try:
        yield server.start()
    finally:
        server.end()


def carry_session(server: Server, context: BrowserContext, url: str, username: str = "bob") -> None:
    """Sign somebody in in a browser that opens the server at another address."""
    cookies = server.client(username).cookies.jar
    context.add_cookies([{"name": each.name, "value": each.value or "", "url": url} for each in cookies])


@contextmanager
def behind_relay(server: Server, profile: Callable[..., BrowserContext], watch: Watch) -> Iterator[tuple[Relay, Tabs]]:
    """Open Bob's browser behind a relay: nothing of it is open yet, and what the relay loses is expected."""
    watch.expect("ERR_")
    with Relay(server.port) as relay:
        watch.host = f"127.0.0.1:{relay.port}"
        context = profile(base_url=f"http://{watch.host}")
        carry_session(server, context, f"http://{watch.host}")
        yield relay, Tabs(context)


def expect_one_stream(server: Server) -> None:
    """Expect the server to have exactly one stream."""
    until(lambda: streams_open(server) == 1, what="exactly one stream")


@contextmanager
def steady(server: Server) -> Iterator[Editor]:
    """Let Alice make, edit, move and delete tickets: ten changes a second."""
    with Editor(server.client("alice"), pause=0.09) as editor:
        go_on(editor, 1)
        yield editor
    assert {status[0] for status in editor.answers} == {"2"}, editor.answers


def go_on(editor: Editor, count: int = 12) -> None:
    """Wait until so many more changes are made; with twelve, two of each kind."""
    wanted = editor.written + count
    until(lambda: editor.written >= wanted, seconds=30, what=f"{count} more changes")

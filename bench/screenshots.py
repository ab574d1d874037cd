"""Pictures of every page into ``screenshots/``: ``python -m bench.screenshots``.

Whatever a browser complains of on the way is listed at the end, and then it fails.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect

from bench.browser import chromium
from punt.demo.sample import read
from tests.support.server import ROOT, Server

FOLDER = ROOT / "screenshots"
SIZES = {1440: 900, 820: 1180, 390: 844}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

Act = Callable[[Page], Any]


def main() -> None:
    """Take all pictures of an instance that was never set up, then of the sample."""
    with chromium() as browser:
        complaints = _of_a_new_instance(browser) + _of_the_sample(browser)
    if complaints:
        sys.exit("== the browser complained\n" + "\n".join(f"  {each}" for each in complaints))
    print(f"== {len(list(FOLDER.glob('*.png')))} pictures are in {FOLDER.name}/")


def _of_a_new_instance(browser: Browser) -> list[str]:
    sample = read()
    with _server() as server:
        album = Album(browser, server)
        album.take("setup", "/setup", act=_fill_in_a_name)
        album.take("setup-error", "/setup", act=_submit_a_weak_password, allow="400 (")
        first = {"username": sample.people[0].username, "name": sample.people[0].name, "password": sample.password}
        with httpx.Client(base_url=server.url) as client:
            client.post("/api/auth/setup", json=first).raise_for_status()
            album.sign_in(first["username"], sample.password)
            album.take("projects-empty", "/")
            album.take("project-new", "/projects/new")
            client.post("/api/projects", json={"key": "NEW", "name": "A new beginning"}).raise_for_status()
        album.take("board-empty", "/projects/NEW/board", whole=False)
    return album.complaints


def _of_the_sample(browser: Browser) -> list[str]:
    sample = read()
    with _server("demo") as server:
        album = Album(browser, server)
        album.take("login", "/login")
        album.take("login-error", "/login", act=_submit_a_wrong_password, allow="401 (")
        album.sign_in("alice", sample.password)
        album.take("projects", "/")
        for project in sample.projects:
            album.take(f"board-{project.key.lower()}", f"/projects/{project.key}/board", whole=False)
        album.take("board-scrolled", "/projects/HARB/board", act=_scroll_to_the_end, whole=False)
        album.take("board-adding", "/projects/HARB/board", act=_open_the_quick_add, whole=False)
        album.take("account-menu", "/projects/HARB/board", act=_open_the_menu, whole=False)
        album.take("ticket-dialog", "/projects/HARB/board", act=_open_a_ticket, whole=False)
        album.take("ticket", "/projects/HARB/tickets/24")
        album.take("ticket-new", "/projects/HARB/tickets/new")
        album.take("profile", "/profile")
        album.take("not-found", "/projects/NOWHERE/board", allow="404 (")
        album.sign_in("esther", sample.password)
        album.take("board-viewer", "/projects/HARB/board", whole=False)
        album.take("ticket-viewer", "/projects/HARB/tickets/24")
    return album.complaints


def _fill_in_a_name(page: Page) -> None:
    page.locator("[name=name]").fill("Alice Lindqvist")


def _submit_a_weak_password(page: Page) -> None:
    for name, value in (("username", "alice"), ("name", "Alice Lindqvist"), ("password", "password1234")):
        page.locator(f"[name={name}]").fill(value)
    page.locator("main form button").click()
    page.wait_for_load_state()


def _submit_a_wrong_password(page: Page) -> None:
    page.locator("[name=username]").fill("alice")
    page.locator("[name=password]").fill("not her password")
    page.locator("main form button").click()
    page.wait_for_load_state()


def _scroll_to_the_end(page: Page) -> None:
    page.locator("[data-column-panel]").last.scroll_into_view_if_needed()


def _open_the_quick_add(page: Page) -> None:
    page.locator("[data-quick-add] summary").first.click()


def _open_the_menu(page: Page) -> None:
    page.locator("header summary, header [popovertarget]").last.click()


def _open_a_ticket(page: Page) -> None:
    page.locator("[data-open]", has_text="Deposit: pay by card").click()
    page.locator("[data-ticket-dialog] [data-ticket-view]").wait_for()


@dataclass
class Album:
    """Takes each picture in all sizes and schemes, and remembers what the browser complained of."""

    browser: Browser
    server: Server
    complaints: list[str] = field(default_factory=list)
    _state: Any = None

    def sign_in(self, username: str, password: str) -> None:
        """Let the following pictures be what somebody sees."""
        context = self.browser.new_context(base_url=self.server.url)
        answer = context.request.post("/api/auth/login", data={"username": username, "password": password})
        assert answer.ok, answer.text()
        self._state = context.storage_state()
        context.close()

    def take(self, name: str, path: str, *, act: Act | None = None, whole: bool = True, allow: str = "\0") -> None:
        """Take one picture in every size and scheme.

        :param act: what to do on the page first.
        :param whole: the whole page, not only what fits into the window.
        :param allow: a complaint with this text is what the picture is about.
        """
        print(f"  {name}", flush=True)
        for width, height in SIZES.items():
            for scheme in SCHEMES:
                context = self.browser.new_context(
                    base_url=self.server.url,
                    viewport={"width": width, "height": height},
                    color_scheme=scheme,
                    reduced_motion="reduce",
                    has_touch=width < 1000,
                    storage_state=self._state,
                )
                page = context.new_page()
                self._listen(page, f"{name} {width} {scheme}", allow)
                page.goto(path)
                self._settle(page, act)
                file = FOLDER / f"{name}-{width}-{scheme}.png"
                page.screenshot(path=file, full_page=whole, animations="disabled")
                self._refuse_sideways(page, f"{name} {width} {scheme}")
                context.close()

    def _settle(self, page: Page, act: Act | None) -> None:
        connection = page.locator("[data-connection]")
        if connection.count():
            expect(connection).to_have_attribute("data-connection", "live", timeout=20_000)
        if act:
            act(page)
        page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")

    def _listen(self, page: Page, where: str, allow: str) -> None:
        def complain(text: str) -> None:
            if allow not in text:
                self.complaints.append(f"{where}: {text}")

        def console(message: ConsoleMessage) -> None:
            if message.type in {"error", "warning"}:  # a blocked resource is reported here as well
                complain(f"{message.type}: {message.text}")

        def failed(request: Request) -> None:
            if request.failure != "net::ERR_ABORTED":  # what the end of a page cuts off
                complain(f"failed: {request.url} {request.failure}")

        def requested(request: Request) -> None:
            if urlsplit(request.url).netloc not in {urlsplit(self.server.url).netloc, ""}:
                complain(f"another host: {request.url}")

        page.on("console", console)
        page.on("pageerror", lambda error: complain(f"error: {error}"))
        page.on("requestfailed", failed)
        page.on("request", requested)

    def _refuse_sideways(self, page: Page, where: str) -> None:
        """A page itself never scrolls sideways, whatever is on it."""
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            self.complaints.append(f"{where}: the page is {over} px wider than the window")


@contextmanager
def _server(*commands: str) -> Iterator[Server]:
    """Start a server on a fresh instance after some commands of the shell."""
    with TemporaryDirectory(prefix="punt-screenshots-") as folder:
        server = Server(Path(folder))
        for command in (["db", "upgrade"], *([each] for each in commands)):
            done = server.flask(*command)
            assert done.returncode == 0, done.stderr
        server.start()
        try:
            yield server
        finally:
            server.stop()


if __name__ == "__main__":
    main()

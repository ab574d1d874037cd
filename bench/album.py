"""Pictures of a page in every size and scheme."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from tests.browser.board import expect_live
from tests.support.server import ROOT, Server

FOLDER = ROOT / "screenshots"
SIZES = ((1440, 900), (820, 1180), (390, 844))
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

Act = Callable[[Page], Any]


@dataclass
class Album:
    """Takes each picture in all sizes and schemes, and collects the browser's complaints."""

    browser: Browser
    server: Server
    complaints: list[str] = field(default_factory=list)
    _state: Any = None

    def sign_in(self, username: str, password: str) -> None:
        """Take the following pictures as somebody who is signed in."""
        context = self.browser.new_context(base_url=self.server.url)
        answer = context.request.post("/api/auth/login", data={"username": username, "password": password})
        assert answer.ok, answer.text()
        self._state = context.storage_state()
        context.close()

    def sign_out(self) -> None:
        """Take the following pictures as nobody in particular."""
        self._state = None

    @contextmanager
    def company(self, username: str, password: str, path: str, act: Act) -> Iterator[None]:
        """Let somebody else have a page open meanwhile."""
        context = self.browser.new_context(base_url=self.server.url)
        context.request.post("/api/auth/login", data={"username": username, "password": password})
        page = context.new_page()
        page.goto(path)
        _settle(page, act)
        yield
        context.close()

    def take(
        self,
        name: str,
        path: str,
        *,
        act: Act | None = None,
        whole: bool = True,
        allow: str = "\0",
        sizes: Sequence[tuple[int, int]] = SIZES,
        **options: Any,
    ) -> None:
        """Take one picture in every size and scheme.

        :param act: what to do on the page first.
        :param whole: the whole page, not only what fits into the window.
        :param allow: a complaint with this text is what the picture is about.
        :param options: more of the browser's profile.
        """
        print(f"  {name}", flush=True)
        for size, scheme in product(sizes, SCHEMES):
            where = f"{name}-{size[0]}-{scheme}"
            context = self._profile(size, scheme, options)
            page = context.new_page()
            self._listen(page, where, allow)
            page.goto(path)
            _settle(page, act)
            if whole:
                _show_all(page)
            page.screenshot(path=FOLDER / f"{where}.png", animations="disabled")
            if over := page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"):
                self.complaints.append(f"{where}: the page is {over} px wider than the window")
            context.close()

    def _profile(
        self, size: tuple[int, int], scheme: Literal["light", "dark"], options: dict[str, Any]
    ) -> BrowserContext:
        width, height = size
        return self.browser.new_context(
            base_url=self.server.url,
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce",
            has_touch=width < 1000,
            storage_state=self._state,
            **options,
        )

    def _listen(self, page: Page, where: str, allow: str) -> None:
        def complain(text: str) -> None:
            if allow not in text:
                self.complaints.append(f"{where}: {text}")

        def console(message: ConsoleMessage) -> None:
            if message.type in {"error", "warning"}:  # what the policy blocks is reported here as well
                complain(f"{message.type}: {message.text}")

        def failed(request: Request) -> None:
            if request.failure != "net::ERR_ABORTED":  # how a stream ends whose page is left
                complain(f"failed: {request.url} {request.failure}")

        def requested(request: Request) -> None:
            if urlsplit(request.url).netloc not in {urlsplit(self.server.url).netloc, ""}:
                complain(f"another host: {request.url}")

        page.on("console", console)
        page.on("pageerror", lambda error: complain(f"error: {error}"))
        page.on("requestfailed", failed)
        page.on("request", requested)


def _settle(page: Page, act: Act | None) -> None:
    if page.locator("[data-connection]").count():
        expect_live(page, seconds=20)
    if act:
        act(page)
    page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")


def _show_all(page: Page) -> None:
    """Make the window as high as the page, so that what sticks to its edges rests where it belongs."""
    size = page.viewport_size
    assert size
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": max(size["height"], height)})

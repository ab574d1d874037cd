"""What a test does to a page's requests on their way."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from playwright.sync_api import APIResponse, Page, Route

from tests.support.wait import until

T = TypeVar("T")
PROJECT = "**/api/projects/**"
PROBE = "/healthz"
INTERCEPTED = 299


def intercept(page: Page, url: str, act: Callable[[Route], object], *, times: int | None = None) -> None:
    """Do something to an open page's requests for an address, from the next one on.

    Chromium takes a moment: a request right after ``page.route`` may still pass, about once in a
    hundred times. So the page sends requests until one of them is stopped.
    """
    page.route(url, act, times=times)
    page.route(f"**{PROBE}", lambda route: route.fulfill(status=INTERCEPTED))
    asks = f"fetch('{PROBE}').then(({{ status }}) => status)"
    until(lambda: page.evaluate(asks) == INTERCEPTED, what="requests to be intercepted")
    page.unroute(f"**{PROBE}")


def until_told(page: Page, condition: Callable[[], T], *, what: str) -> T:
    """Wait as :func:`until` does, for what a page's events bring: they arrive only while Playwright is busy."""

    def told() -> T:
        page.wait_for_timeout(10)
        return condition()

    return until(told, what=what)


def divert(page: Page, method: str, act: Callable[[Route], object]) -> None:
    """Do something to a project's requests of one method; all others pass."""
    intercept(page, PROJECT, lambda route: act(route) if route.request.method == method else route.continue_())


def cut_off(page: Page, method: str) -> None:
    """Let requests of a method fail."""
    divert(page, method, Route.abort)


def hold(page: Page, method: str) -> list[Route]:
    """Keep requests of a method from the server; return where they are collected."""
    held: list[Route] = []
    divert(page, method, lambda route: held.append(route))
    return held


def let_go(page: Page, held: list[Route]) -> None:
    """Let the first of them pass, as soon as there is one, and all that follow."""
    until_told(page, lambda: held, what="a request")[0].continue_()
    page.unroute_all()


class Late:
    """Delays the responses to a page's requests for an address, as they were when they were requested."""

    def __init__(self, page: Page, url: str) -> None:
        self._page, self._answers = page, list[tuple[Route, APIResponse]]()
        intercept(page, url, lambda route: self._answers.append((route, route.fetch())))

    def wait(self) -> None:
        """Wait until the server has responded."""
        until_told(self._page, lambda: self._answers, what="an answer")

    def arrive(self) -> None:
        """Let the delayed responses arrive, and later requests pass."""
        for route, answer in self._answers:
            route.fulfill(response=answer)
        self._page.unroute_all()


def refuse(route: Route) -> None:
    """Respond as PUNT does when its database is busy."""
    route.fulfill(status=503, json={"error": "The database is busy. Please try again."})

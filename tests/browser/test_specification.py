"""The specification's own client code, as written, against the real server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext, Page

from tests.support.server import Server

SCRIPT = Path(__file__).with_name("specification.js").read_text()
PAGE = """\
<!doctype html>
<title>Specification</title>
<link rel="icon" href="data:,">
<script src="/specification.js"></script>
"""


def test_the_specifications_example_has_all_its_cases_called(
    server: Server, profile: Callable[..., BrowserContext]
) -> None:
    page = _page_with_the_example(profile("bob"), server)
    alice = server.client("alice")
    project = "/api/projects/HARB"
    review = alice.get(f"{project}/columns").json()[2]["id"]

    ticket = alice.post(f"{project}/tickets", json={"title": "One"}).json()["id"]
    alice.patch(f"{project}/tickets/{ticket}", json={"title": "Two"})
    alice.patch(f"{project}/tickets/{ticket}", json={"columnId": review, "order": 0})
    alice.delete(f"{project}/tickets/{ticket}")

    page.wait_for_function("called.length >= 4")
    assert page.evaluate("called") == [["add", ticket], ["update", ticket], ["move", ticket], ["remove", ticket]]


def test_the_specifications_fetch_works_as_written_and_its_own_echo_is_skipped(
    server: Server, profile: Callable[..., BrowserContext]
) -> None:
    page = _page_with_the_example(profile("bob"), server)

    mine = page.evaluate("createTicket('abc123', {title: 'Mine'}).then((answer) => answer.status)")
    other = page.evaluate("createTicket(crypto.randomUUID(), {title: 'Other'}).then((answer) => answer.json())")

    assert mine == 201
    page.wait_for_function("called.length >= 1")
    assert page.evaluate("called") == [["add", other["id"]]]


def _page_with_the_example(context: BrowserContext, server: Server) -> Page:
    context.route("**/specification.js", lambda route: route.fulfill(body=SCRIPT, content_type="text/javascript"))
    context.route("**/specification?*", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    page = context.new_page()
    page.goto("/specification?project=HARB")
    page.wait_for_function("window.isOpen")
    return page

"""All tabs of a browser share one stream; whatever happens to the tab that holds it, no tab misses an event."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Error, Page, Route, expect

from tests.browser.board import add, card, expect_state, sign_out
from tests.browser.conftest import INSECURE, Watch
from tests.browser.network import until_told
from tests.browser.tabs import (
    BOARD,
    MANY,
    Tabs,
    carry_session,
    expect_one_stream,
    go_on,
    lively_server,
    steady,
)
from tests.support.audit import streams_open
from tests.support.cast import PASSWORD
from tests.support.server import Server
from tests.support.wait import until

Profile = Callable[..., BrowserContext]


@pytest.fixture(scope="module")
def server(inhabited: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with lively_server(inhabited, tmp_path_factory.mktemp("lively")) as server:
        yield server


@pytest.fixture(params=["localhost", INSECURE])
def tabs(request: pytest.FixtureRequest, server: Server, profile: Profile, watch: Watch) -> Tabs:
    """Bob's browser: once with Web Locks, once at a plain host name of a LAN, without them."""
    if request.param != INSECURE:
        return Tabs(profile("bob"))
    watch.host = f"{INSECURE}:{server.port}"
    context = profile(base_url=f"http://{watch.host}")
    carry_session(server, context, f"http://{watch.host}")
    return Tabs(context)


def test_of_twelve_tabs_on_one_stream_none_misses_an_event_when_the_leader_is_closed_or_crashes(
    server: Server, tabs: Tabs
) -> None:
    page = tabs.open(MANY)
    assert page.evaluate("Boolean(navigator.locks)") == (INSECURE not in page.url)

    with steady(server) as editor:
        go_on(editor)
        expect_one_stream(server)
        for end in (Page.close, crash, Page.close, crash):
            leader = tabs.forget(tabs.leader)
            end(leader)
            until(lambda leader=leader: tabs.leader is not leader, seconds=30, what="a new leader")  # type: ignore[misc]
            go_on(editor)
            expect_one_stream(server)
    assert len(tabs.pages) == MANY - 4
    tabs.expect_all(server)


def crash(page: Page) -> None:
    """Kill the process of a page."""
    with suppress(Error):
        page.context.new_cdp_session(page).send("Page.crash", timeout=100)  # nobody is left to respond


LEAD = """(me) => {
  const channel = new BroadcastChannel(`punt ${me}`);
  window.tell = (...message) => channel.postMessage(message);
  return new Promise((done) => {
    navigator.locks.request(`punt ${me}`, () => new Promise(() => done()));
  });
}"""
"""Makes a tab the leader by script."""


def test_a_tab_that_reads_what_it_missed_is_live_only_with_what_the_leader_told_of_meanwhile(
    server: Server, profile: Profile, watch: Watch
) -> None:
    context = profile("bob")
    leader, page = context.new_page(), context.new_page()
    leader.goto("/healthz")
    leader.evaluate(LEAD, server.client("bob").get("/api/me").json()["id"])
    asked = list[str]()
    page.goto(BOARD)
    cursor = str(page.evaluate("document.body.dataset.cursor"))
    epoch, position = cursor.split("-")
    newest = f"{epoch}-{int(position) + 1}"

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(content_type="text/event-stream", body=f"id: {cursor}\nevent: ping\ndata: {{}}\n\n")

    page.route("**/api/events?**", answer)
    leader.evaluate("at => tell('news', { id: '0', state: 'live', until: 0, at })", newest)

    until_told(page, lambda: len(asked) > 1, what="a second reading, as the first had not all")
    expect_state(page, "reconnecting")
    leader.evaluate("([previous, id]) => tell('links', [{ previous, id }])", [cursor, newest])
    expect_state(page, "live")


def test_without_a_channel_each_tab_has_a_stream_of_its_own(server: Server, profile: Profile) -> None:
    context = profile("bob")
    context.add_init_script("delete window.BroadcastChannel")
    tabs = Tabs(context)
    tabs.open(3)

    with steady(server) as editor:
        go_on(editor)
        until(lambda: streams_open(server) == 3, what="three streams")
    tabs.expect_all(server)


def test_a_duplicated_tab_receives_the_changes_of_the_original_and_the_other_way_round(
    server: Server, profile: Profile
) -> None:
    tabs = Tabs(profile("bob"))
    original = tabs.open()
    with original.expect_popup() as opened:
        original.evaluate("window.open(location.href)")  # copies the session storage, as duplicating does
    copy = opened.value
    tabs.watch(copy)

    add(original, "To Do", "From the original")
    expect(card(copy, "From the original")).to_have_count(1)
    add(copy, "To Do", "From the copy")
    expect(card(original, "From the copy")).to_have_count(1)
    expect(card(copy, "From the copy")).to_have_count(1)
    tabs.expect_all(server)
    expect_one_stream(server)


def test_tabs_of_different_projects_share_the_stream_too(server: Server, profile: Profile) -> None:
    alice, context = server.client("alice"), profile("alice")
    alice.post("/api/projects", json={"key": "BREAD", "name": "Bakery"})
    pages = [context.new_page() for _ in range(3)]
    for page, path in zip(pages, ("/projects/HARB/board", "/projects/BREAD/board", "/"), strict=True):
        page.goto(path)
        expect_state(page, "live")

    for key in ("HARB", "BREAD"):
        alice.post(f"/api/projects/{key}/tickets", json={"title": f"In {key}"})
    alice.patch("/api/projects/BREAD", json={"name": "Bread"})

    expect(card(pages[0], "In BREAD")).to_have_count(0)
    expect(card(pages[0], "In HARB")).to_have_count(1)
    expect(pages[1].locator("[data-ticket]")).to_have_count(1)
    expect(card(pages[1], "In BREAD")).to_have_count(1)
    expect(pages[2].locator("[data-project-name]")).to_have_text(["Bread", "Harbour website"])
    expect_one_stream(server)


def test_signing_out_in_one_tab_reaches_the_others(server: Server, tabs: Tabs, watch: Watch) -> None:
    watch.expect("401")
    page = tabs.open(3)

    sign_out(page)

    for other in tabs.pages[:2]:
        other.wait_for_url("**/login?next=*")


def test_a_tab_of_one_person_is_left_when_another_signs_in(server: Server, profile: Profile, watch: Watch) -> None:
    watch.expect("401")
    watch.expect("404")
    context = profile("alice")
    stale = Tabs(context).open()

    context.request.post("/api/auth/login", data={"username": "charlie", "password": PASSWORD})

    charlie = server.client("charlie").get("/api/me").json()["id"]
    expect(stale.locator("body")).to_have_attribute("data-me", charlie)
    expect(stale.locator("[data-board]")).to_have_count(0)

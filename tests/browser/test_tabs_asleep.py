"""Tabs that are frozen or in the back/forward cache, a network that swallows all bytes, a server that restarts."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, BrowserType, Page, expect

from tests.browser.board import expect_state
from tests.browser.conftest import INSECURE, OPTIONS, Watch
from tests.browser.tabs import (
    MANY,
    Tabs,
    behind_relay,
    carry_session,
    expect_one_stream,
    go_on,
    lively_server,
    steady,
)
from tests.support.server import Server
from tests.support.wait import until
from tests.support.writers import Editor

Profile = Callable[..., BrowserContext]


@pytest.fixture(scope="module")
def server(inhabited: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with lively_server(inhabited, tmp_path_factory.mktemp("lively")) as server:
        yield server


@pytest.fixture
def plain(
    chromium: BrowserType, whole: str | None, server: Server, watch: Watch, tmp_path: Path
) -> Iterator[BrowserContext]:
    """Bob's browser as people have it: test helpers keep pages awake and out of the back/forward cache."""
    watch.host = f"127.0.0.1:{server.port}"
    path = whole or chromium.executable_path
    options = ["--headless=new", "--remote-debugging-port=0", f"--user-data-dir={tmp_path / 'profile'}", *OPTIONS]
    with subprocess.Popen([path, *options, "about:blank"], stderr=subprocess.DEVNULL) as process:
        note = tmp_path / "profile" / "DevToolsActivePort"
        until(lambda: note.exists() and note.read_text().count("\n"), seconds=20, what="the browser")
        browser = chromium.connect_over_cdp(f"http://127.0.0.1:{note.read_text().split()[0]}", no_defaults=True)
        browser.contexts[0].on("page", watch.over)
        carry_session(server, browser.contexts[0], server.url)
        yield browser.contexts[0]
        browser.close()
        process.terminate()


@pytest.mark.parametrize("name", ["127.0.0.1", INSECURE])
def test_of_twelve_tabs_none_misses_an_event_when_the_leader_is_frozen_nor_when_it_wakes(
    server: Server, plain: BrowserContext, watch: Watch, name: str
) -> None:
    watch.host = f"{name}:{server.port}"
    carry_session(server, plain, f"http://{watch.host}")
    tabs = Tabs(plain, f"http://{watch.host}")
    page = tabs.open(MANY)
    assert page.evaluate("Boolean(navigator.locks)") == (name != INSECURE)

    with steady(server) as editor:
        for _ in range(2):
            leader = tabs.leader
            next(other for other in tabs.pages if other is not leader).bring_to_front()
            with frozen(leader):
                until(lambda leader=leader: tabs.leader is not leader, seconds=30, what="a new leader")  # type: ignore[misc]
                go_on(editor)
            go_on(editor)
    tabs.expect_all(server)
    expect_one_stream(server)


@contextmanager
def frozen(page: Page) -> Iterator[None]:
    """Freeze a page, once it is hidden."""
    until(lambda: page.evaluate("document.visibilityState") == "hidden", what="a hidden page")
    session = page.context.new_cdp_session(page)
    session.send("Page.setWebLifecycleState", {"state": "frozen"})
    yield
    session.send("Page.setWebLifecycleState", {"state": "active"})


def test_a_board_that_one_goes_back_to_catches_up_without_a_reload(server: Server, plain: BrowserContext) -> None:
    tabs = Tabs(plain, server.url)
    tabs.open(2)
    leader, other = tabs.pages

    leader.evaluate("addEventListener('pageshow', ({ persisted }) => (window.kept = persisted))")
    leader.bring_to_front()  # nobody leaves a page that is not in front, and loading there may take for ever
    leader.goto(f"{server.url}/profile")
    with steady(server) as editor:
        go_on(editor)
        leader.go_back(wait_until="commit")
        until(lambda: leader.evaluate("window.kept"), what="the page from the cache")
        go_on(editor)
    tabs.expect_all(server)
    expect_state(other, "live")
    expect_one_stream(server)


def test_after_a_sleep_every_tab_catches_up_without_a_reload(server: Server, profile: Profile, watch: Watch) -> None:
    with behind_relay(server, profile, watch) as (relay, tabs):
        tabs.open(3)

        relay.freeze()
        with steady(server) as editor:
            go_on(editor)
            for page in tabs.pages:
                expect_state(page, "reconnecting")
                expect(page.locator("[data-connection-banner]")).to_contain_text("catch up")
            relay.thaw()
        tabs.expect_all(server)
        for page in tabs.pages:
            expect_state(page, "live")
            expect(page.locator("[data-connection-banner]")).to_be_empty()


def test_a_page_without_a_network_says_so_and_comes_back(server: Server, profile: Profile, watch: Watch) -> None:
    with behind_relay(server, profile, watch) as (relay, tabs):
        tabs.open(2)

        relay.freeze()
        tabs.pages[0].context.set_offline(True)
        for page in tabs.pages:
            expect_state(page, "offline")
            expect(page.locator("[data-connection-banner]")).to_contain_text("You are offline")
        server.client("alice").post("/api/projects/HARB/tickets", json={"title": "Meanwhile"})
        relay.thaw()
        tabs.pages[0].context.set_offline(False)

        for page in tabs.pages:
            expect_state(page, "live")
        tabs.expect_all(server)


def test_a_restarted_server_costs_no_tab_an_event(server: Server, profile: Profile, watch: Watch) -> None:
    watch.expect("ERR_")
    tabs = Tabs(profile("bob"))
    tabs.open(3)

    with Editor(server.client("alice"), pause=0.09) as editor:  # some of its requests are never answered
        go_on(editor)
        server.stop()
        for page in tabs.pages:
            expect(page.locator("[data-connection-text]")).to_contain_text(" s)", timeout=20_000)
        server.start()
        go_on(editor)

    for page in tabs.pages:
        expect_state(page, "live")
    tabs.expect_all(server)
    expect_one_stream(server)

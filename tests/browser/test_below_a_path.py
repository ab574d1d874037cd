"""PUNT below a path, behind a real nginx that has another PUNT at the root of the same host."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import everything
from tests.browser.board import add, card, expect_live
from tests.browser.conftest import Watch, profiles
from tests.browser.hands import Mouse
from tests.browser.test_specification import PAGE, SCRIPT
from tests.nginx.conftest import PREFIX, in_front_of, recommended
from tests.support.cast import PASSWORD
from tests.support.nginx import Nginx
from tests.support.server import Server

TOP = "\nlocation / {\n    proxy_pass http://127.0.0.1:3000;\n    proxy_set_header Host $http_host;\n}\n"
EVERYTHING_KEPT = "() => JSON.stringify([Object.keys(localStorage), Object.keys(sessionStorage)])"


@dataclass
class Host:
    """One host name with two PUNTs, one of them below a path."""

    below: Server
    top: Server
    nginx: Nginx

    def sign_in(self, context: BrowserContext, username: str, path: str, prefix: str = PREFIX) -> Page:
        """Sign in as people do who requested a page, and wait until that is live."""
        page = context.new_page()
        page.goto(f"{self.nginx.url}{prefix}{path}")
        page.locator('input[name="username"]').fill(username)
        page.locator('input[name="password"]').fill(PASSWORD)
        page.locator("main form button").last.click()
        expect(page).to_have_url(f"{self.nginx.url}{prefix}{path}", timeout=20_000)
        expect_live(page, seconds=20)
        return page


@pytest.fixture
def host(inhabited: Path, tmp_path: Path) -> Iterator[Host]:
    """Such a host; the second PUNT is a copy of the first, with the same people and the same key."""
    folders = [Path(shutil.copytree(inhabited, tmp_path / name)) for name in ("below", "top")]
    below = Server(folders[0], settings={"PUNT_URL_PREFIX": PREFIX, "PUNT_PROXY_COUNT": "1"})
    top = Server(folders[1])
    locations = in_front_of(below, recommended("below-a-path.md")) + in_front_of(top, TOP)
    nginx = Nginx(tmp_path / "nginx", locations)
    try:
        yield Host(below.start(), top, nginx.start())
    finally:
        for each in (nginx, below, top):
            each.stop()


@pytest.fixture
def profile(browser: Browser, host: Host, watch: Watch) -> Iterator[Callable[..., BrowserContext]]:
    """Make a browser profile in which nobody is signed in."""
    with profiles(browser, host.below, watch) as make:
        watch.host = urlsplit(host.nginx.url).netloc
        yield make


@pytest.mark.timeout(300)  # every action there is
def test_everything_on_a_board_works_below_a_path_and_others_see_it_at_once(
    host: Host, profile: Callable[..., BrowserContext]
) -> None:
    alice = host.sign_in(profile(), "alice", "/projects/HARB/board")
    bobs = profile()
    bob = host.sign_in(bobs, "bob", "/projects/HARB/board")

    everything.do(Mouse(alice))

    assert everything.in_database(host.below) == everything.AT_THE_END
    expect(card(bob, "Oil both cranes")).to_have_count(1)
    expect(alice.locator("[data-presence] [data-user]")).to_have_count(1)
    follower = bobs.new_page()
    follower.goto(bob.url)
    expect_live(follower)
    add(alice, "To Do", "Heard in both tabs")
    for page in (bob, follower):
        expect(card(page, "Heard in both tabs")).to_have_count(1)


def test_every_link_and_every_form_of_every_page_stays_below_the_path(
    host: Host, profile: Callable[..., BrowserContext]
) -> None:
    page = host.sign_in(profile(), "sue", "/")
    seen, ahead = set[str](), [page.url]

    while ahead:
        url = ahead.pop()
        seen.add(url)
        answer = page.goto(url)
        assert answer
        assert answer.status == 200, url
        links = page.eval_on_selector_all("a[href]", "links => links.map((link) => link.href.replace(/[?#].*/, ''))")
        forms = page.eval_on_selector_all("form", "forms => forms.map((form) => form.action.replace(/[?#].*/, ''))")
        assert {each for each in links + forms if not each.startswith(f"{host.nginx.url}{PREFIX}/")} == set(), url
        ahead += [each for each in dict.fromkeys(links) if each not in seen and each not in ahead]

    assert len(seen) > 10


def test_two_punts_of_one_host_keep_apart_what_they_keep_in_a_browser(
    host: Host, profile: Callable[..., BrowserContext]
) -> None:
    context = profile()
    host.top.start()
    below = host.sign_in(context, "bob", "/projects/HARB/board")
    top = host.sign_in(context, "bob", "/projects/HARB/board", prefix="")
    add(below, "To Do", "Only below")
    expect(card(top, "Only below")).to_have_count(0)
    for page, title in ((below, "typed below"), (top, "typed at the top")):
        page.goto(f"{page.url.removesuffix('board')}tickets/new")
        page.locator('[name="title"]').fill(title)
    below.evaluate("localStorage.setItem('another program', 'kept')")
    top.reload()
    expect(top.locator('[name="title"]')).to_have_value("typed at the top")

    assert host.below.flask("db", "wipe", "--yes").returncode == 0

    expect(below).to_have_url(f"{host.nginx.url}{PREFIX}/setup", timeout=20_000)
    top.reload()
    expect_live(top)
    expect(top.locator('[name="title"]')).to_have_value("typed at the top")
    kept = top.evaluate(EVERYTHING_KEPT)
    assert "another program" in kept
    assert f"punt{PREFIX}" not in kept


def test_who_is_signed_out_meanwhile_comes_back_to_the_page_below_the_path(
    host: Host, profile: Callable[..., BrowserContext], watch: Watch
) -> None:
    watch.expect("401")
    page = host.sign_in(profile(), "bob", "/projects/HARB/board?q=x")

    with host.below.writing() as session:
        session.connection().exec_driver_sql("UPDATE user_session SET expires_at = '2020-01-01 00:00:00.000000'")
    page.reload()

    page.locator('input[name="username"]').fill("bob")
    page.locator('input[name="password"]').fill(PASSWORD)
    page.locator("main form button").last.click()
    expect(page).to_have_url(f"{host.nginx.url}{PREFIX}/projects/HARB/board?q=x")


def test_the_specifications_example_has_all_its_cases_called_below_a_path(
    host: Host, profile: Callable[..., BrowserContext]
) -> None:
    context = profile()
    host.sign_in(context, "bob", "/")
    script = SCRIPT.replace("`/api/", f"`{PREFIX}/api/")
    context.route("**/specification.js", lambda route: route.fulfill(body=script, content_type="text/javascript"))
    context.route("**/specification?*", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    page = context.new_page()
    page.goto(f"{host.nginx.url}{PREFIX}/specification?project=HARB")
    page.wait_for_function("window.isOpen")
    alice = host.below.client("alice")
    review = alice.get("/api/projects/HARB/columns").json()[2]["id"]

    tickets = "/api/projects/HARB/tickets"
    ticket = alice.post(tickets, json={"title": "One"}).json()["id"]
    alice.patch(f"{tickets}/{ticket}", json={"title": "Two"})
    alice.patch(f"{tickets}/{ticket}", json={"columnId": review, "order": 0})
    alice.delete(f"{tickets}/{ticket}")
    mine = page.evaluate("createTicket('abc123', {title: 'Mine'}).then((answer) => answer.status)")

    page.wait_for_function("called.length >= 4")
    assert mine == 201
    assert page.evaluate("called") == [["add", ticket], ["update", ticket], ["move", ticket], ["remove", ticket]]

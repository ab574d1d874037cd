"""PUNT behind a real nginx, with the specification's configuration and with the one of ``deploy/README.md``."""

from __future__ import annotations

import re
import signal
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from punt.models import Project, Ticket
from tests.nginx.conftest import PREFIX, SPECIFICATION, in_front_of
from tests.nginx.site import HARB, STREAM, EventSource, Site
from tests.support.cast import PASSWORD
from tests.support.listener import Listener
from tests.support.nginx import Nginx
from tests.support.raw import raw_stream
from tests.support.server import Server, free_port
from tests.support.wait import until

TICKETS = f"{HARB}/tickets"
AT_ONCE = 1.0
"""Seconds within which an event arrives; a buffer would keep it until it is full."""
QUICK = 20.0
"""Seconds within which a client is back: the hint of a draining server, and the pause until it serves again."""


def make(client: httpx.Client, title: str, **headers: str) -> httpx.Response:
    return client.post(TICKETS, json={"title": title}, headers=headers)


def make_by_command(site: Site, title: str) -> None:
    with site.server.writing() as session:
        project = session.query(Project).filter_by(key="HARB").one()
        Ticket.create(project, project.columns()[0], None, {"title": title})


@pytest.mark.parametrize("path", [STREAM, "/api/projects/events", "/api/users/events", "/api/events?project=HARB"])
def test_a_stream_begins_at_once_with_its_headers(site: Site, path: str) -> None:
    with raw_stream(site.browser("bob"), path, seconds=AT_ONCE) as stream:
        stream.read_until(b": connected\nretry: 1000\nid: ")
        headers = stream.response.headers

    assert headers["Content-Type"] == "text/event-stream"
    assert headers["Cache-Control"] == "no-cache, no-transform"
    assert headers["Server"].startswith("nginx")
    assert "Set-Cookie" not in headers
    assert "Content-Encoding" not in headers


def test_each_event_comes_at_once_and_by_itself(site: Site) -> None:
    alice, delays = site.browser("alice"), list[float]()

    with raw_stream(site.browser("bob"), STREAM, seconds=AT_ONCE) as stream:
        stream.read_until(b": connected")
        for number in range(20):
            began = time.monotonic()
            assert make(alice, f"one by one {number}").status_code == 201
            stream.read_until(f"one by one {number}".encode())
            delays.append(time.monotonic() - began)

    assert max(delays) < AT_ONCE
    assert sorted(delays)[10] < AT_ONCE / 5


def test_signs_of_life_come_through(site: Site) -> None:
    with raw_stream(site.browser("bob"), STREAM, seconds=AT_ONCE) as stream:
        body = stream.read_until(b": keepalive\n\nid: ")

    assert b"event: ping\ndata: {}\n\n" in body


def test_who_comes_back_gets_what_was_missed(site: Site) -> None:
    alice, bob, cursor = site.browser("alice"), site.browser("bob"), site.server.head()
    for title in ("missed", "missed too"):
        make(alice, title)

    for path, header in ((STREAM, cursor), (f"{STREAM}?lastEventId={cursor}", None)):
        with Listener(bob, path, last_event_id=header) as stream:
            stream.wait_until_at(site.server.head())
            assert [message["data"]["title"] for message in stream.messages] == ["missed", "missed too"]


def test_pages_scripts_and_data_come_compressed_but_never_a_stream(site: Site) -> None:
    bob = site.browser("bob", headers={"Accept-Encoding": "gzip"})
    page = bob.get("/projects/HARB/board")
    scripts, sheets = (re.findall(rf'"({site.prefix}/static/[^"]+\.{kind})"', page.text) for kind in ("js", "css"))
    addresses = [str(page.url), f"{site.nginx.url}{scripts[0]}", f"{site.nginx.url}{sheets[0]}", TICKETS]

    encodings = [bob.get(address).headers.get("Content-Encoding") for address in addresses]

    with bob.stream("GET", STREAM) as stream:
        assert "Content-Encoding" not in stream.headers
    assert encodings == ["gzip"] * 4


def test_without_a_session_a_stream_is_refused(site: Site) -> None:
    answer = httpx.get(f"{site.url}{STREAM}")

    assert (answer.status_code, answer.headers["Content-Type"]) == (401, "application/json")


def test_one_signs_in_on_the_page_and_sees_the_board(site: Site) -> None:
    with httpx.Client(base_url=site.url, follow_redirects=True) as browser:
        login = {"username": "bob", "password": PASSWORD, "next": f"{site.prefix}/projects/HARB/board"}
        answer = browser.post("/login", data=login, headers={"Sec-Fetch-Site": "same-origin"})

        assert (answer.status_code, answer.url.path) == (200, f"{site.prefix}/projects/HARB/board")
        assert answer.url.port == site.nginx.port
        assert browser.get("/api/me").status_code == 200


def test_the_fetch_of_the_specification_works_and_names_its_tab(site: Site) -> None:
    bob = site.browser("bob")
    headers = {"Origin": site.nginx.url, "Sec-Fetch-Site": "same-origin", "X-Tab-Id": "abc123"}

    with Listener(bob, STREAM) as stream:
        answer = make(bob, "by fetch", **headers)
        message = stream.wait_for_type("ticket.created")

    assert answer.status_code == 201
    assert (message["tabId"], message["data"]) == ("abc123", answer.json())


def test_a_write_that_another_site_makes_is_refused(site: Site) -> None:
    bob = site.browser("bob")
    foreign: list[dict[str, Any]] = [
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://evil.example"},
    ]

    assert [make(bob, "x", **headers).status_code for headers in foreign] == [403, 403]


def test_a_browser_on_plain_http_writes_where_the_proxy_passes_the_host_on(site: Site) -> None:
    """There it sends no ``Sec-Fetch-Site``: the origin has to be the host that PUNT was addressed by."""
    answer = make(site.browser("bob"), "plain", Origin=site.nginx.url)

    assert answer.status_code == {"specification": 403, "deploy": 201}[site.configuration]


def test_a_reload_of_punt_is_one_quick_reconnect(site: Site) -> None:
    with EventSource(site.browser("bob")) as source:
        make(site.browser("alice"), "before the reload")
        until(lambda: source.titles, what="the first event")
        site.server.signal(signal.SIGHUP)
        until(lambda: len(source.statuses) > 1, seconds=20, what="the client to be back")
        make(site.browser("alice"), "after the reload")
        until(lambda: len(source.titles) == 2, seconds=QUICK, what="the second event")

    assert source.titles == ["before the reload", "after the reload"]
    assert set(source.statuses) == {200}
    assert len(source.statuses) <= 2 + site.server.workers  # once more for each worker that had not quite stopped
    assert sum(source.away[1:]) < QUICK


def test_a_restart_of_nginx_loses_nothing(site: Site) -> None:
    with EventSource(site.browser("bob")) as source:
        make(site.browser("alice"), "before the stop")
        until(lambda: source.titles, what="the first event")
        site.nginx.stop()
        make_by_command(site, "meanwhile")
        site.nginx.start()
        make(site.browser("alice"), "after the start")
        until(lambda: len(source.titles) == 3, seconds=QUICK, what="all events")

    assert source.titles == ["before the stop", "meanwhile", "after the start"]
    assert set(source.statuses) == {200}


def test_a_reload_of_nginx_disturbs_nobody(site: Site) -> None:
    with EventSource(site.browser("bob")) as source:
        site.nginx.reload()
        make(site.browser("alice"), "after the reload")
        until(lambda: source.titles, what="the event")

    assert source.titles == ["after the reload"]
    assert source.statuses == [200]


def test_a_restart_of_punt_loses_nothing(site: Site) -> None:
    """With the specification's configuration nginx answers 502 meanwhile, and a browser's EventSource gives up.

    The page then opens a new one, with the same cursor. With the recommended configuration it reconnects by itself.
    """
    with ExitStack() as stack:
        sources = [stack.enter_context(EventSource(site.browser("bob"))) for _ in range(4)]
        make(site.browser("alice"), "before")
        for source in sources:
            until(lambda source=source: source.titles, what="the first event")  # type: ignore[misc]
        site.server.stop()
        make_by_command(site, "meanwhile")
        if site.configuration == "specification":
            until(lambda: all(source.gave_up for source in sources), seconds=QUICK, what="all to have given up")
        else:
            until(lambda: all(len(source.statuses) > 1 for source in sources), what="all to have tried again")
        request = httpx.get(f"{site.url}/api/projects")
        site.server.start()
        make(site.browser("alice"), "after")
        if site.configuration == "deploy":
            again = sources
        else:
            again = [stack.enter_context(EventSource(source.client, source.cursor)) for source in sources]
        for source in again:
            until(lambda source=source: source.titles[-1:] == ["after"], seconds=QUICK, what="the last event")  # type: ignore[misc]

    heard = [old.titles + ([] if old is new else new.titles) for old, new in zip(sources, again, strict=True)]
    assert heard == [["before", "meanwhile", "after"]] * 4
    assert request.status_code == 502
    assert {status for source in again for status in source.statuses} == {200}


FORGED = {"X-Forwarded-For": "192.0.2.7", "X-Real-IP": "192.0.2.7", "Forwarded": "for=192.0.2.7"}


def address(browser: httpx.Client) -> str:
    """Return the address that PUNT records for a sign-in."""
    return str(next(each["address"] for each in browser.get("/api/me/sessions").json() if each["current"]))


def test_nobody_chooses_the_address_they_come_from(site: Site) -> None:
    assert address(site.browser("bob", headers=FORGED)) == "127.0.0.1"


def test_with_the_block_of_the_specification_a_proxy_counted_lets_clients_choose_as_the_page_says(
    instance: Path, tmp_path: Path
) -> None:
    server = Server(instance, settings={"PUNT_PROXY_COUNT": "1"}).start()
    nginx = Nginx(tmp_path / "nginx", in_front_of(server, SPECIFICATION)).start()
    try:
        told = address(Site("specification", server, nginx).browser("bob", headers=FORGED))
    finally:
        nginx.stop()
        server.stop()

    assert told == "192.0.2.7"


def test_where_the_proxy_passes_no_host_on_the_site_itself_can_be_trusted(instance: Path, tmp_path: Path) -> None:
    port = free_port()
    server = Server(instance, settings={"PUNT_TRUSTED_ORIGINS": f"http://127.0.0.1:{port}"}).start()
    nginx = Nginx(tmp_path / "nginx", in_front_of(server, SPECIFICATION), port).start()
    try:
        answer = make(Site("specification", server, nginx).browser("bob"), "plain", Origin=nginx.url)
    finally:
        nginx.stop()
        server.stop()

    assert answer.status_code == 201


def test_a_large_file_arrives_whole_where_the_block_is_the_recommended_one(site: Site) -> None:
    """The specification's accepts 1 MB, nginx's default."""
    fields = {"yourPassword": PASSWORD, "phrase": "replace everything"}
    files = {"file": ("everything.punt", b"no export" + b"\0" * (40 << 20))}

    answer = site.browser("sue").post("/api/admin/database/import", data=fields, files=files)

    assert answer.status_code == {"specification": 413, "deploy": 400}[site.configuration]
    assert answer.headers["Server"].startswith("nginx")
    if site.configuration == "deploy":
        assert "file" in answer.json()["error"] + str(answer.json().get("details"))


STRIPPING = """
location /punt/ {
    proxy_pass http://localhost:3000/;
    proxy_http_version 1.1;
    proxy_set_header Connection '';
    proxy_buffering off;
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-Host $http_host;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Forwarded-For $remote_addr;
}
"""


def test_a_proxy_may_take_the_path_off(instance: Path, tmp_path: Path) -> None:
    server = Server(instance, settings={"PUNT_PROXY_COUNT": "1", "PUNT_URL_PREFIX": PREFIX})
    configuration = STRIPPING.replace(":3000/;", f":{server.port}/;")
    nginx = Nginx(tmp_path / "nginx", configuration)
    try:
        site = Site("stripping", server.start(), nginx.start(), PREFIX)
        with httpx.Client(base_url=site.url, follow_redirects=True) as browser:
            asked = browser.get("/projects/HARB/board")
            login = {"username": "bob", "password": PASSWORD, "next": asked.url.params["next"]}
            board = browser.post("/login", data=login, headers={"Origin": nginx.url})
            sheets = [browser.get(f"{nginx.url}{each}") for each in re.findall(r'href="(/[^"]+\.css)"', board.text)]
            with Listener(browser, STREAM) as stream:
                make(browser, "heard", Origin=nginx.url)
                heard = stream.wait_for_type("ticket.created")
    finally:
        nginx.stop()
        server.end()

    assert (board.status_code, board.url.path) == (200, f"{PREFIX}/projects/HARB/board")
    assert [sheet.status_code for sheet in sheets] == [200]
    assert heard["data"]["title"] == "heard"

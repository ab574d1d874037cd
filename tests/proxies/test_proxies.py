"""Streams, signing in and uploads through each proxy, at the root of a host and below a path."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.support.cast import PASSWORD
from tests.support.proxies import KINDS, PROGRAMS, Proxy
from tests.support.raw import raw_stream
from tests.support.server import Server
from tests.support.wait import until

PREFIX = "/punt"
HARB = "/api/projects/HARB"
STREAM = f"{HARB}/events"
DEADLINE = 20.0
"""Seconds of silence after which a stream counts as blocked: a buffer would keep its few bytes for ever."""
MB = 1 << 20
LARGE = 40 * MB


@dataclass
class Site:
    """A PUNT and the proxy in front of it."""

    server: Server
    proxy: Proxy
    prefix: str

    @property
    def url(self) -> str:
        return f"{self.proxy.url}{self.prefix}"

    def browser(self, username: str, **options: object) -> httpx.Client:
        """Return an HTTP client in front of the proxy, signed in as one of the cast."""
        client = httpx.Client(base_url=self.url, timeout=60, **options)  # type: ignore[arg-type]
        answer = client.post("/api/auth/login", json={"username": username, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return client


def open_streams(site: Site) -> float:
    """Return how many streams PUNT counts."""
    figures = site.server.client("sue").get("/metrics").text
    return sum(float(number) for number in re.findall(r"^punt_streams_open\{.*\} (\S+)$", figures, re.MULTILINE))


PRESENT = [kind for kind in KINDS if PROGRAMS[kind].exists()]
"""``make test`` names the one that is missing."""
PLACES = [(kind, prefix) for kind in PRESENT for prefix in ("", PREFIX)]


@pytest.fixture(scope="module", params=PLACES, ids="".join)
def site(request: pytest.FixtureRequest, inhabited: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A PUNT behind each proxy."""
    kind, prefix = request.param
    folder = tmp_path_factory.mktemp("proxied")
    settings = {"PUNT_PROXY_COUNT": "1", "PUNT_URL_PREFIX": prefix, "PUNT_STREAM_KEEPALIVE": "2"}
    server = Server(Path(shutil.copytree(inhabited, folder / "instance")), settings=settings)
    proxy = Proxy(kind, folder / "proxy", server.port, below=bool(prefix))
    try:
        server.start()
        yield Site(server, proxy.start(), prefix)
    finally:
        proxy.stop()
        server.end()


def make(client: httpx.Client, title: str, **headers: str) -> httpx.Response:
    return client.post(f"{HARB}/tickets", json={"title": title}, headers=headers)


def test_a_stream_comes_event_by_event_with_its_headers_and_uncompressed(site: Site) -> None:
    alice, bob = site.browser("alice"), site.browser("bob", headers={"Accept-Encoding": "gzip, zstd"})

    with raw_stream(bob, STREAM, seconds=DEADLINE) as stream:
        stream.read_until(b": connected\nretry: 1000\nid: ")
        for number in range(5):
            assert make(alice, f"one by one {number}").status_code == 201
            stream.read_until(f"one by one {number}".encode())
        stream.read_until(b": keepalive\n\nid: ")
        headers = stream.response.headers

    assert headers["Content-Type"] == "text/event-stream"
    assert headers["Cache-Control"] == "no-cache, no-transform"
    assert "Content-Encoding" not in headers


def test_who_hangs_up_frees_the_place_of_the_stream(site: Site) -> None:
    bob = site.browser("bob")

    with raw_stream(bob, STREAM, seconds=DEADLINE) as stream:
        stream.read_until(b": connected")
        until(lambda: open_streams(site) == 1, seconds=DEADLINE, what="the stream to be counted")

    until(lambda: open_streams(site) == 0, seconds=DEADLINE, what="the place to be free")


def test_one_signs_in_on_the_page_and_writes_as_a_browser_does(site: Site) -> None:
    with httpx.Client(base_url=site.url, follow_redirects=True, timeout=60) as browser:
        login = {"username": "bob", "password": PASSWORD, "next": f"{site.prefix}/projects/HARB/board"}
        answer = browser.post("/login", data=login, headers={"Origin": site.proxy.url})
        written = make(browser, "plain", Origin=site.proxy.url)
        foreign = make(browser, "foreign", Origin="http://evil.example")

    assert (answer.status_code, answer.url.path) == (200, f"{site.prefix}/projects/HARB/board")
    assert answer.url.port == site.proxy.port
    assert (written.status_code, foreign.status_code) == (201, 403)


def test_pages_are_compressed(site: Site) -> None:
    page = site.browser("bob", headers={"Accept-Encoding": "gzip"}).get("/projects/HARB/board")

    assert page.headers["Content-Encoding"] == "gzip"


def test_nobody_chooses_their_own_address_or_host(site: Site) -> None:
    forged = {"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}

    client = site.browser("bob", headers=forged)
    [own] = [each for each in client.get("/api/me/sessions").json() if each["current"]]

    assert own["address"] == "127.0.0.1"
    answer = client.post("/api/auth/login", json={"username": "bob", "password": PASSWORD})
    assert "Secure" not in answer.headers["Set-Cookie"]
    assert make(client, "host", Origin="http://evil.example").status_code == 403


def test_a_large_file_arrives_whole(site: Site) -> None:
    fields = {"yourPassword": PASSWORD, "phrase": "replace everything"}
    files = {"file": ("everything.punt", b"no export" + b"\0" * LARGE)}

    answer = site.browser("sue").post("/api/admin/database/import", data=fields, files=files)

    assert answer.headers["Content-Type"] == "application/json"
    assert answer.status_code == 400, answer.text
    assert "file" in answer.text

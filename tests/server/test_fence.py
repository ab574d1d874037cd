"""What protects a real server: limits across workers, timeouts for bodies, headers, and a log without secrets."""

from __future__ import annotations

import itertools
import json
import re
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx

from punt.access import tokens
from punt.services import registration
from punt.services.passwords import TRIES
from punt.services.sign_in import ACCOUNT_TRIES, ADDRESS_TRIES, WINDOW
from punt.web.security import BODY_LIMIT, HEADERS, TEXT_LIMIT
from tests.support.cast import PASSWORD
from tests.support.raw import cookie_of, raw_stream
from tests.support.server import Server

LOGIN = "/api/auth/login"
WRONG = "hunter2 is not the password"
TICKETS = "/api/projects/HARB/tickets"


def failures(server: Server, names: list[str]) -> Counter[int]:
    """Try to sign in under many names at once, each on a connection of its own; count the statuses of the responses."""

    def fail(name: str) -> int:
        answer = httpx.post(f"{server.url}{LOGIN}", json={"username": name, "password": WRONG}, timeout=60)
        assert answer.status_code == 401 or 0 < int(answer.headers["Retry-After"]) <= WINDOW
        return answer.status_code

    with ThreadPoolExecutor(48) as pool:
        return Counter(pool.map(fail, names))


def test_an_account_and_an_address_have_exactly_so_many_tries_in_all_workers_together(
    serve: Callable[..., Server],
) -> None:
    server = serve(RATE_LIMITS="on")

    of_account = failures(server, ["bob"] * (ACCOUNT_TRIES + 20))
    of_address = failures(server, [f"nobody-{number}" for number in range(ADDRESS_TRIES + 20)])

    assert of_account == {401: ACCOUNT_TRIES, 429: 20}
    assert of_address == {401: ADDRESS_TRIES - ACCOUNT_TRIES, 429: ACCOUNT_TRIES + 20}


def test_registrations_tokens_and_passwords_have_exactly_so_many_tries_in_all_workers_together(
    serve: Callable[..., Server],
) -> None:
    server = serve(RATE_LIMITS="on")
    server.client("sue").patch("/api/admin/settings", json={"registration": True})
    bob = server.client("bob")

    def register(number: int) -> httpx.Response:
        new = {"username": f"new-{number}", "name": "New", "password": PASSWORD}
        return httpx.post(f"{server.url}/api/auth/register", json=new, timeout=60)

    def show_wrong_token(number: int) -> httpx.Response:
        return httpx.get(f"{server.url}/api/me", headers={"Authorization": f"Bearer wrong-{number}"}, timeout=60)

    def make_token(number: int) -> httpx.Response:
        new = {"name": f"Token {number}", "scope": "read"}
        return httpx.post(f"{server.url}/api/me/tokens", json=new, cookies=bob.cookies, timeout=60)

    def guess_password(number: int) -> httpx.Response:
        guess = {"currentPassword": f"wrong {number}", "newPassword": PASSWORD}
        return httpx.patch(f"{server.url}/api/me/password", json=guess, cookies=bob.cookies, timeout=60)

    limits = {
        register: (201, registration.TRIES),
        show_wrong_token: (401, tokens.TRIES),
        make_token: (201, tokens.MADE),
        guess_password: (400, TRIES),
    }
    for act, (status, tries) in limits.items():
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(act, range(tries + 5)))

        assert Counter(answer.status_code for answer in answers) == {status: tries, 429: 5}, act.__name__
        assert all("Retry-After" in answer.headers for answer in answers if answer.status_code == 429)


def test_a_body_that_drips_is_cut_off_and_so_is_a_head(serve: Callable[..., Server]) -> None:
    server = serve(REQUEST_PATIENCE=1)
    head = f"POST {LOGIN} HTTP/1.1\r\nHost: punt\r\nContent-Type: application/json\r\nContent-Length: 900\r\n"

    of_body, of_head = drip(server, f"{head}\r\n"), drip(server, head)

    assert of_body.startswith(b"HTTP/1.1 408 ")
    assert b"took too long" in of_body
    assert not of_head.startswith(b"HTTP/1.1 2")
    assert "Traceback" not in server.log


def test_a_file_that_drips_is_cut_off_and_one_that_goes_on_is_not(serve: Callable[..., Server]) -> None:
    server = serve(REQUEST_PATIENCE=2)
    large = ["/admin/database/import", "/api/admin/database/import"]

    with ThreadPoolExecutor(5) as pool:
        dripped = list(
            pool.map(lambda path: drip(server, upload(server, path, 900)), ["/projects/HARB/import", *large])
        )
        slow = list(pool.map(lambda path: send_slowly(server, upload(server, path, 300_000), seconds=3), large))

    assert [answer[:13] for answer in dripped] == [b"HTTP/1.1 408 "] * 3
    assert [answer[:13] for answer in slow] == [b"HTTP/1.1 400 "] * 2
    assert "Traceback" not in server.log


def upload(server: Server, path: str, size: int) -> str:
    """Return the beginning of an upload of Sue's, of so many bytes."""
    cookie = cookie_of(server.client("sue"))
    part = '--B\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n'
    return (
        f"POST {path} HTTP/1.1\r\nHost: punt\r\nCookie: {cookie}\r\nConnection: close\r\n"
        f"Content-Type: multipart/form-data; boundary=B\r\nContent-Length: {len(part) + size}\r\n\r\n{part}"
    )


def send_slowly(server: Server, begin: str, *, seconds: float) -> bytes:
    """Begin an upload of 300,000 bytes, send it in ten parts, and return the response."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(begin.encode())
        for _ in range(10):
            time.sleep(seconds / 10)
            connection.sendall(b"x" * 30_000)
        return connection.recv(65_536)


def drip(server: Server, begin: str) -> bytes:
    """Begin a request and send a byte of it now and then; return everything until the server hangs up."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=0.2) as connection:
        connection.sendall(begin.encode())
        answer, deadline = b"", time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                connection.sendall(b"x")
                if not (more := connection.recv(65_536)):
                    return answer
                answer += more
                if answer.endswith(b"}\n"):
                    return answer
            except TimeoutError:
                continue
            except OSError:
                return answer
    raise AssertionError("the server waits for ever")


def test_a_body_that_is_too_large_is_refused_whether_it_says_so_or_not(server: Server) -> None:
    def chunks(size: int) -> Iterator[bytes]:
        for begin in range(0, size, 16_384):
            yield b"x" * min(16_384, size - begin)

    def send(client: httpx.Client, size: int) -> list[int]:
        contents: tuple[Iterator[bytes] | bytes, ...] = (chunks(size), b"".join(chunks(size)))
        headers = {"Content-Type": "application/json"}
        return [client.post(TICKETS, content=content, headers=headers).status_code for content in contents]

    stranger, bob = server.client(), server.client("bob")

    assert send(bob, TEXT_LIMIT + 1) == [413, 413]
    assert send(bob, BODY_LIMIT + 1) == [400, 400]
    assert send(stranger, BODY_LIMIT + 1) == [413, 413]
    assert send(stranger, BODY_LIMIT - 1) == [401, 401]


def test_what_the_server_sends_carries_the_safety_headers(server: Server) -> None:
    bob = server.client("bob")
    page = bob.get("/projects/HARB/board")
    static = next(word for word in page.text.split('"') if word.startswith("/static/") and word.endswith(".css"))
    paths = [
        "/projects/HARB/board",
        static,
        "/static/0/nothing.js",
        "/healthz",
        "/nothing",
        "/api/nothing",
        "/favicon.ico",
    ]

    answers = {path: bob.get(path).headers for path in paths}
    with raw_stream(bob, "/api/projects/HARB/events") as stream:
        answers["a stream"] = stream.response.headers

    for path, headers in answers.items():
        assert {name: headers.get(name) for name in HEADERS} == HEADERS, path


def test_what_is_no_request_at_all_is_refused_in_json_with_the_safety_headers(server: Server) -> None:
    requests = {
        "GET /api/me?" + "x" * 9_000 + " HTTP/1.1\r\nHost: punt\r\n\r\n": (414, "URI Too Long."),
        "GET /api/me HTTP/1.1\r\nHost: punt\r\nX-Long: " + "x" * 9_000 + "\r\n\r\n": (
            431,
            "Request Header Fields Too Large.",
        ),
        "nonsense\r\n\r\n": (400, "Bad Request."),
    }

    for text, (status, sentence) in requests.items():
        head, body = talk(server, text).decode().split("\r\n\r\n")

        assert head.startswith(f"HTTP/1.1 {status} ")
        assert json.loads(body) == {"error": sentence}
        assert {f"{name}: {value}" for name, value in HEADERS.items()} <= set(head.split("\r\n"))


def test_a_long_search_is_refused_by_the_name_of_its_field(server: Server) -> None:
    answer = server.client("bob").get("/api/search", params={"q": "x" * 8_000})

    assert answer.status_code == 400
    assert answer.json()["details"][0]["field"] == "q"


def test_a_host_that_a_client_makes_up_is_in_no_answer(server: Server) -> None:
    hosts = ["evil.example", "xn--", "evil.example:80@punt", "", "[", "a b", "x" * 300, "evil.example/x"]
    paths = ["/projects/HARB/board", "/login", "/api/me", f"{TICKETS}?limit=1"]

    for host, path in itertools.product(hosts, paths):
        answer = talk(server, f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")

        assert int(answer.split()[1]) < 500, (host, path)
        assert b"evil" not in answer


def talk(server: Server, text: str) -> bytes:
    """Send some bytes and return everything that comes back."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(text.encode())
        return b"".join(iter(lambda: connection.recv(65_536), b""))


def test_the_log_tells_no_secrets_even_when_it_tells_most(serve: Callable[..., Server]) -> None:
    server = serve(LOG_LEVEL="debug", METRICS_TOKEN="s3cret-of-the-monitor-in-full")
    bob = server.client("bob")
    bob.post(LOGIN, json={"username": "alice", "password": WRONG})
    bob.post("/login", data={"username": "alice", "password": WRONG, "next": "/"})
    bob.patch("/api/me/password", json={"currentPassword": WRONG, "newPassword": "four unrelated words"})
    httpx.get(f"{server.url}/metrics", headers={"Authorization": "Bearer s3cret-of-the-monitor-in-full"})
    httpx.get(f"{server.url}/api/me", headers={"Authorization": "Bearer somebody's token"})
    bob.get("/search", params={"q": "sought after"}, headers={"Referer": f"{server.url}/search?q=sought+before"})
    with server.writing() as session:
        session.connection().exec_driver_sql("ALTER TABLE ticket RENAME TO ticked")
    broken = bob.post(TICKETS, json={"title": "A title that nobody may read"})

    log = server.log
    assert broken.status_code >= 500
    assert "the database did not answer" in log
    for secret in (
        WRONG,
        PASSWORD,
        "four unrelated",
        cookie_of(bob).partition("=")[2],
        "s3cret",
        "somebody's token",
        "nobody may read",
        "sought",
    ):
        assert secret not in log
    assert '"GET /search" 200' in log
    assert re.search(
        r"^[-\d]{10} [:\d]{8} [+-]\d{4} INFO punt.web.replies: refused with 401: GET '/api/me'", log, re.MULTILINE
    )


def test_a_request_whose_end_could_be_read_in_two_ways_is_refused(server: Server) -> None:
    head = f"POST {LOGIN} HTTP/1.1\r\nHost: punt\r\nContent-Type: application/json\r\n"
    smuggled = "0\r\n\r\nGET /api/me HTTP/1.1\r\nHost: punt\r\n\r\n"
    both = f"Content-Length: {len(smuggled)}\r\nTransfer-Encoding: chunked\r\n\r\n"
    twice = f"Content-Length: 0\r\nContent-Length: {len(smuggled)}\r\n\r\n"

    for lengths in (both, twice, "Transfer-Encoding: chunked, identity\r\n\r\n"):
        answer = talk(server, f"{head}{lengths}{smuggled}")

        assert answer.startswith(b"HTTP/1.1 400 ")
        assert answer.count(b"HTTP/1.1") == 1

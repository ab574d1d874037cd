"""The whole database exported and imported through a real server, beside people who listen."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable

import httpx
import pytest

from tests.support.cast import PASSWORD
from tests.support.raw import cookie_of
from tests.support.server import Server

TICKETS = "/api/projects/HARB/tickets"
ROOT = "/api/admin/database"
Way = Callable[[httpx.Client, bytes], httpx.Response]
PROOF = {"yourPassword": PASSWORD, "phrase": "replace everything"}


def export(sue: httpx.Client) -> bytes:
    answer = sue.post(f"{ROOT}/export", json={"yourPassword": PASSWORD})
    assert answer.status_code == 200, answer.text
    return answer.content


def by_rest(sue: httpx.Client, content: bytes) -> httpx.Response:
    return sue.post(f"{ROOT}/import", data=PROOF, files={"file": ("all.punt", content)})


def by_page(sue: httpx.Client, content: bytes) -> httpx.Response:
    shown = sue.post("/admin/database/import", files={"file": ("all.punt", content)}, follow_redirects=True)
    action = re.search(r'action="(/admin/database/import/\w+)"', shown.text)
    assert action, shown.text
    return sue.post(action[1], data=PROOF)


@pytest.mark.parametrize("way", [by_rest, by_page])
def test_an_import_reaches_everybody_on_every_worker(server: Server, way: Way) -> None:
    sue, alice = server.client("sue"), server.client("alice")
    kept = alice.post(TICKETS, json={"title": "Kept"}).json()["id"]
    content = export(sue)
    lost = alice.post(TICKETS, json={"title": "Lost"}).json()["id"]

    with server.streams_on_every_worker(alice, "/api/users/events") as streams:
        answer = way(sue, content)
        for stream in streams:
            stream.wait_for_end()

    assert answer.status_code == 200, answer.text
    assert [stream.types() for stream in streams] == [["database.wiped"]] * len(streams)
    assert [client.get("/api/me").status_code for client in (sue, alice)] == [401, 401]
    again = server.client("alice")
    assert [again.get(f"{TICKETS}/{each}").status_code for each in (kept, lost)] == [200, 404]
    assert not list((server.instance / "imports").glob("*"))
    assert "Traceback" not in server.log


def test_a_stranger_is_refused_before_the_file_is_read(server: Server) -> None:
    bob = server.client("bob")
    lines = (
        f"POST {ROOT}/import HTTP/1.1",
        "Host: localhost",
        "Content-Type: multipart/form-data; boundary=x",
        "Content-Length: 900000000",
        f"Cookie: {cookie_of(bob)}",
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall("\r\n".join((*lines, "", "")).encode() + b"--x")

        answer = connection.recv(100)

    assert answer.startswith(b"HTTP/1.1 403 ")

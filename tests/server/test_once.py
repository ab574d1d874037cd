"""A form that arrives several times at once, at several workers, is worked on once and gets the same answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.conftest import running_on
from tests.support.cast import PASSWORD
from tests.support.server import Server

CLICKS = 6
HARB = "/api/projects/HARB"


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def punt(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server with three workers, on SQLite and on PostgreSQL."""
    folder: Path = tmp_path_factory.mktemp("once") / "instance"
    with running_on(request.param, request, folder, 3, {}) as server:
        yield server


def click(person: httpx.Client, path: str, fields: dict[str, str]) -> list[httpx.Response]:
    """Submit a form several times at once, each time over a connection of its own."""

    def send(_: int) -> httpx.Response:
        with httpx.Client(base_url=person.base_url, cookies=person.cookies, timeout=30) as client:
            return client.post(path, data=fields)

    with ThreadPoolExecutor(CLICKS) as pool:
        return list(pool.map(send, range(CLICKS)))


def marked(person: httpx.Client, page: str) -> dict[str, str]:
    found = re.search(r'name="once" value="(\w+)"', person.get(page).text)
    assert found
    return {"once": found[1]}


@pytest.mark.parametrize(
    ("page", "form", "fields", "listed"),
    [
        ("/projects/HARB/tickets/new", "/projects/HARB/tickets", {"title": "Only once"}, f"{HARB}/tickets"),
        ("/projects/HARB/columns/new", "/projects/HARB/columns", {"name": "Only once"}, f"{HARB}/columns"),
        ("/projects/HARB/settings", "/projects/HARB/labels", {"name": "Only once"}, f"{HARB}/labels"),
        ("/projects/HARB/settings", "/projects/HARB/members", {"username": "sue", "role": "viewer"}, f"{HARB}/members"),
        ("/projects/new", "/projects/new", {"name": "Only once", "key": "ONCE"}, "/api/projects"),
        ("/profile", "/profile/tokens", {"name": "robot", "scope": "read", "expiresInDays": ""}, "/api/me/tokens"),
    ],
)  # fmt: skip
def test_six_clicks_make_one_thing_and_all_see_it(
    punt: Server, page: str, form: str, fields: dict[str, str], listed: str
) -> None:
    alice = punt.client("alice")
    before = len(alice.get(listed).json())

    answers = click(alice, form, fields | marked(alice, page))

    assert {(answer.status_code, answer.headers.get("location")) for answer in answers} == {
        (302, answers[0].headers.get("location"))
    }
    assert len(alice.get(listed).json()) == before + 1


def test_a_person_is_added_once_and_every_answer_tells_the_same_password(punt: Server) -> None:
    sue = punt.client("sue")

    answers = click(sue, "/admin/people", {"name": "Dora", "username": "dora"} | marked(sue, "/admin/people/new"))

    pages = []
    for answer in answers:
        cookies = dict(sue.cookies) | dict(answer.cookies)
        pages.append(httpx.get(f"{punt.url}{answer.headers['location']}", cookies=cookies).text)
    passwords = {tuple(re.findall(r"data-made-password>([^<]+)<", page)) for page in pages}
    assert len(passwords) == 1
    assert passwords != {()}


def test_six_clicks_on_wiping_all_projects_are_answered_as_one(punt: Server) -> None:
    sue = punt.client("sue")
    proof = {"phrase": "wipe all projects", "yourPassword": PASSWORD}

    answers = click(sue, "/admin/database/wipe-projects", proof | marked(sue, "/admin/database"))

    assert {(answer.status_code, answer.headers.get("location")) for answer in answers} == {(302, "/")}
    assert "Traceback" not in punt.log


def test_an_import_of_everything_that_is_confirmed_twice_is_taken_once_and_no_answer_denies_it(punt: Server) -> None:
    sue = punt.client("sue")
    exported = sue.post("/api/admin/database/export", json={"yourPassword": PASSWORD}).content
    page = sue.post("/admin/database/import", files={"file": ("all.punt", exported)}, follow_redirects=True)
    action = re.findall(r'action="(/admin/database/import/\w+)"', page.text)[0]

    answers = click(sue, action, {"phrase": "replace everything", "yourPassword": PASSWORD})

    taken = [answer for answer in answers if "Everything has been replaced by the file" in answer.text]
    assert len(taken) == 1
    assert not [answer for answer in answers if "Nothing was changed" in answer.text]
    assert "Traceback" not in punt.log

"""Pages: who may see them, where they redirect, and that they never return JSON."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

BOARD = "/projects/HARB/board"
INSIDE = ["/projects/HARB", BOARD, f"{BOARD}?q=pier", "/projects/HARB/tickets/new", "/projects/HARB/tickets/1"]
OWN = ["/", "/projects/new", "/profile", "/search", "/search?q=pier"]
WRITING = [
    ("/projects/HARB/tickets", {"title": "Mine"}),
    ("/projects/HARB/tickets/1", {"title": "Mine"}),
    ("/projects/HARB/tickets/1/move", {"columnId": "none", "place": "top"}),
    ("/projects/HARB/tickets/1/delete", {}),
]

SignIn = Callable[[str], FlaskClient]


@pytest.fixture(autouse=True)
def ticket(alice: FlaskClient) -> str:
    """HARB-1 exists."""
    made = alice.post("/api/projects/HARB/tickets", json={"title": "Paint the pier"}).json or {}
    return str(made["id"])


@pytest.mark.parametrize("path", [*INSIDE, *OWN])
def test_nobody_is_led_to_the_login_page_and_back(app: Flask, path: str) -> None:
    answer = app.test_client().get(path)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login?next=")


@pytest.mark.parametrize("path", INSIDE)
def test_an_outsider_finds_nothing(charlie: FlaskClient, path: str) -> None:
    answer = charlie.get(path)

    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "Harbour" not in answer.text


@pytest.mark.parametrize(("path", "fields"), WRITING)
def test_an_outsider_changes_nothing(
    alice: FlaskClient, charlie: FlaskClient, path: str, fields: dict[str, str]
) -> None:
    before = alice.get("/api/projects/HARB/tickets").json

    answer = charlie.post(path, data=fields)

    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert alice.get("/api/projects/HARB/tickets").json == before


@pytest.mark.parametrize(("path", "fields"), WRITING)
def test_a_viewer_looks_only(sign_in: SignIn, path: str, fields: dict[str, str]) -> None:
    vera = sign_in("vera")

    answer, board = vera.post(path, data=fields), vera.get(BOARD).text

    assert answer.status_code == 403
    assert "Paint the pier" in board
    assert "data-quick-add" not in board


@pytest.mark.parametrize("path", [*INSIDE[1:], *OWN])
def test_a_member_sees_every_page_with_its_policy(bob: FlaskClient, path: str) -> None:
    answer = bob.get(path)

    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert "style=" not in answer.text
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


def test_a_stale_form_keeps_what_was_typed_and_changes_nothing(bob: FlaskClient) -> None:
    bob.patch("/api/projects/HARB/tickets/1", json={"title": "Paint the whole pier"})

    answer = bob.post("/projects/HARB/tickets/1", data={"title": "My own words", "version": "1"})

    assert answer.status_code == 409
    assert "\nMy own words</textarea>" in answer.text
    assert "Somebody else changed this ticket meanwhile." in answer.text
    assert (bob.get("/api/projects/HARB/tickets/1").json or {})["title"] == "Paint the whole pier"


def test_the_board_carries_a_cursor_from_which_its_stream_goes_on(bob: FlaskClient) -> None:
    before = bob.get(BOARD).text.split('data-cursor="')[1].split('"')[0]
    bob.patch("/api/projects/HARB/tickets/1", json={"title": "Other"})
    after = bob.get(BOARD).text.split('data-cursor="')[1].split('"')[0]

    (epoch, position), (same, later) = before.split("-"), after.split("-")

    assert (epoch, int(position) + 1) == (same, int(later))


def test_a_page_that_is_not_there_is_a_page(bob: FlaskClient) -> None:
    answer = bob.get("/nowhere")

    assert (answer.status_code, answer.mimetype) == (404, "text/html")

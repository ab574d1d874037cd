"""Searching texts: both databases find the same, and nobody else waits for it."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from punt.api.tickets import SEARCHES
from punt.database import db
from punt.heavy.turns import Turns
from punt.models import seeking
from punt.settings import ROOT
from tests.conftest import inhabited_app
from tests.support.board import HARB, TICKETS, ticket, tickets
from tests.support.cast import signed_in
from tests.support.wait import until

FOUND = {
    "ÜBER": "über alles",
    "ångström": "one ÅNGSTRÖM",
    "ΣΊΣΥΦ": "σίσυφος",
    "straße": "Straße",
    "İstan": "i̇stanbul",
    "100%": "at 100% sure",
    "a_b": "sna_bit",
    "\\": "back\\slash",
    "🚢 A": "the 🚢 a-float",
    "Re\u0301sume\u0301": "a RÉSUMÉ",
    "zoë": "my ZOE\u0308",
    "o's": "O'S'",
    "he\u200bll": "a hello\u2060",
    "می\u200cخواهم": "نمیخواهم",
    "wörld": "the wo\u200d\u0308rld",
}
"""What is searched for, and a text that contains it."""
DECOYS = ("uber", "angstrom", "1000", "acb", "slash", "a-float", "os")


@pytest.fixture(params=["sqlite", "postgres"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An app in this process."""
    with inhabited_app(request.param, request, tmp_path / "instance") as app:
        yield app


def found(client: FlaskClient, **asked: Any) -> list[str]:
    """Return the titles that are found."""
    answer = client.get(TICKETS, query_string=asked)
    assert answer.status_code == 200, answer.text
    return [each["title"] for each in answer.json or ()]


def test_a_text_is_found_whatever_its_case_and_nothing_in_it_stands_for_anything_else(app: Flask) -> None:
    bob = signed_in(app, "bob")
    tickets(bob, *FOUND.values(), *DECOYS)

    hits = {part: found(bob, q=part) for part in FOUND}

    assert hits == {part: [title] for part, title in FOUND.items()}


def test_the_switcher_finds_titles_whatever_their_case(app: Flask) -> None:
    bob = signed_in(app, "bob")
    tickets(bob, *FOUND.values(), *DECOYS)

    for part in ("ÜBER", "100%", "a_b", "\\", "straße"):
        hits = bob.get("/api/search", query_string={"q": part}).json or []
        assert [hit["title"] for hit in hits] == [FOUND[part]], part


def test_people_are_found_by_what_they_are_called(app: Flask) -> None:
    sue = signed_in(app, "sue")

    for part in ("ALI", "@ali", "%", "_", "\\"):
        people = sue.get("/api/admin/users", query_string={"q": part}).json or []
        assert [person["username"] for person in people] == (["alice"] if "li" in part.lower() else []), part


def test_pages_of_what_is_found_hold_it_all_once_in_board_order(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seeking, "AT_ONCE", 2)
    bob = signed_in(app, "bob")
    tickets(bob, "a 1", "x", "a 2", "y", "a 3", "z", "a 4")
    bob.patch(f"{TICKETS}/7", json={"order": 0})

    first = bob.get(TICKETS, query_string={"q": "A ", "limit": 3})
    second = bob.get(first.headers["Link"].split(">")[0][1:])

    assert found(bob, q="a ") == ["a 4", "a 1", "a 2", "a 3"]
    assert [each["title"] for each in first.json or ()] == ["a 4", "a 1", "a 2"]
    assert [each["title"] for each in second.json or ()] == ["a 3"]
    assert "Link" not in second.headers


def test_others_have_their_turn_between_a_few_tickets(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    bob, turns = signed_in(app, "bob"), list[int]()

    def breathing(things: list[Any]) -> list[Any]:
        turns.append(len(things))
        return things

    tickets(bob, *"abcde")
    monkeypatch.setattr(seeking, "AT_ONCE", 2)
    monkeypatch.setattr(seeking, "breathing", breathing)

    assert found(bob, q="e") == ["e"]

    assert turns == [2, 2, 1]


def test_a_search_that_takes_too_long_ends_with_a_503(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    bob = signed_in(app, "bob")
    ticket(bob, "a")
    monkeypatch.setattr(seeking, "LONGEST", -1)

    answer = bob.get(TICKETS, query_string={"q": "a"})

    assert answer.status_code == 503
    assert "took too long" in (answer.json or {})["error"]


def test_who_waits_for_a_search_holds_no_connection_and_is_proved_anew(app: Flask) -> None:
    alice, bob, answers = signed_in(app, "alice"), signed_in(app, "bob"), list[int]()
    members = alice.get(f"{HARB}/members").json or ()
    [membership] = [each["id"] for each in members if each["user"]["username"] == "bob"]
    waiting = threading.Thread(target=lambda: answers.append(bob.get(TICKETS, query_string={"q": "a"}).status_code))

    with SEARCHES.one():
        waiting.start()
        until(lambda: SEARCHES.waiting == 1, what="a search to wait")
        with app.app_context():
            assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
        assert alice.delete(f"{HARB}/members/{membership}").status_code == 204
    waiting.join()

    assert answers == [404]


def test_more_searches_than_may_wait_are_refused_as_busy(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    bob = signed_in(app, "bob")
    alone = Turns(line=0, timeout=1)
    monkeypatch.setattr("punt.api.tickets.SEARCHES", alone)

    with alone.one():
        answer = bob.get(TICKETS, query_string={"q": "a"})

    assert answer.status_code == 503
    assert found(bob, q="a") == []


def test_nothing_is_looked_for_by_like() -> None:
    sources = [path for path in (ROOT / "punt").rglob("*.py") if "migrations" not in path.parts]
    like = re.compile(r"(?<!event)\.(not_?)?(i?contains|i?like)\(|\bI?LIKE '")

    assert not [path.name for path in sources if like.search(path.read_text())]


@pytest.mark.parametrize("written", ["Résumé", "Re\u0301sume\u0301"], ids=["composed", "decomposed"])
@pytest.mark.parametrize("asked", ["résumé", "re\u0301sume\u0301", "RE\u0301SUMÉ"])
def test_projects_tickets_and_people_are_found_however_a_name_is_composed(app: Flask, written: str, asked: str) -> None:
    alice, sue = signed_in(app, "alice"), signed_in(app, "sue")
    assert alice.post("/api/projects", json={"key": "CV", "name": written}).status_code == 201
    ticket(alice, written)
    assert alice.patch("/api/me", json={"name": written}).status_code == 200

    hits = alice.get("/api/search", query_string={"q": asked}).json or []

    assert [hit["key"] for hit in hits] == ["CV", "HARB-1"]
    assert "@alice" in sue.get("/admin", query_string={"q": asked}).text

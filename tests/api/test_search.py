"""Search across projects in the API."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.support.board import HARB, TICKETS, fields, made, ticket
from tests.support.patterns import ID

BOAT = "/api/projects/BOAT"


def search(client: FlaskClient, q: str = "") -> list[str]:
    """Return the keys of the results."""
    answer = client.get("/api/search", query_string={"q": q})
    assert answer.status_code == 200, answer.text
    return [hit["key"] for hit in answer.json or ()]


def test_a_key_finds_its_ticket_first_whatever_the_case(bob: FlaskClient) -> None:
    ticket(bob, "Paint the pier")
    ticket(bob, "As harb-1, but in blue")

    assert search(bob, "HARB-1") == ["HARB-1", "HARB-2"]
    assert search(bob, " harb-1 ")[0] == "HARB-1"
    assert search(bob, "2")[0] == "HARB-2"


def test_a_hit_says_what_it_is(bob: FlaskClient) -> None:
    one = ticket(bob, "Paint the pier", type="Bug")
    project = bob.get(HARB).json or {}

    answer = bob.get("/api/search", query_string={"q": "HARB"})

    assert answer.json == [
        {"kind": "project", "id": project["id"], "key": "HARB", "title": "Harbour website", "type": None},
        {"kind": "ticket", "id": one["id"], "key": "HARB-1", "title": "Paint the pier", "type": "Bug"},
    ]
    assert one["id"] == ID


def test_every_word_must_be_there_in_any_order(bob: FlaskClient) -> None:
    ticket(bob, "Paint the pier")
    ticket(bob, "Paint the boat")

    assert search(bob, "PIER paint") == ["HARB-1"]
    assert search(bob, "harb boat") == ["HARB-2"]
    assert search(bob, "pier boat") == []
    assert search(bob, "100%_") == []


def test_what_changed_last_comes_first_and_without_a_question_is_everything(bob: FlaskClient) -> None:
    for title in ("One", "Two", "Three"):
        ticket(bob, title)
    bob.patch(f"{TICKETS}/1", json={"title": "One, again"})

    assert search(bob, "o") == ["HARB", "HARB-1", "HARB-2"]
    assert search(bob) == ["HARB", "HARB-1", "HARB-3", "HARB-2"]


def test_at_most_twenty_are_found(bob: FlaskClient) -> None:
    for number in range(25):
        ticket(bob, f"Pier {number}")

    assert len(search(bob, "pier")) == 20


def test_each_finds_only_what_they_may_see(
    alice: FlaskClient, bob: FlaskClient, charlie: FlaskClient, sign_in: object
) -> None:
    ticket(alice, "Secret of the pier")
    made(charlie, "/api/projects", key="BOAT", name="Secret boats")
    made(charlie, f"{BOAT}/tickets", title="Secret of the boat")
    sue = sign_in("sue")  # type: ignore[operator]

    for question in ("secret", "", "HARB-1", "1", "harb", "website"):
        assert not [key for key in search(charlie, question) if key.startswith("HARB")]
        assert not [key for key in search(bob, question) if key.startswith("BOAT")]
    assert search(bob, "secret") == search(alice, "secret") == ["HARB-1"]
    assert search(charlie, "BOAT-1") == ["BOAT-1"]
    assert sorted(search(sue, "secret")) == ["BOAT", "BOAT-1", "HARB-1"]


def test_who_leaves_a_project_finds_nothing_of_it_any_more(alice: FlaskClient, bob: FlaskClient) -> None:
    ticket(alice, "Pier")
    assert search(bob, "pier") == ["HARB-1"]

    alice.delete(HARB)

    assert search(bob, "pier") == []


def test_a_question_that_is_none_is_refused_by_its_field(bob: FlaskClient) -> None:
    answers = [bob.get("/api/search", query_string={"q": wrong}) for wrong in ("x" * 201, "a\nb", "\x07")]

    assert [(answer.status_code, fields(answer)) for answer in answers] == [(400, ["q"])] * 3


def test_the_page_says_when_there_is_more_than_it_shows(bob: FlaskClient) -> None:
    for number in range(21):
        ticket(bob, f"Pier {number}")

    pages = {q: bob.get("/search", query_string={"q": q}).text for q in ("pier", "pier 20", "")}

    assert [q for q, page in pages.items() if "There is more than is shown here" in page] == ["pier"]

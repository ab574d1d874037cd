"""A form is worked on once: by a double click, F5, or going back and submitting it again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from punt.database import Base, db, writing
from punt.models import ApiToken, Submission, Ticket, UserSession
from punt.models.submission import KEPT
from punt.settings import ROOT
from punt.transfer.export.words import PHRASES
from punt.web import submissions
from tests.pages.test_plain_forms import as_shown
from tests.support import cast
from tests.support.board import made, ticket
from tests.support.cast import PASSWORD
from tests.support.clock import Clock
from tests.support.pages import ADMINS, PAGES, PUBLIC, SIGNED_IN, Page, things_with_numbers
from tests.support.pictures import picture

SENT = [page for page in PAGES if page.method == "POST" and page.status == 302]
TICKETS = "/projects/HARB/tickets"
FORM = re.compile(
    r'<form\b(?:[^>{]|\{\{.*?\}\}|\{%.*?%\})*method="post"(?:[^>{]|\{\{.*?\}\}|\{%.*?%\})*>\n?\s*(\{\{ once)?'
)
STATES = {
    "says what is to be so, and saying it again changes nothing": {
        "/theme",
        "/profile",
        "/admin/settings",
        "/logout",
        "{{ home }}/settings",
        "label:",
        "column:",
        "column-name:",
        "person:",
        "isActive",
    },
    "has a file for an answer": {"/admin/database/export"},
    "puts a file aside, for an hour": {"/admin/database/import", '}}/import"'},
    "takes a file that goes by being taken": {'key }}/import/{{ name }}"'},
}
"""Forms without a mark."""


@contextmanager
def nothing_changes(app: Flask) -> Iterator[None]:
    """Fail when a table is not the same afterwards."""
    before = rows(app)
    yield
    assert rows(app) == before


def rows(app: Flask) -> dict[str, list[str]]:
    with app.app_context():
        found = {
            table.name: sorted(map(repr, db.session.execute(sa.select(table)))) for table in Base.metadata.sorted_tables
        }
        db.session.rollback()
    return found


def count(app: Flask, model: Any) -> int:
    with app.app_context():
        number = db.session.scalar(sa.select(sa.func.count()).select_from(model))
        db.session.rollback()
    return number or 0


def sender(app: Flask, page: Page) -> FlaskClient:
    if page.who == PUBLIC:
        return app.test_client()
    return cast.signed_in(app, "sue" if page.who == ADMINS else "bob" if page.who == SIGNED_IN else "alice")


@pytest.mark.parametrize("page", SENT, ids=str)
def test_a_form_that_comes_again_is_answered_as_before_and_changes_nothing(either: Flask, page: Page) -> None:
    things = things_with_numbers(cast.signed_in(either, "alice"))
    client = sender(either, page)
    form = Page(page.method, page.rule, page.who, page.status, page.form | {"once": "page-1"})

    first = form.ask(client, things)
    with nothing_changes(either):
        again = form.ask(client, things)

    assert first.status_code == 302
    assert (again.status_code, again.headers["Location"]) == (302, first.headers["Location"])


def test_two_clicks_on_the_form_of_a_page_make_one_ticket(either: Flask) -> None:
    alice = cast.signed_in(either, "alice")
    fields = as_shown(alice, f"{TICKETS}/new", TICKETS) | {"title": ["Only once"]}

    answers = [alice.post(TICKETS, data=fields, follow_redirects=True) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert all("Created HARB-1." in answer.text for answer in answers)
    assert count(either, Ticket) == 1


def test_a_save_that_comes_twice_is_no_conflict_with_itself(either: Flask) -> None:
    alice = cast.signed_in(either, "alice")
    address = f"{TICKETS}/{ticket(alice)['number']}"
    fields = as_shown(alice, address) | {"title": ["Better"]}

    answers = [alice.post(address, data=fields) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]


def test_another_text_in_the_same_form_is_meant_anew(app: Flask, alice: FlaskClient) -> None:
    fields = as_shown(alice, f"{TICKETS}/new", TICKETS)

    for title in ("One", "Two", "One"):
        alice.post(TICKETS, data=fields | {"title": [title], "tabId": [title]})

    assert count(app, Ticket) == 2


def test_the_same_text_from_another_page_is_meant_anew(app: Flask, alice: FlaskClient) -> None:
    for _ in range(2):
        alice.post(TICKETS, data=as_shown(alice, f"{TICKETS}/new", TICKETS) | {"title": ["Same"]})

    assert count(app, Ticket) == 2


def test_two_people_do_not_get_each_others_answers(app: Flask, alice: FlaskClient, bob: FlaskClient) -> None:
    fields = {"title": "Same", "once": "page-1"}

    for client in (alice, bob):
        assert client.post(TICKETS, data=fields).status_code == 302

    assert count(app, Ticket) == 2


def test_a_form_that_was_refused_may_come_again(app: Flask, alice: FlaskClient) -> None:
    fields = {"name": "quay", "once": "page-1"}
    label = made(alice, "/api/projects/HARB/labels", name="quay")["id"]
    refused = alice.post("/projects/HARB/labels", data=fields)
    alice.delete(f"/api/projects/HARB/labels/{label}")

    taken = alice.post("/projects/HARB/labels", data=fields)

    assert (refused.status_code, taken.status_code) == (409, 302)
    assert [each["name"] for each in alice.get("/api/projects/HARB/labels").json or ()] == ["quay"]


def test_after_an_hour_the_same_form_is_meant_anew(either: Flask, clock: Clock) -> None:
    for moment in (0, KEPT.total_seconds() + 1):
        clock.set(seconds=moment)
        assert cast.signed_in(either, "alice").post(TICKETS, data={"title": "x", "once": "page-1"}).status_code == 302

    assert count(either, Ticket) == 2
    assert count(either, Submission) == 1


def test_old_forms_are_forgotten(app: Flask, alice: FlaskClient, clock: Clock) -> None:
    alice.post(TICKETS, data={"title": "x", "once": "page-1"})
    clock.set(seconds=KEPT.total_seconds() + 1)

    with app.app_context():
        app.extensions["punt_events"].keeper.tidy()

    assert count(app, Submission) == 0


@pytest.mark.parametrize("mark", ["", "x" * 65, "ä", "a\n"])
def test_a_mark_that_no_page_has_is_refused(app: Flask, alice: FlaskClient, mark: str) -> None:
    answer = alice.post(TICKETS, data={"title": "x", "once": mark})

    assert (answer.status_code, "once: " in answer.text) == (400, True)
    assert count(app, Ticket) == 0


def token_shown(answer: TestResponse) -> str:
    return str(re.findall('value="(punt_[0-9a-f]{64})"', answer.text)[0])


def test_a_token_is_made_once_shown_once_and_lies_nowhere(either: Flask) -> None:
    bob = cast.signed_in(either, "bob")
    fields = as_shown(bob, "/profile", "/profile/tokens#profile-tokens") | {"name": ["robot"]}

    first = token_shown(bob.post("/profile/tokens", data=fields, follow_redirects=True))
    reloaded = bob.get("/profile")
    again = token_shown(bob.post("/profile/tokens", data=fields, follow_redirects=True))

    assert first == again
    assert "punt_" not in reloaded.text.replace("punt_theme", "")
    assert count(either, ApiToken) == 1
    assert first not in str(rows(either))
    with either.app_context():
        answers = db.session.scalars(sa.select(Submission.answer)).all()
        db.session.rollback()
    assert answers
    assert not [answer for answer in answers if answer is None or first.encode() in answer or b"robot" in answer]


def test_a_password_made_for_somebody_is_shown_once_on_their_page(either: Flask) -> None:
    sue = cast.signed_in(either, "sue")
    fields = as_shown(sue, "/admin/people/new", "/admin/people") | {"name": ["Dora"], "username": ["dora"]}

    pages = [sue.post("/admin/people", data=fields, follow_redirects=True) for _ in range(2)]
    reloaded = sue.get(pages[0].request.path)

    passwords = [re.findall(r"data-made-password>([^<]+)<", page.text) for page in pages]
    assert passwords[0] == passwords[1] != []
    assert "data-made-password" not in reloaded.text
    assert [page.headers["Cache-Control"] for page in pages] == ["no-store"] * 2
    signed_in = either.test_client().post("/login", data={"username": "dora", "password": passwords[0][0]})
    assert signed_in.status_code == 302


@pytest.mark.parametrize("what", ["setup", "register", "login"])
def test_who_signs_in_by_a_form_is_signed_in_by_whichever_answer_arrives(
    what: str, request: pytest.FixtureRequest
) -> None:
    place = request.getfixturevalue("empty_app" if what == "setup" else "app")
    if what == "register":
        cast.signed_in(place, "sue").patch("/api/admin/settings", json={"registration": True})
    person = {"username": "eve", "name": "Eve", "email": ""} if what != "login" else {"username": "bob"}
    fields = as_shown(place.test_client(), f"/{what}") | person | {"password": PASSWORD}
    sessions = count(place, UserSession)

    clients = [place.test_client(), place.test_client()]
    answers = [client.post(f"/{what}", data=fields) for client in clients]

    assert [answer.headers["Location"] for answer in answers] == ["/", "/"]
    assert [client.get("/").status_code for client in clients] == [200, 200]
    assert count(place, UserSession) == sessions + 1


def test_who_signed_out_goes_back_and_signs_in_again_is_signed_in(app: Flask) -> None:
    client = app.test_client()
    fields = as_shown(client, "/login") | {"username": "bob", "password": PASSWORD}
    client.post("/login", data=fields)
    client.post("/logout")

    client.post("/login", data=fields)

    assert client.get("/").status_code == 200


def test_the_same_picture_sent_again_is_not_looked_at_again(app: Flask, bob: FlaskClient) -> None:
    def send() -> TestResponse:
        file = (BytesIO(picture()), "me.png")
        return bob.post("/profile/picture", data={"once": "page-1", "picture": file})

    first = send()
    with nothing_changes(app):
        again = send()

    assert (first.status_code, again.status_code) == (302, 302)


def test_a_wipe_comes_once(either: Flask) -> None:
    sue = cast.signed_in(either, "sue")
    form = as_shown(sue, "/admin/database", "/admin/database/wipe-projects")
    form |= {"phrase": [PHRASES["wipe-projects"]], "yourPassword": [PASSWORD]}
    sue.post("/admin/database/wipe-projects", data=form)
    made(sue, "/api/projects", key="NEW", name="New")

    again = sue.post("/admin/database/wipe-projects", data=form)

    assert (again.status_code, again.headers["Location"]) == (302, "/")
    assert [each["key"] for each in sue.get("/api/projects").json or ()] == ["NEW"]


def test_a_twin_whose_answer_is_not_known_is_told_that_it_is_done(
    app: Flask, alice: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submissions, "TIMEOUT", 0.1)
    fields = {"title": "x", "once": "page-1"}
    alice.post(TICKETS, data=fields)
    with app.app_context(), writing() as session:
        session.execute(sa.update(Submission).values(answer=None))

    again = alice.post(TICKETS, data=fields, follow_redirects=True)

    assert "This has been done already." in again.text
    assert count(app, Ticket) == 1


def test_a_form_that_failed_because_its_twin_did_the_work_is_answered_as_the_twin_was(
    either: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = cast.signed_in(either, "alice")
    twin: list[int] = []
    look = submissions._answer_to

    def look_too_early(asked: submissions.Asked) -> Any:
        found = look(asked)
        if not twin:
            twin.append(0)
            twin.append(alice.post("/projects/HARB/labels", data=fields).status_code)
        return found

    fields = {"name": "quay", "once": "page-1"}
    monkeypatch.setattr(submissions, "_answer_to", look_too_early)

    late = cast.signed_in(either, "alice").post("/projects/HARB/labels", data=fields)

    assert [*twin, late.status_code] == [0, 302, 302]
    assert len(cast.signed_in(either, "alice").get("/api/projects/HARB/labels").json or ()) == 1


def test_every_form_that_makes_something_is_worked_on_once() -> None:
    templates = {str(path): path.read_text() for path in sorted((ROOT / "templates").rglob("*.html"))}
    forms = [(name, found) for name, text in templates.items() for found in FORM.finditer(text)]

    without = [found[0] + templates[name][found.end() :][:200] for name, found in forms if not found[1]]

    assert len(forms) > 35
    stated = set().union(*STATES.values())
    assert not [form for form in without if not any(each in form for each in stated)]
    assert len(without) == len(stated)


def test_what_was_asked_for_by_a_form_is_shown_at_an_address() -> None:
    """F5 then requests a page again, and submits no form."""
    assert not [str(page) for page in PAGES if page.method == "POST" and page.status in {200, 201}]

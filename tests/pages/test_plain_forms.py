"""A plain form that is submitted as it is shown changes nothing: what it cannot offer stays."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient

from punt.database import db, writing
from punt.models import Ticket
from punt.pages import tickets as pages
from tests.support import cast
from tests.support.board import HARB, TICKETS, made, person, shown, ticket, tickets

Pairs = list[tuple[str, str]]


class Forms(HTMLParser):
    """The forms of a page with what a browser without JavaScript would send, by their addresses."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sent: dict[str, Pairs] = {}
        self.options: dict[str, list[str]] = {}
        self._form: Pairs = []
        self._select = self._area = ""
        self._chosen: list[str] = []
        self._text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "form":
            self._form = self.sent.setdefault(given.get("action") or "", [])
        elif tag == "input" and name:
            if given.get("type") not in {"checkbox", "radio", "submit", "file"} or "checked" in given:
                self._form.append((name, value))
        elif tag == "select":
            self._select, self._chosen = name, []
            self.options[name] = []
        elif tag == "option":
            self.options[self._select].append(value)
            if "selected" in given:
                self._chosen.append(value)
        elif tag == "textarea":
            self._area, self._text = name, []

    def handle_data(self, data: str) -> None:
        if self._area:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._form.append((self._select, self._chosen[-1] if self._chosen else self.options[self._select][0]))
        elif tag == "textarea":
            text = "".join(self._text).removeprefix("\n")  # one line end after the tag is ignored
            self._form.append((self._area, "\r\n".join(text.split("\n"))))
            self._area = ""


def as_shown(client: FlaskClient, address: str, form: str | None = None) -> dict[str, list[str]]:
    """Read what a page's form would send."""
    answer = client.get(address)
    assert answer.status_code == 200
    fields: dict[str, list[str]] = {}
    for name, value in Forms(answer.text).sent[form or address]:
        fields.setdefault(name, []).append(value)
    return fields


def send_as_shown(client: FlaskClient, address: str, form: str | None = None, **typed: str) -> None:
    """Submit a page's form as it is shown, except for what is typed."""
    fields = as_shown(client, address, form) | {name: [value] for name, value in typed.items()}
    answer = client.post(form or address, data=fields)
    assert answer.status_code == 302, answer.text


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a form offer three tickets only."""
    monkeypatch.setattr(pages, "OFFERED", 3)


@pytest.mark.usefixtures("few")
def test_a_parent_older_than_those_that_are_offered_stays(alice: FlaskClient) -> None:
    parent = ticket(alice, "Old")["id"]
    child = ticket(alice, "Child", parentId=parent)
    newest = tickets(alice, *"abcde")
    address = f"/projects/HARB/tickets/{child['number']}"

    send_as_shown(alice, address, title="New title")

    assert (shown(alice, child["id"])["parentId"], shown(alice, child["id"])["title"]) == (parent, "New title")
    page = alice.get(address).text
    assert Forms(page).options["parentId"] == ["", *reversed(newest[2:]), parent]
    assert "The newest tickets are offered." in page


@pytest.mark.usefixtures("few")
def test_a_parent_among_those_that_are_offered_stands_there_once(alice: FlaskClient) -> None:
    parent, *_ = tickets(alice, *"abc")
    child = ticket(alice, "Child", parentId=parent)

    page = alice.get(f"/projects/HARB/tickets/{child['number']}").text

    assert Forms(page).options["parentId"].count(parent) == 1
    assert child["id"] not in Forms(page).options["parentId"]
    assert "The newest tickets are offered." not in page


@pytest.mark.usefixtures("few")
def test_who_only_looks_sees_an_old_parent_too(alice: FlaskClient, app: Flask) -> None:
    parent = ticket(alice, "Old")
    child = ticket(alice, "Child", parentId=parent["id"])
    tickets(alice, *"abcde")

    page = cast.signed_in(app, "vera").get(f"/projects/HARB/tickets/{child['number']}").text

    assert f"{parent['key']} Old" in page


@pytest.mark.usefixtures("few")
def test_a_form_that_is_shown_again_keeps_the_old_parent_too(alice: FlaskClient) -> None:
    parent = ticket(alice, "Old")["id"]
    child = ticket(alice, "Child", parentId=parent)
    tickets(alice, *"abcde")
    address = f"/projects/HARB/tickets/{child['number']}"

    answer = alice.post(address, data=as_shown(alice, address) | {"title": [""]})

    assert answer.status_code == 400
    assert ("parentId", parent) in Forms(answer.text).sent[address]


def test_a_form_that_is_shown_again_shows_of_fields_that_were_not_sent_what_the_ticket_says(
    alice: FlaskClient,
) -> None:
    label = made(alice, f"{HARB}/labels", name="quay")["id"]
    one = ticket(
        alice, type="Bug", priority="High", labelIds=[label], description="Both sides", assigneeId=person(alice)
    )
    address = f"/projects/HARB/tickets/{one['number']}"

    answer = alice.post(address, data={"title": "", "estimate": "2h"})

    shown_again, before = Forms(answer.text).sent[address], as_shown(alice, address)
    assert (answer.status_code, dict(shown_again)["title"], dict(shown_again)["estimate"]) == (400, "", "2h")
    for name in ("type", "priority", "labelIds", "description", "assigneeId"):
        assert [value for field, value in shown_again if field == name] == before[name]


def test_a_form_that_was_overtaken_says_at_each_field_what_the_ticket_says_now(alice: FlaskClient, app: Flask) -> None:
    bob = cast.signed_in(app, "bob")
    label = made(alice, f"{HARB}/labels", name="quay")["id"]
    parent = ticket(alice, "Parent")
    one = ticket(alice, "Old", description="One\nTwo")
    address = f"/projects/HARB/tickets/{one['number']}"
    fields = as_shown(alice, address) | {"title": ["New"]}
    change = {"assigneeId": person(bob), "priority": "High", "dueDate": "2030-05-01", "labelIds": [label]}
    bob.patch(f"{TICKETS}/{one['id']}", json=change | {"parentId": parent["id"], "storyPoints": 5, "estimate": "2h"})

    answer = alice.post(address, data=fields)

    assert answer.status_code == 409
    for said in ("Old", "High", "Bob Keller", "1 May 2030", "2h", "5", f"{parent['key']} Parent"):
        assert f"The ticket says “{said}” now." in answer.text
    assert "The ticket has quay now." in answer.text
    assert "another text" not in answer.text
    assert answer.text.count("The ticket ") == 8
    assert dict(Forms(answer.text).sent[address])["title"] == "New"


def test_a_parent_that_could_be_none_any_more_stays(alice: FlaskClient, app: Flask) -> None:
    parent, child = ticket(alice, "Parent")["id"], ticket(alice, "Child")
    alice.patch(f"{TICKETS}/{child['id']}", json={"parentId": parent})
    with app.app_context(), writing():
        db.session.get_one(Ticket, parent).type = "Subtask"

    send_as_shown(alice, f"/projects/HARB/tickets/{child['number']}", title="New title")

    assert (shown(alice, child["id"])["parentId"], shown(alice, child["id"])["title"]) == (parent, "New title")


def bob_leaves(alice: FlaskClient, app: Flask) -> str:
    """Remove Bob from the project and return his id."""
    bob = person(cast.signed_in(app, "bob"))
    [place] = [each["id"] for each in alice.get(f"{HARB}/members").json or () if each["user"]["id"] == bob]
    assert alice.delete(f"{HARB}/members/{place}").status_code == 204
    return bob


def test_an_assignee_who_left_stays_until_another_one_is_chosen(alice: FlaskClient, app: Flask) -> None:
    bob = person(cast.signed_in(app, "bob"))
    one = ticket(alice, assigneeId=bob)
    bob_leaves(alice, app)
    address = f"/projects/HARB/tickets/{one['number']}"

    send_as_shown(alice, address, title="New title")

    assert (shown(alice, one["id"])["assigneeId"], shown(alice, one["id"])["title"]) == (bob, "New title")
    assert "Bob Keller (no longer a member)" in alice.get(address).text
    send_as_shown(alice, address, assigneeId="")
    assert shown(alice, one["id"])["assigneeId"] is None
    assert bob not in Forms(alice.get(address).text).options["assigneeId"]


def test_over_rest_an_assignee_who_left_may_be_said_again_but_not_chosen_anew(alice: FlaskClient, app: Flask) -> None:
    bob = person(cast.signed_in(app, "bob"))
    one, other = ticket(alice, assigneeId=bob)["id"], ticket(alice)["id"]
    bob_leaves(alice, app)

    same = alice.patch(f"{TICKETS}/{one}", json={"assigneeId": bob, "title": "New title"})
    anew = alice.patch(f"{TICKETS}/{other}", json={"assigneeId": bob})

    assert (same.status_code, same.json and same.json["assigneeId"]) == (200, bob)
    assert (anew.status_code, shown(alice, other)["assigneeId"]) == (400, None)


def test_an_assignee_who_cannot_sign_in_any_more_stays(alice: FlaskClient, app: Flask) -> None:
    bob = person(cast.signed_in(app, "bob"))
    one = ticket(alice, assigneeId=bob)
    sue = cast.signed_in(app, "sue")
    assert sue.patch(f"/api/admin/users/{bob}", json={"isActive": False}).status_code == 200

    send_as_shown(alice, f"/projects/HARB/tickets/{one['number']}", title="New title")

    assert shown(alice, one["id"])["assigneeId"] == bob


def test_one_who_left_and_has_tickets_still_can_be_filtered_by(alice: FlaskClient, app: Flask) -> None:
    bob = person(cast.signed_in(app, "bob"))
    ticket(alice, "Of Bob", assigneeId=bob)
    ticket(alice, "Of nobody")
    bob_leaves(alice, app)

    page = alice.get(f"/projects/HARB/board?assignee={bob}").text

    assert ("assignee", bob) in Forms(page).sent["/projects/HARB/board"]
    assert "1 of 2" in page


def test_a_ticket_sent_as_it_is_shown_is_the_same_to_the_letter(alice: FlaskClient) -> None:
    labels = [made(alice, f"{HARB}/labels", name=f"label {number}")["id"] for number in range(50)]
    whole = {
        "description": "\nfirst\n\n  second \n" + "x\n" * 24_980,
        "labelIds": labels,
        "type": "Bug",
        "priority": "Critical",
        "storyPoints": 0,
        "estimate": "2h",
        "startDate": "2030-05-01",
        "dueDate": "2030-05-02",
        "assigneeId": person(alice),
    }
    one = ticket(alice, "⚓" * 200, **whole)

    send_as_shown(alice, f"/projects/HARB/tickets/{one['number']}")

    assert shown(alice, one["id"]) == one


@pytest.mark.parametrize("color", ["#123456", None])
def test_a_column_keeps_what_no_palette_has(alice: FlaskClient, color: str | None) -> None:
    column = made(alice, f"{HARB}/columns", name="Later", color=color, wipLimit=7)

    send_as_shown(alice, f"/projects/HARB/columns/{column['id']}")

    assert column in (alice.get(f"{HARB}/columns").json or ())


def test_a_label_a_project_and_a_profile_keep_colours_that_no_palette_has(alice: FlaskClient) -> None:
    label = made(alice, f"{HARB}/labels", name="Odd", color="#123456")
    alice.patch(HARB, json={"color": "#123456", "description": "One\nTwo"})
    alice.patch("/api/me", json={"avatarColor": "#123456", "email": "alice@harbour.test"})
    before = [alice.get(address).json for address in (f"{HARB}/labels", HARB, "/api/me")]

    send_as_shown(alice, f"/projects/HARB/labels/{label['id']}")
    send_as_shown(alice, "/projects/HARB/settings")
    send_as_shown(alice, "/profile")

    after = [alice.get(address).json for address in (f"{HARB}/labels", HARB, "/api/me")]
    changed = {name for name in dict(before[1] or {}) if dict(before[1] or {})[name] != dict(after[1] or {})[name]}
    assert changed <= {"updatedAt"}
    assert (before[0], before[2]) == (after[0], after[2])


def test_a_person_who_cannot_be_disabled_keeps_name_and_email(app: Flask) -> None:
    sue = cast.signed_in(app, "sue")
    sue.patch("/api/me", json={"email": "sue@harbour.test"})
    address = f"/admin/people/{person(sue)}"
    before = as_shown(sue, address)

    answer = sue.post(address, data={"isActive": "false"})

    assert answer.status_code >= 400
    assert Forms(answer.text).sent[address][:2] == [("name", before["name"][0]), ("email", "sue@harbour.test")]


def test_every_member_keeps_their_role(alice: FlaskClient) -> None:
    members = alice.get(f"{HARB}/members").json or []

    for member in members:
        action = f"/projects/HARB/members/{member['id']}"
        send_as_shown(alice, "/projects/HARB/settings", action)

    assert alice.get(f"{HARB}/members").json == members


def test_an_audit_filter_keeps_who_and_what_is_deleted(app: Flask, alice: FlaskClient) -> None:
    sue = cast.signed_in(app, "sue")

    fields = as_shown(sue, "/admin/audit?person=gone&project=lost&kind=ticket", "/admin/audit")

    assert (fields["person"], fields["project"], fields["kind"]) == (["gone"], ["lost"], ["ticket"])

"""The administration as pages, registration, and a ticket's history."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from punt.settings import ROOT
from tests.support.board import TICKETS, ticket
from tests.support.cast import PASSWORD, PEOPLE, signed_in

PAGES = ["/admin", "/admin/people/new", "/admin/settings", "/admin/audit"]
ACTS = ["", "/admin", "/no-admin", "/password", "/delete"]
ACCOUNT = {"name": "Dora Ek", "username": "dora", "password": "three dry boats"}

SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def sue(app: Flask) -> FlaskClient:
    """Sue is the only system admin."""
    return signed_in(app, "sue")


@pytest.fixture
def person_of(sue: FlaskClient) -> Callable[[str], str]:
    """Find the page of somebody by their username."""

    def find(username: str) -> str:
        found = re.search(r'href="(/admin/people/\w{26})"', sue.get("/admin", query_string={"q": f"@{username}"}).text)
        assert found
        return found[1]

    return find


PersonOf = Callable[[str], str]


def said(page: str) -> str:
    """Return the words of a page's main part."""
    main = page[page.index("<main") : page.index("</main>")]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


@pytest.mark.parametrize("name", [None, *sorted(set(PEOPLE) - {"sue"})])
def test_only_system_admins_reach_the_pages(app: Flask, person_of: PersonOf, name: str | None) -> None:
    client, bob = signed_in(app, name) if name else app.test_client(), person_of("bob")

    shown = {client.get(path).status_code for path in [*PAGES, bob]}
    written = {
        client.post(path, data={"yourPassword": PASSWORD, "name": "Mallory", "siteName": "Mine"}).status_code
        for path in [*(bob + act for act in ACTS), "/admin/people", "/admin/settings"]
    }

    assert (shown, written) == (({403}, {403}) if name else ({302}, {302}))


def test_only_admins_are_shown_the_way_there(sue: FlaskClient, alice: FlaskClient) -> None:
    assert 'href="/admin"' in sue.get("/").text
    assert 'href="/admin"' not in alice.get("/").text


def test_people_are_searched_and_paged_by_plain_forms(sue: FlaskClient) -> None:
    everybody, one, none = (said(sue.get(f"/admin{query}").text) for query in ("", "?q=keller", "?q=nobody"))
    second = said(sue.get("/admin?page=charlie").text)

    assert all(name in everybody for name in PEOPLE.values())
    assert ("Bob Keller" in one, "Vera" in one) == (True, False)
    assert "Nobody matches." in none
    assert ("Sue Admin" in second, "Alice" in second, "First page" in second) == (True, False, True)


def test_a_person_is_added_and_their_password_shown_once(app: Flask, sue: FlaskClient) -> None:
    answer = sue.post("/admin/people", data={"name": "Dora Ek", "username": "dora", "email": "", "password": ""})
    assert answer.status_code == 302
    answer = sue.get(answer.location)

    found = re.search(r"data-made-password>([^<]+)<", answer.text)
    assert found
    assert answer.headers["Cache-Control"] == "no-store"
    assert app.test_client().post("/login", data={"username": "dora", "password": found[1]}).status_code == 302
    assert found[1] not in sue.get("/admin").text


def test_what_is_wrong_with_a_new_person_is_said_at_its_field(sue: FlaskClient) -> None:
    answer = sue.post("/admin/people", data={"name": "Dora", "username": "bob", "email": "", "password": ""})

    assert answer.status_code == 409
    assert 'id="field-username-error"' in answer.text
    assert 'value="Dora"' in answer.text


def test_a_person_is_changed_disabled_and_enabled(sue: FlaskClient, bob: FlaskClient, person_of: PersonOf) -> None:
    path = person_of("bob")

    sue.post(path, data={"name": "Robert", "email": ""})
    renamed = said(sue.get(path).text)
    sue.post(path, data={"isActive": "false"})
    disabled = said(sue.get(path).text)
    out = bob.get("/").status_code
    sue.post(path, data={"isActive": "true"})

    assert renamed.startswith("People Settings Audit Database")
    assert "Robert @bob · since" in renamed
    assert "disabled" in disabled
    assert out == 302
    assert "disabled" not in said(sue.get(path).text).partition("since")[0]


@pytest.mark.parametrize("act", ["/admin", "/password", "/delete"])
def test_what_destroys_asks_for_ones_own_password(sue: FlaskClient, person_of: PersonOf, act: str) -> None:
    path = person_of("bob")

    wrong = sue.post(path + act, data={"yourPassword": "not her password"})
    none = sue.post(path + act, data={})
    right = sue.post(path + act, data={"yourPassword": PASSWORD})

    assert (wrong.status_code, none.status_code) == (400, 400)
    assert "This is not your password." in wrong.text
    assert f'id="proof-{act[1:]}-error"' in wrong.text
    assert right.status_code == 302


def test_the_last_admin_is_told_so(sue: FlaskClient, person_of: PersonOf) -> None:
    path = person_of("sue")

    answers = [
        sue.post(f"{path}/no-admin"),
        sue.post(path, data={"isActive": "false"}),
        sue.post(f"{path}/delete", data={"yourPassword": PASSWORD}),
    ]

    assert [answer.status_code for answer in answers] == [409] * 3
    assert all("This is the last administrator" in answer.text for answer in answers)


def test_what_a_deletion_does_is_said_first_and_an_heir_asked_for(
    sue: FlaskClient, alice: FlaskClient, person_of: PersonOf
) -> None:
    ticket(alice)
    path = person_of("alice")

    before = said(sue.get(path).text)
    refused = sue.post(f"{path}/delete", data={"yourPassword": PASSWORD})
    done = sue.post(f"{path}/delete", data={"yourPassword": PASSWORD, "heir": "bob"}, follow_redirects=True)

    assert "0 tickets are assigned to them" in before
    assert "They created 1 ticket: it stays" in before
    assert "They are the only owner of the following, which needs a new one: Harbour website" in before
    assert (refused.status_code, 'id="field-heir-error"' in refused.text) == (409, True)
    assert "Deleted @alice." in done.text


def test_the_sites_name_stands_in_the_header_and_in_every_title(sue: FlaskClient, alice: FlaskClient) -> None:
    made = ticket(alice)

    sue.post("/admin/settings", data={"siteName": "Quay & Sons", "registration": "false"})

    inside = [
        "/",
        "/projects/HARB/board",
        f"/projects/HARB/tickets/{made['number']}",
        "/profile",
        "/search",
        "/nowhere",
    ]
    for page in (*(alice.get(path).text for path in inside), *(sue.get(path).text for path in PAGES)):
        assert re.search(r"<title dir=.auto.>[^<]*Quay &amp; Sons</title>", page)
        assert '<span class="bar__name">Quay &amp; Sons</span>' in page


def test_every_title_ends_with_the_sites_name() -> None:
    titles = {
        path.name: title[1]
        for path in (ROOT / "templates").rglob("*.html")
        if (title := re.search(r"{% block title %}(.*?){% endblock %}", path.read_text()))
    }

    assert len(titles) > 15
    assert [name for name, title in titles.items() if not title.endswith("{{ site.name }}")] == []


def test_registration_is_off_until_an_admin_turns_it_on(app: Flask, sue: FlaskClient) -> None:
    visitor = app.test_client()

    off = [visitor.get("/register").status_code, visitor.post("/register", data=ACCOUNT).status_code]
    api_off = visitor.post("/api/auth/register", json=ACCOUNT).status_code
    link_off = "/register" in visitor.get("/login").text
    sue.post("/admin/settings", data={"registration": "true"})
    link_on, form = "/register" in visitor.get("/login").text, visitor.get("/register").status_code
    done = visitor.post("/register", data=ACCOUNT)

    assert (off, api_off, link_off) == ([403, 403], 403, False)
    assert (link_on, form, done.status_code, done.headers["Location"]) == (True, 200, 302, "/")
    assert "Dora Ek" in visitor.get("/profile").text


def test_registration_over_the_api_signs_in_an_ordinary_person(app: Flask, sue: FlaskClient) -> None:
    sue.patch("/api/admin/settings", json={"registration": True})
    client = app.test_client()

    answer = client.post("/api/auth/register", json=ACCOUNT)
    again = app.test_client().post("/api/auth/register", json=ACCOUNT)
    with_email = app.test_client().post("/api/auth/register", json=ACCOUNT | {"email": "bob@example.org"})

    own = client.get("/api/me").json or {}
    assert (answer.status_code, (answer.json or {})["user"]) == (201, own)
    assert (own["isAdmin"], client.get("/api/projects").json) == (False, [])
    assert (again.status_code, (again.json or {})["error"]) == (409, "This username is taken.")
    assert with_email.status_code == 400


def test_one_address_may_not_register_for_ever(limited: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("punt.services.registration.TRIES", 2)
    signed_in(limited, "sue").patch("/api/admin/settings", json={"registration": True})
    weak = ACCOUNT | {"username": "bob"}

    statuses = [limited.test_client().post("/api/auth/register", json=weak).status_code for _ in range(3)]

    assert statuses == [409, 409, 429]


def test_nobody_registers_before_the_server_is_set_up(empty_app: Flask) -> None:
    assert empty_app.test_client().post("/register", data=ACCOUNT).status_code == 403


def test_the_audit_says_in_words_who_did_what_and_is_filtered(
    sue: FlaskClient, bob: FlaskClient, person_of: PersonOf
) -> None:
    sue.post(person_of("bob"), data={"name": "Robert"})
    ticket(bob, "Paint")
    sue.post("/admin/settings", data={"siteName": "Quay"})

    everything = said(sue.get("/admin/audit").text)
    tickets = said(sue.get("/admin/audit?kind=ticket&person=&project=&since=&until=").text)
    paged = sue.get("/admin/audit?limit=1").text

    assert "Sue Admin changed the account @bob: name from “Bob Keller” to “Robert”" in everything
    assert "Sue Admin set the name of this site: Quay" in everything
    assert "Robert created HARB-1 Paint" in tickets
    assert "the account @bob" not in tickets
    older = re.search(r'href="(/admin/audit\?before=\d+&amp;limit=1)"', paged)
    assert older
    assert "Newest" in said(sue.get(older[1].replace("&amp;", "&")).text)


def test_a_tickets_page_tells_its_history_newest_first(sue: FlaskClient, bob: FlaskClient, alice: FlaskClient) -> None:
    path = f"{TICKETS}/{ticket(bob, 'Paint')['id']}"
    columns = {column["name"]: column["id"] for column in alice.get("/api/projects/HARB/columns").json or ()}
    alice.patch(path, json={"columnId": columns["Review"]})
    alice.patch(path, json={"assigneeId": (bob.get("/api/me").json or {})["id"], "dueDate": "2020-05-03"})

    told = said(bob.get("/projects/HARB/tickets/1").text)

    first = "Alice Lindqvist changed it: "
    second = "Alice Lindqvist moved it from To Do to Review"
    assert 0 < told.index(first) < told.index(second) < told.index("Bob Keller created it")
    assert "assignee from nobody to Bob Keller" in told
    assert "due date from none to 3 May 2020" in told


def test_the_history_of_somebody_who_is_deleted_says_so(
    sue: FlaskClient, bob: FlaskClient, person_of: PersonOf
) -> None:
    ticket(bob, "Paint")

    sue.post(f"{person_of('bob')}/delete", data={"yourPassword": PASSWORD})

    assert "Deleted person created it" in said(sue.get("/projects/HARB/tickets/1").text)


def test_a_long_history_is_paged(alice: FlaskClient, charlie: FlaskClient) -> None:
    path = f"{TICKETS}/{ticket(alice)['id']}"
    for number in range(25):
        alice.patch(path, json={"storyPoints": number})

    page = alice.get("/projects/HARB/tickets/1").text
    older = re.search(r'href="(/projects/HARB/tickets/1/history\?before=\d+)"', page)

    assert page.count("data-entry=") == 20
    assert older
    assert alice.get(older[1]).text.count("data-entry=") == 6
    assert charlie.get(older[1]).status_code == 404

"""A project's settings and their plain forms: permissions, errors, and results."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.board import HARB, made, nothing_changes, shown, ticket

PAGE = "/projects/HARB/settings"
FORMS = {
    "project": ("/settings", {"name": "Harbour"}),
    "columns": ("/columns/new", None),
    "invite": ("/members", {"username": "charlie", "role": "member"}),
    "role": ("/members/{bob}", {"role": "viewer"}),
    "remove": ("/members/{bob}/remove", {}),
    "label": ("/labels", {"name": "quay"}),
    "relabel": ("/labels/{label}", {"name": "pier"}),
    "merge": ("/labels/{label}/merge", {"into": "{other}"}),
    "unlabel": ("/labels/{label}/delete", {}),
    "delete": ("/settings/delete", {"key": "HARB"}),
}
MAY = {"vera": {*()}, "bob": {"label", "relabel", "merge", "unlabel"}, "adam": {*FORMS} - {"delete"}, "alice": {*FORMS}}

SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def ids(alice: FlaskClient) -> dict[str, str]:
    """The ids in the forms: everybody's membership, and two labels."""
    places = {each["user"]["username"]: each["id"] for each in alice.get(f"{HARB}/members").json or ()}
    return places | {name: made(alice, f"{HARB}/labels", name=name)["id"] for name in ("label", "other")}


def send(client: FlaskClient, name: str, ids: dict[str, str], /, **other: str) -> tuple[int, str]:
    path, asked = FORMS[name]
    address = f"/projects/HARB{path}".format(**ids)
    if asked is None:
        return client.get(address).status_code, ""
    answer = client.post(address, data={field: value.format(**ids) for field, value in (asked | other).items()})
    return answer.status_code, answer.text


@pytest.mark.parametrize(("who", "name"), [(who, name) for who in MAY for name in FORMS])
def test_each_sees_and_may_do_what_their_role_may(sign_in: SignIn, ids: dict[str, str], who: str, name: str) -> None:
    client = sign_in(who)
    place = f"/projects/HARB{FORMS[name][0].format(**ids)}"
    there = place if not place.startswith("/projects/HARB/labels/") else f"/projects/HARB/labels/{ids['label']}"
    own = (who, name) == ("bob", "remove")

    page = client.get(PAGE).text
    offered = f'action="{there}"' in page or f'href="{there}"' in page
    status, _ = send(client, name, ids)

    assert offered == (name in MAY[who] or own)
    assert status == ((200 if name == "columns" else 302) if name in MAY[who] or own else 403)


@pytest.mark.parametrize("name", FORMS)
def test_an_outsider_finds_nothing_and_changes_nothing(
    app: Flask, charlie: FlaskClient, ids: dict[str, str], name: str
) -> None:
    with nothing_changes(app):
        status, text = send(charlie, name, ids)

    assert (status, charlie.get(PAGE).status_code) == (404, 404)
    assert "Harbour" not in text


def test_nobody_is_led_to_the_login_page_and_back(app: Flask) -> None:
    answer = app.test_client().get(PAGE)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/login?next=/projects/HARB/settings")


def test_forms_do_what_they_say(alice: FlaskClient, ids: dict[str, str]) -> None:
    one = ticket(alice, labelIds=[ids["label"]])["id"]

    send(alice, "project", ids, description="Ships", color="#7a3ff2")
    send(alice, "invite", ids, role="admin")
    send(alice, "role", ids)
    send(alice, "relabel", ids, color="#7a3ff2")
    send(alice, "label", ids)

    project = alice.get(HARB).json or {}
    assert (project["name"], project["description"], project["color"]) == ("Harbour", "Ships", "#7a3ff2")
    members = {each["user"]["username"]: each["role"] for each in alice.get(f"{HARB}/members").json or ()}
    assert members == {"alice": "owner", "adam": "admin", "bob": "viewer", "charlie": "admin", "vera": "viewer"}
    assert [each["name"] for each in alice.get(f"{HARB}/labels").json or ()] == ["other", "pier", "quay"]
    send(alice, "merge", ids)
    assert [each["name"] for each in shown(alice, one)["labels"]] == ["other"]
    send(alice, "remove", ids)
    send(alice, "delete", ids, key=" harb ")
    assert alice.get(HARB).status_code == 404


def test_one_who_leaves_lands_on_the_list_of_projects(bob: FlaskClient, ids: dict[str, str]) -> None:
    answer = bob.post(f"/projects/HARB/members/{ids['bob']}/remove", follow_redirects=True)

    assert (answer.request.path, bob.get(HARB).status_code) == ("/", 404)
    assert "You left Harbour website." in answer.text


def test_one_who_gives_up_being_admin_sees_less_afterwards(sign_in: SignIn, ids: dict[str, str]) -> None:
    adam = sign_in("adam")

    answer = adam.post(f"/projects/HARB/members/{ids['adam']}", data={"role": "viewer"}, follow_redirects=True)

    assert answer.status_code == 200
    assert "Add a member" not in answer.text


@pytest.mark.parametrize(
    ("name", "wrong", "status", "said"),
    [
        ("project", {"name": ""}, 400, 'id="field-name-error"'),
        ("invite", {"username": "nobody"}, 400, "There is nobody called nobody."),
        ("invite", {"username": "Vera"}, 409, "Vera Novak is in this project already."),
        ("role", {"role": "king"}, 400, 'role="alert"'),
        ("label", {"name": "Other"}, 409, "This name is taken."),
        ("relabel", {"name": "other"}, 409, 'id="field-name-error"'),
        ("merge", {"into": ""}, 400, 'id="field-into-error"'),
        ("delete", {"key": "HARBOUR"}, 400, "Type HARB here to delete the project."),
    ],
)
def test_what_is_wrong_is_said_at_its_place_and_what_was_typed_stays(
    app: Flask, alice: FlaskClient, ids: dict[str, str], name: str, wrong: dict[str, str], status: int, said: str
) -> None:
    with nothing_changes(app):
        answered, text = send(alice, name, ids, **wrong)

    assert answered == status
    assert said in text
    typed = wrong.get("username") or (wrong.get("name") if name != "project" else None)
    assert typed is None or f'value="{typed}"' in text


def test_the_last_owner_is_told_so(app: Flask, alice: FlaskClient, ids: dict[str, str]) -> None:
    with nothing_changes(app):
        answers = [
            alice.post(f"/projects/HARB/members/{ids['alice']}{path}", data={"role": "viewer"})
            for path in ("", "/remove")
        ]

    assert [answer.status_code for answer in answers] == [409, 409]
    assert all("A project keeps at least one owner." in answer.text for answer in answers)


def test_an_admin_can_neither_make_owners_nor_manage_them(app: Flask, sign_in: SignIn, ids: dict[str, str]) -> None:
    adam = sign_in("adam")

    with nothing_changes(app):
        answers = [
            adam.post("/projects/HARB/members", data={"username": "charlie", "role": "owner"}),
            adam.post(f"/projects/HARB/members/{ids['bob']}", data={"role": "owner"}),
            adam.post(f"/projects/HARB/members/{ids['alice']}", data={"role": "viewer"}),
            adam.post(f"/projects/HARB/members/{ids['alice']}/remove"),
        ]

    assert [answer.status_code for answer in answers] == [403] * 4
    assert f'"/projects/HARB/members/{ids["alice"]}"' not in adam.get(PAGE).text


def test_a_label_of_another_project_is_not_found(app: Flask, alice: FlaskClient, ids: dict[str, str]) -> None:
    made(alice, "/api/projects", key="BOAT", name="Boats")
    foreign = made(alice, "/api/projects/BOAT/labels", name="quay")["id"]

    with nothing_changes(app):
        statuses = [
            alice.get(f"/projects/HARB/labels/{foreign}").status_code,
            alice.post(f"/projects/HARB/labels/{foreign}", data={"name": "mine"}).status_code,
            alice.post(f"/projects/HARB/labels/{foreign}/merge", data={"into": ids["label"]}).status_code,
            alice.post(f"/projects/HARB/labels/{ids['label']}/merge", data={"into": foreign}).status_code,
            alice.post(f"/projects/HARB/labels/{foreign}/delete").status_code,
        ]

    assert statuses == [404, 404, 404, 400, 404]


def test_a_label_says_on_how_many_tickets_it_is(bob: FlaskClient, ids: dict[str, str]) -> None:
    address = f"/projects/HARB/labels/{ids['label']}"
    before = bob.get(address).text

    for _ in range(2):
        ticket(bob, labelIds=[ids["label"]])

    assert "No ticket carries it." in before
    assert "It is on 2 tickets." in bob.get(address).text

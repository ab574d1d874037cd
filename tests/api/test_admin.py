"""People, the site's settings and the audit trail in the API, for system admins only."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import app_in, put_away
from tests.support.board import HARB, TICKETS, fields, made, nothing_changes, person, ticket
from tests.support.cast import PASSWORD, PEOPLE, signed_in

USERS, SETTINGS, AUDIT = "/api/admin/users", "/api/admin/settings", "/api/admin/audit"
NEW = {"username": "Dora", "name": "Dora Ek"}
PROOF = {"yourPassword": PASSWORD}

SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def sue(app: Flask) -> FlaskClient:
    """Sue is the only system admin."""
    return signed_in(app, "sue")


def id_of(sue: FlaskClient, username: str) -> str:
    found = sue.get(USERS, query_string={"q": f"@{username}"}).json or []
    return str(next(each["id"] for each in found if each["username"] == username))


def login(app: Flask, username: str, password: str = PASSWORD) -> int:
    return app.test_client().post("/api/auth/login", json={"username": username, "password": password}).status_code


def asked_of(user_id: str) -> list[tuple[str, str, Any]]:
    """Every request to the administration, as method, address and body."""
    return [
        ("GET", USERS, None),
        ("POST", USERS, NEW),
        ("GET", f"{USERS}/{user_id}", None),
        ("PATCH", f"{USERS}/{user_id}", {"name": "Mallory"}),
        ("DELETE", f"{USERS}/{user_id}", PROOF),
        ("POST", f"{USERS}/{user_id}/password", PROOF),
        ("PUT", f"{USERS}/{user_id}/admin", PROOF),
        ("DELETE", f"{USERS}/{user_id}/admin", None),
        ("GET", SETTINGS, None),
        ("PATCH", SETTINGS, {"registration": True}),
        ("GET", AUDIT, None),
    ]


@pytest.mark.parametrize("name", [None, *sorted(set(PEOPLE) - {"sue"})])
def test_only_system_admins_reach_the_administration(app: Flask, sue: FlaskClient, name: str | None) -> None:
    client = signed_in(app, name) if name else app.test_client()
    user_id = id_of(sue, "bob")

    with nothing_changes(app):
        statuses = {client.open(path, method=method, json=body).status_code for method, path, body in asked_of(user_id)}

    assert statuses == {403 if name else 401}


def test_people_are_found_by_name_username_and_email_and_paged(sue: FlaskClient) -> None:
    first = sue.get(USERS, query_string={"limit": 4})
    link = first.headers["Link"].removeprefix("<").partition(">")[0]
    rest = sue.get(link)

    names = [each["username"] for each in (first.json or []) + (rest.json or [])]
    assert names == sorted(PEOPLE)
    assert "Link" not in rest.headers
    for asked, found in (("KELLER", "bob"), ("@vera", "vera"), ("charlie@ex", "charlie"), ("100%", None)):
        hits = [each["username"] for each in sue.get(USERS, query_string={"q": asked}).json or []]
        assert hits == ([found] if found else [])


def test_a_person_is_added_with_a_password_that_is_made_and_told_once(app: Flask, sue: FlaskClient) -> None:
    answer = made(sue, USERS, **NEW, email="Dora@Example.org")

    shown = sue.get(f"{USERS}/{answer['id']}").json or {}
    assert login(app, "dora", answer.pop("password")) == 200
    assert shown == answer
    assert (shown["email"], shown["isAdmin"], shown["isActive"]) == ("dora@example.org", False, True)


def test_a_person_is_added_with_a_given_password(app: Flask, sue: FlaskClient) -> None:
    answer = made(sue, USERS, **NEW, password="three dry boats")

    assert "password" not in answer
    assert login(app, "dora", "three dry boats") == 200


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"username": "BOB", "name": "x"}, 409, "username"),
        (NEW | {"email": "bob@example.org"}, 409, "email"),
        (NEW | {"password": "short"}, 400, "password"),
        (NEW | {"isAdmin": True}, 400, "isAdmin"),
    ],
    ids=str,
)
def test_a_person_that_cannot_be_is_refused(
    app: Flask, sue: FlaskClient, body: dict[str, Any], status: int, field: str
) -> None:
    with nothing_changes(app):
        answer = sue.post(USERS, json=body)

    assert (answer.status_code, fields(answer)) == (status, [field])


def test_name_and_email_of_a_person_change(sue: FlaskClient) -> None:
    path = f"{USERS}/{id_of(sue, 'bob')}"

    renamed = sue.patch(path, json={"name": "Robert Keller"}).json or {}
    silent = sue.patch(path, json={"email": None}).json or {}
    taken = sue.patch(path, json={"email": "vera@example.org"})

    assert (renamed["name"], renamed["email"]) == ("Robert Keller", "bob@example.org")
    assert (silent["name"], silent["email"]) == ("Robert Keller", None)
    assert (taken.status_code, fields(taken)) == (409, ["email"])


def test_who_is_disabled_is_signed_out_and_cannot_come_back_until_enabled(
    app: Flask, sue: FlaskClient, bob: FlaskClient
) -> None:
    path = f"{USERS}/{id_of(sue, 'bob')}"

    sue.patch(path, json={"isActive": False})
    out, refused = bob.get("/api/me").status_code, login(app, "bob")
    sue.patch(path, json={"isActive": True})

    assert (out, refused) == (401, 401)
    assert (bob.get("/api/me").status_code, login(app, "bob")) == (401, 200)


def test_a_password_is_reset_only_with_ones_own_and_ends_sessions(
    app: Flask, sue: FlaskClient, bob: FlaskClient
) -> None:
    path = f"{USERS}/{id_of(sue, 'bob')}/password"

    with nothing_changes(app):
        wrong, none = sue.post(path, json={"yourPassword": "not her password"}), sue.post(path, json={})
    reset = sue.post(path, json=PROOF).json or {}

    assert (fields(wrong), fields(none)) == (["yourPassword"], ["yourPassword"])
    assert bob.get("/api/me").status_code == 401
    assert (login(app, "bob"), login(app, "bob", reset["password"])) == (401, 200)


def test_an_admin_is_made_only_with_ones_own_password_and_unmade(app: Flask, sue: FlaskClient) -> None:
    path = f"{USERS}/{id_of(sue, 'bob')}/admin"

    with nothing_changes(app):
        wrong = sue.put(path, json={"yourPassword": "not her password"})
    sue.put(path, json=PROOF)
    as_admin = signed_in(app, "bob").get(USERS).status_code
    sue.delete(path)

    assert (fields(wrong), as_admin) == (["yourPassword"], 200)
    assert signed_in(app, "bob").get(USERS).status_code == 403


def test_wrong_proofs_are_limited_as_failed_sign_ins_are(limited: Flask) -> None:
    sue = signed_in(limited, "sue")
    path = f"{USERS}/{id_of(sue, 'bob')}/password"

    statuses = [sue.post(path, json={"yourPassword": "not her password"}).status_code for _ in range(11)]
    even_right = sue.post(path, json=PROOF)

    assert statuses == [400] * 10 + [429]
    assert even_right.status_code == 429
    assert int(even_right.headers["Retry-After"]) > 0


def test_the_last_admin_stays(app: Flask, sue: FlaskClient) -> None:
    own = f"{USERS}/{person(sue)}"

    with nothing_changes(app):
        statuses = [
            sue.patch(own, json={"isActive": False}).status_code,
            sue.delete(f"{own}/admin").status_code,
            sue.delete(own, json=PROOF).status_code,
        ]

    assert statuses == [409] * 3


def test_a_disabled_admin_is_none_who_could_be_left(app: Flask, sue: FlaskClient) -> None:
    bob = f"{USERS}/{id_of(sue, 'bob')}"
    sue.put(f"{bob}/admin", json=PROOF)
    sue.patch(bob, json={"isActive": False})

    answer = sue.delete(f"{USERS}/{person(sue)}/admin")

    assert answer.status_code == 409


def test_two_admins_who_unmake_each_other_at_once_leave_one(app: Flask, sue: FlaskClient) -> None:
    bob_id, sue_id = id_of(sue, "bob"), person(sue)
    for _ in range(5):
        sue.put(f"{USERS}/{bob_id}/admin", json=PROOF)
        pairs = [(signed_in(app, "sue"), bob_id), (signed_in(app, "bob"), sue_id)]
        begin, statuses = threading.Barrier(2), list[int]()

        def unmake(client: FlaskClient, whom: str, begin: Any = begin, statuses: Any = statuses) -> None:
            begin.wait()
            statuses.append(client.delete(f"{USERS}/{whom}/admin").status_code)

        threads = [threading.Thread(target=unmake, args=pair) for pair in pairs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(statuses) == [200, 403]
        if sue.get(USERS).status_code == 403:
            signed_in(app, "bob").put(f"{USERS}/{sue_id}/admin", json=PROOF)


def test_a_deleted_person_leaves_tickets_without_them(app: Flask, sue: FlaskClient, bob: FlaskClient) -> None:
    bob_id = person(bob)
    of_bob = ticket(bob, "Made by Bob")
    assigned = ticket(bob, "Assigned to Bob", assigneeId=bob_id)

    answer = sue.delete(f"{USERS}/{bob_id}", json=PROOF)

    left = {each["id"]: each for each in sue.get(TICKETS).json or []}
    assert answer.status_code == 204
    assert (left[of_bob["id"]]["creatorId"], left[assigned["id"]]["assigneeId"]) == (None, None)
    assert [left[each["id"]]["version"] - each["version"] for each in (of_bob, assigned)] == [1, 1]
    assert (bob.get("/api/me").status_code, login(app, "bob")) == (401, 401)
    assert "bob" not in [each["user"]["username"] for each in sue.get(f"{HARB}/members").json or []]


def test_who_alone_owns_a_project_is_deleted_only_with_an_heir(app: Flask, sue: FlaskClient) -> None:
    path = f"{USERS}/{id_of(sue, 'alice')}"

    with nothing_changes(app):
        refused = [
            sue.delete(path, json=PROOF | heir)
            for heir in ({}, {"heir": "nobody"}, {"heir": "alice"}, {"yourPassword": "wrong one", "heir": "bob"})
        ]
    done = sue.delete(path, json=PROOF | {"heir": "Bob"})

    assert [(each.status_code, fields(each)) for each in refused] == [
        (409, ["heir"]),
        (400, ["heir"]),
        (409, ["heir"]),
        (400, ["yourPassword"]),
    ]
    roles = {each["user"]["username"]: each["role"] for each in sue.get(f"{HARB}/members").json or []}
    assert (done.status_code, roles) == (204, {"bob": "owner", "adam": "admin", "vera": "viewer"})


def test_nobody_of_this_id_is_a_404(sue: FlaskClient) -> None:
    statuses = [
        sue.open(path, method=method, json=body).status_code
        for method, path, body in asked_of("nobody")
        if "nobody" in path
    ]

    assert statuses == [404] * 6


def test_settings_are_there_at_once_in_another_worker(app: Flask, sue: FlaskClient) -> None:
    other = app_in(Path(app.instance_path))

    before = sue.get(SETTINGS).json
    changed = sue.patch(SETTINGS, json={"siteName": "  Quay 7 ", "registration": True}).json
    only_one = sue.patch(SETTINGS, json={"registration": False}).json

    assert before == {"siteName": "PUNT", "registration": False}
    assert changed == {"siteName": "Quay 7", "registration": True}
    assert only_one == signed_in(other, "sue").get(SETTINGS).json == {"siteName": "Quay 7", "registration": False}
    put_away(other)


@pytest.mark.parametrize("body", [{"siteName": ""}, {"siteName": "x" * 41}, {"registration": "yes"}, {"other": 1}])
def test_settings_that_make_no_sense_are_refused(app: Flask, sue: FlaskClient, body: Any) -> None:
    with nothing_changes(app):
        answer = sue.patch(SETTINGS, json=body)

    assert (answer.status_code, fields(answer)) == (400, list(body))


def test_the_audit_tells_who_did_what_to_whom_from_which_tab(sue: FlaskClient) -> None:
    bob_id, sue_id = id_of(sue, "bob"), person(sue)

    sue.patch(f"{USERS}/{bob_id}", json={"name": "Robert"}, headers={"X-Tab-Id": "tab-1"})
    sue.post(f"{USERS}/{bob_id}/password", json=PROOF)

    reset, renamed = (sue.get(AUDIT, query_string={"kind": "user", "limit": 2}).json or [])[:2]
    assert (reset["verb"], reset["changes"]) == ("updated", [{"field": "password"}])
    assert renamed == {
        "id": renamed["id"],
        "at": renamed["at"],
        "actorId": sue_id,
        "tabId": "tab-1",
        "tokenId": None,
        "kind": "user",
        "verb": "updated",
        "subjectId": bob_id,
        "subject": "@bob",
        "projectId": None,
        "changes": [{"field": "name", "from": "Bob Keller", "to": "Robert"}],
    }


def test_the_audit_is_filtered_and_paged(sue: FlaskClient, bob: FlaskClient) -> None:
    project = (sue.get(HARB).json or {})["id"]
    ids = [ticket(bob, str(number))["id"] for number in range(5)]
    sue.patch(f"{TICKETS}/{ids[0]}", json={"title": "new"})

    def subjects(**asked: Any) -> list[str]:
        return [each["subject"] for each in sue.get(AUDIT, query_string=asked).json or []]

    assert subjects(kind="ticket", person=person(bob)) == [f"HARB-{number + 1} {number}" for number in (4, 3, 2, 1, 0)]
    assert subjects(project=project, limit=2) == ["HARB-1 new", "HARB-5 4"]
    assert subjects(kind="ticket", until="2020-01-01") == subjects(kind="ticket", since="2999-01-01") == []
    first = sue.get(AUDIT, query_string={"kind": "ticket", "limit": 4})
    rest = sue.get(first.headers["Link"].removeprefix("<").partition(">")[0])
    assert [len(first.json or ()), len(rest.json or ())] == [4, 2]
    assert "Link" not in rest.headers


@pytest.mark.parametrize(
    "asked", ["kind=secret", "before=0", "before=x", "since=yesterday", "until=0", "limit=201", "what=1"]
)
def test_an_odd_question_to_the_audit_is_refused(sue: FlaskClient, asked: str) -> None:
    assert sue.get(f"{AUDIT}?{asked}").status_code == 400


def test_sign_ins_and_failed_ones_are_kept_without_what_was_typed_by_nobody(app: Flask, sue: FlaskClient) -> None:
    login(app, "bob")
    login(app, "bob", "wrong password")
    login(app, "my secret pass phrase", "x")

    told = [
        (each["verb"], each["subject"], each["actorId"] == each["subjectId"])
        for each in sue.get(AUDIT, query_string={"kind": "session", "limit": 3}).json or []
    ]

    assert told == [("failed", "", True), ("failed", "@bob", False), ("created", "@bob", True)]
    assert "pass phrase" not in sue.get(AUDIT).text


def test_a_tickets_history_is_there_for_whoever_sees_it(
    alice: FlaskClient, sign_in: SignIn, charlie: FlaskClient
) -> None:
    path = f"{TICKETS}/{ticket(alice, 'Paint')['id']}"
    alice.patch(path, json={"priority": "High", "description": "Red"})

    entries = sign_in("vera").get(f"{path}/history").json or []

    assert [each["verb"] for each in entries] == ["updated", "created"]
    assert sorted(entries[0]["changes"], key=lambda change: change["field"]) == [
        {"field": "description", "fromLength": 0, "toLength": 3},
        {"field": "priority", "from": "Medium", "to": "High"},
    ]
    assert charlie.get(f"{path}/history").status_code == 404
    assert [len(alice.get(f"{path}/history?limit=1").json or ()), alice.get(f"{path}/history?limit=0").status_code] == [
        1,
        400,
    ]


def test_a_bulk_change_is_one_transaction_and_as_many_entries(app: Flask, sue: FlaskClient) -> None:
    ids = [ticket(sue, str(number))["id"] for number in range(20)]

    sue.patch(TICKETS, json={"ticketIds": ids, "updates": {"priority": "High"}})

    entries = sue.get(AUDIT, query_string={"kind": "ticket", "limit": 20}).json or []
    assert {each["verb"] for each in entries} == {"updated"}
    assert len({each["at"] for each in entries}) == 1
    assert sorted(each["subjectId"] for each in entries) == sorted(ids)


def test_a_refused_change_leaves_no_entry(sue: FlaskClient) -> None:
    made_ticket = ticket(sue)
    before = sue.get(AUDIT).json

    answers = [
        sue.patch(f"{TICKETS}/{made_ticket['id']}", json={"title": "new"}, headers={"If-Match": '"99"'}),
        sue.patch(f"{TICKETS}/{made_ticket['id']}", json={"title": "new", "parentId": made_ticket["id"]}),
        sue.post("/api/projects", json={"key": "HARB", "name": "x"}),
    ]

    assert [answer.status_code for answer in answers] == [409, 400, 409]
    assert sue.get(AUDIT).json == before

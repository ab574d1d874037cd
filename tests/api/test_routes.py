"""Who may use which route: the whole API against the whole cast."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.board import HARB, TICKETS, made, nothing_changes, ticket
from tests.support.cast import PEOPLE
from tests.support.routes import OWN, PUBLIC, ROUTES, SIGNED_IN, Route, routes_of, things_of

Visit = Callable[[str | None], FlaskClient]
PRIVATE = [route for route in ROUTES if route.who != PUBLIC]
INSIDE = [route for route in ROUTES if route.in_project]
FORBIDDEN = [(route, name) for route in INSIDE for name in PEOPLE if name not in route.who | {"charlie"}]
ALLOWED = [(route, name) for route in INSIDE if route.who != OWN for name in sorted(route.who)]


@pytest.fixture(scope="module")
def things(visit: Visit) -> dict[str, str]:
    """Things that are requested in vain, so that they still exist the next time."""
    return things_of(visit("alice"))


@pytest.fixture
def fresh(alice: FlaskClient) -> dict[str, str]:
    return things_of(alice)


def refusal(answer: TestResponse) -> str:
    """Return a refusal's message, which is always JSON."""
    assert answer.content_type == "application/json"
    return str((answer.json or {})["error"])


def test_every_route_of_the_api_is_in_the_table(town: Flask) -> None:
    assert routes_of(town) == {str(route) for route in ROUTES}


@pytest.mark.parametrize("route", PRIVATE, ids=str)
def test_nobody_gets_401_as_json(town: Flask, visit: Visit, things: dict[str, str], route: Route) -> None:
    with nothing_changes(town):
        answer = route.ask(visit(None), things)

    assert (answer.status_code, refusal(answer)) == (401, "Please sign in.")


@pytest.mark.parametrize("route", INSIDE, ids=str)
def test_charlie_the_outsider_gets_404(town: Flask, visit: Visit, things: dict[str, str], route: Route) -> None:
    with nothing_changes(town):
        answer = route.ask(visit("charlie"), things)
        unknown = route.ask(visit("charlie"), things | {"project": "NOSUCH"})

    assert (answer.status_code, refusal(answer)) == (404, "Project not found.")
    assert answer.json == unknown.json


@pytest.mark.parametrize(("route", "name"), FORBIDDEN, ids=str)
def test_who_may_see_but_not_do_it_gets_403(
    town: Flask, visit: Visit, things: dict[str, str], route: Route, name: str
) -> None:
    with nothing_changes(town):
        answer = route.ask(visit(name), things)

    assert answer.status_code == 403
    assert "may" in refusal(answer)


@pytest.mark.parametrize(("route", "name"), ALLOWED, ids=str)
def test_who_may_do_it_can(visit: Visit, route: Route, name: str) -> None:
    own_things = things_of(visit("alice"))

    answer = route.ask(visit(name), own_things, method="HEAD" if route.stream else route.method)

    assert answer.status_code == route.status


@pytest.mark.parametrize("name", sorted(OWN))
def test_who_owns_the_project_can_delete_it(sign_in: Callable[[str], FlaskClient], name: str) -> None:
    client = sign_in(name)

    deleted, afterwards = client.delete(HARB), client.get(HARB)

    assert (deleted.status_code, afterwards.status_code) == (204, 404)


@pytest.mark.parametrize("route", [route for route in ROUTES if route.who == SIGNED_IN], ids=str)
def test_what_needs_only_signing_in_is_there_for_everybody(
    sign_in: Callable[[str], FlaskClient], fresh: dict[str, str], route: Route
) -> None:
    answer = route.ask(sign_in("charlie"), fresh, method="HEAD" if route.stream else route.method)

    assert answer.status_code == route.status


@pytest.mark.parametrize("route", [route for route in ROUTES if route.who == PUBLIC], ids=str)
def test_what_is_public_is_there_for_nobody_too(app: Flask, fresh: dict[str, str], route: Route) -> None:
    answer = route.ask(app.test_client(), fresh)

    assert answer.status_code == route.status


def test_a_member_deletes_own_tickets_only(visit: Visit) -> None:
    of_bob, of_alice = ticket(visit("bob"))["id"], ticket(visit("alice"))["id"]

    statuses = [visit("bob").delete(f"{TICKETS}/{each}").status_code for each in (of_bob, of_alice)]

    assert statuses == [204, 403]


def test_a_member_deletes_several_tickets_only_when_all_are_their_own(town: Flask, visit: Visit) -> None:
    own, foreign = [ticket(visit("bob"))["id"], ticket(visit("bob"))["id"]], ticket(visit("adam"))["id"]

    with nothing_changes(town):
        refused = visit("bob").delete(TICKETS, json={"ticketIds": [*own, foreign]})
    done = visit("bob").delete(TICKETS, json={"ticketIds": own})

    assert (refused.status_code, done.status_code) == (403, 204)


def test_a_member_who_became_a_viewer_deletes_nothing(visit: Visit) -> None:
    own = ticket(visit("bob"))["id"]

    answer = visit("vera").delete(f"{TICKETS}/{own}")

    assert answer.status_code == 403


def test_the_list_of_projects_shows_each_person_their_own(visit: Visit) -> None:
    made(visit("charlie"), "/api/projects", key="BOAT", name="Boat")

    lists = {name: [each["key"] for each in visit(name).get("/api/projects").json or ()] for name in PEOPLE}

    assert lists == {key: ["HARB"] for key in ("alice", "adam", "bob", "vera")} | {
        "charlie": ["BOAT"],
        "sue": ["BOAT", "HARB"],
    }


def test_an_address_that_leads_nowhere_is_a_json_404(visit: Visit) -> None:
    answers = [visit("alice").get(path) for path in ("/api", "/api/", "/api/nothing", f"{HARB}/", "/api//projects")]

    assert [answer.status_code for answer in answers] == [404] * 5
    assert {refusal(answer) for answer in answers} == {"There is nothing here."}


def test_a_method_that_a_route_does_not_have_is_a_json_405(visit: Visit) -> None:
    answer = visit("alice").put(HARB, json={})

    assert answer.status_code == 405
    assert refusal(answer) == "This cannot be done here."
    assert "PATCH" in answer.headers["Allow"]

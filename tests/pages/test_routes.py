"""Who may use which page: all pages and forms against the whole cast, signed out included."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.board import nothing_changes
from tests.support.cast import PEOPLE
from tests.support.pages import (
    ADMINS,
    PAGES,
    PUBLIC,
    SIGNED_IN,
    Page,
    Things,
    pages_of,
    things_of_another_project,
    things_with_numbers,
)

Visit = Callable[[str | None], FlaskClient]
OF_PEOPLE = [page for page in PAGES if page.who not in (PUBLIC, ADMINS)]
INSIDE = [page for page in PAGES if page.in_project]
FORBIDDEN = [(page, name) for page in INSIDE for name in PEOPLE if name not in page.who | {"charlie"}]
ALLOWED = [(page, name) for page in INSIDE for name in sorted(page.who)]
FOR_ADMINS = [page for page in PAGES if page.who == ADMINS]
FORMS = [page for page in PAGES if page.method != "GET"]


@pytest.fixture(scope="module")
def things(visit: Visit) -> Things:
    """Things that are requested in vain, so that they still exist the next time."""
    return things_with_numbers(visit("alice"))


@pytest.fixture(scope="module")
def foreign(visit: Visit) -> Things:
    return things_of_another_project(visit("charlie"))


def test_every_page_is_in_the_table(town: Flask) -> None:
    told, there = {str(page) for page in PAGES}, pages_of(town)
    method, _, rule = next(iter(there - told), "").partition(" ")

    assert not there - told, f'tests/support/pages.py: add Page("{method}", "{rule}", who may, status, {{form}})'
    gone = told - there
    assert not gone


@pytest.mark.parametrize("page", OF_PEOPLE, ids=str)
def test_who_is_signed_out_is_led_to_the_login(town: Flask, visit: Visit, things: Things, page: Page) -> None:
    with nothing_changes(town):
        answer = page.ask(visit(None), things)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login")


@pytest.mark.parametrize("page", INSIDE, ids=str)
def test_an_outsider_finds_nothing(town: Flask, visit: Visit, things: Things, page: Page) -> None:
    with nothing_changes(town):
        answer = page.ask(visit("charlie"), things)
        unknown = page.ask(visit("charlie"), things | {"project": "NOSUCH"})

    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert answer.text == unknown.text


@pytest.mark.parametrize(("page", "name"), FORBIDDEN, ids=str)
def test_who_may_see_but_not_do_it_is_told_so(town: Flask, visit: Visit, things: Things, page: Page, name: str) -> None:
    with nothing_changes(town):
        answer = page.ask(visit(name), things)

    assert (answer.status_code, answer.mimetype) == (403, "text/html")


@pytest.mark.parametrize("name", [*PEOPLE, None])
@pytest.mark.parametrize("page", FOR_ADMINS, ids=str)
def test_what_is_for_system_admins_is_for_nobody_else(
    town: Flask, visit: Visit, things: Things, page: Page, name: str | None
) -> None:
    answer = page.ask(visit(name), things)

    if name in ADMINS:
        assert answer.status_code == page.status
    elif name or page.rule == "/metrics":
        assert answer.status_code in {401, 403}
    else:
        assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, "/login")


@pytest.mark.parametrize(("page", "name"), ALLOWED, ids=str)
def test_who_may_do_it_can(visit: Visit, things: Things, page: Page, name: str) -> None:
    own_things = things if page.method == "GET" else things_with_numbers(visit("alice"))

    answer = page.ask(visit(name), own_things)

    assert answer.status_code == page.status


@pytest.mark.parametrize("page", [page for page in PAGES if page.who == SIGNED_IN], ids=str)
def test_what_needs_only_signing_in_is_there_for_an_outsider(
    sign_in: Callable[[str], FlaskClient], page: Page, things: Things
) -> None:
    answer = page.ask(sign_in("charlie"), things)

    assert answer.status_code == page.status


@pytest.mark.parametrize("page", [page for page in PAGES if page.who == PUBLIC], ids=str)
def test_what_is_public_is_there_for_who_is_signed_out(app: Flask, page: Page, things: Things) -> None:
    answer = page.ask(app.test_client(), things)

    assert answer.status_code == page.status


@pytest.mark.parametrize("name", ["alice", "sue"])
@pytest.mark.parametrize("page", [page for page in INSIDE if page.names_things], ids=str)
def test_what_belongs_to_another_project_is_not_found_here(
    town: Flask, visit: Visit, foreign: Things, page: Page, name: str
) -> None:
    with nothing_changes(town):
        answer = page.ask(visit(name), foreign)

    assert answer.status_code == 404


@pytest.mark.parametrize("page", FORMS, ids=str)
def test_a_form_that_another_site_sends_is_refused(town: Flask, visit: Visit, things: Things, page: Page) -> None:
    with nothing_changes(town):
        answer = page.ask(visit("alice"), things, headers={"Origin": "https://evil.example"})

    assert answer.status_code == 403

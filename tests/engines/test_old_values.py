"""A form shows the server's current values, however a browser restores the page; typed text stays typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from tests.engines.window import Window
from tests.support.server import Server

LIVE = "[data-connection=live]"
HARB = "/api/projects/HARB"
VALUE = "return document.querySelector(arguments[0]).value"
IS = f"{VALUE} === arguments[1]"
GO_AND_COME_BACK = (
    "const passed = (type) => dispatchEvent(new PageTransitionEvent(type, { persisted: true }));"
    "passed('pagehide'); passed('pageshow');"
)
"""The script that makes a page believe that its browser has kept it and shows it again."""
TOUCHED = """
  for (const field of document.querySelectorAll("main form :is(input:not([type=file]), select, textarea)")) {
    const { type, value, checked } = field;
    if (type === "checkbox" || type === "radio") [field.checked, field.checked] = [!checked, checked];
    else [field.value, field.value] = ["other", value];
  }
  dispatchEvent(new PageTransitionEvent("pagehide"));
"""
"""Every field was changed by hand or by script and has its initial value again; the page no longer receives events."""
TYPED = "return document.querySelector('main [data-draft-mark] button') !== null"


@dataclass(frozen=True)
class Changed:
    """A form with a value that somebody else changes.

    :param path: the page that it is on.
    :param field: selects the field.
    :param api: where the value is changed, and by which name.
    """

    path: str
    field: str
    api: str
    name: str
    values: tuple[Any, Any, Any]


def everything(sue: httpx.Client) -> list[Changed]:
    """Create one of each thing that has a form."""
    label = sue.post(f"{HARB}/labels", json={"name": "Quay"}).json()["id"]
    column = sue.get(f"{HARB}/columns").json()[0]["id"]
    bob = next(each["user"]["id"] for each in sue.get(f"{HARB}/members").json() if each["user"]["username"] == "bob")
    sue.post(f"{HARB}/tickets", json={"title": "Paint the pier"})
    ticket, names = "/projects/HARB/tickets/1", ("Ann", "Ben", "Cid")
    return [
        Changed(ticket, "[name=priority]", f"{HARB}/tickets/1", "priority", ("Critical", "Low", "High")),
        Changed(ticket, "[name=title]", f"{HARB}/tickets/1", "title", names),
        Changed(f"/projects/HARB/labels/{label}", "[name=name]", f"{HARB}/labels/{label}", "name", names),
        Changed(f"/projects/HARB/columns/{column}", "[name=name]", f"{HARB}/columns/{column}", "name", names),
        Changed("/projects/HARB/settings", "[name=description]", HARB, "description", names),
        Changed("/profile", "main [name=name]", "/api/me", "name", names),
        Changed(f"/admin/people/{bob}", "main [name=name]", f"/api/admin/users/{bob}", "name", names),
        Changed("/admin/settings", "[name=siteName]", "/api/admin/settings", "siteName", names),
    ]


def change(client: httpx.Client, one: Changed, value: Any) -> None:
    answer = client.patch(one.api, json={one.name: value})
    assert answer.is_success, answer.text


def test_a_reload_shows_what_the_server_says_and_takes_nothing_for_typed(
    server: Server, signed_in: Callable[[str], Window]
) -> None:
    sue = server.client("sue")
    window = signed_in("sue")
    for one in everything(sue):
        window.go(one.path)
        window.see(LIVE)
        window.ask(TOUCHED)
        change(sue, one, one.values[0])

        window.reload()
        window.see(LIVE)

        assert (one.path, window.ask(VALUE, one.field)) == (one.path, one.values[0])
        assert not window.ask(TYPED), one.path


def test_back_shows_what_the_server_says_and_takes_nothing_for_typed(
    server: Server, signed_in: Callable[[str], Window]
) -> None:
    sue = server.client("sue")
    window = signed_in("sue")
    for one in everything(sue):
        window.go(one.path)
        window.see(LIVE)
        window.go("/projects/new")
        window.see(LIVE)
        change(sue, one, one.values[1])

        window.back()

        window.wait(IS, one.field, one.values[1])
        assert not window.ask(TYPED), one.path


def test_what_is_typed_is_there_after_back(server: Server, signed_in: Callable[[str], Window]) -> None:
    server.client("alice").post(f"{HARB}/tickets", json={"title": "Paint the pier"})
    window = signed_in("alice")
    window.go("/projects/HARB/tickets/1")
    window.see(LIVE)
    window.fill("[name=title]", "Paint both piers")
    window.go("/projects/new")
    window.see(LIVE)
    server.client("bob").patch(f"{HARB}/tickets/1", json={"dueDate": "2027-01-01"})

    window.back()

    window.see("[data-ticket-notice]", "What you typed is kept")
    window.see("[name=title]", "Paint both piers")
    window.see("[data-draft-mark]", "Not saved yet")


def test_filters_say_after_back_what_they_hide(server: Server, signed_in: Callable[[str], Window]) -> None:
    for title in ("Paint the pier", "Oil the crane"):
        server.client("alice").post(f"{HARB}/tickets", json={"title": title})
    window = signed_in("alice")
    window.go("/projects/HARB/board")
    window.see(LIVE)
    window.fill("[data-search]", "pier")
    window.miss("[data-ticket]", "Oil the crane")
    window.go("/projects/new")
    window.see(LIVE)

    window.back()

    window.see(LIVE)
    window.see("[data-ticket]", "Paint the pier")
    window.miss("[data-ticket]", "Oil the crane")
    window.wait(IS, "[data-search]", "pier")


def test_what_a_browser_empties_soon_after_back_is_there_again(
    server: Server, signed_in: Callable[[str], Window]
) -> None:
    window = signed_in("alice")
    window.go("/projects/HARB/board")
    window.see(LIVE)
    window.fill("[data-search]", "pier")

    window.ask(
        GO_AND_COME_BACK + "const { form } = document.querySelector('[data-search]');"
        "setTimeout(() => { form.reset(); window.isEmptied = true; }, 300);"
    )
    window.wait("return window.isEmptied")

    window.wait(IS, "[data-search]", "pier")


def test_a_change_that_comes_while_a_browser_empties_forms_leaves_what_was_typed(
    server: Server, signed_in: Callable[[str], Window]
) -> None:
    server.client("alice").post(f"{HARB}/tickets", json={"title": "Paint the pier"})
    window = signed_in("alice")
    window.go("/projects/HARB/tickets/1")
    window.see(LIVE)
    window.fill("[name=title]", "Paint both piers")

    window.ask(
        GO_AND_COME_BACK + "const field = document.querySelector('[name=title]');"
        "const emptying = setInterval(() => { field.value = field.defaultValue; });"
        "setTimeout(() => clearInterval(emptying), 900);"
    )
    server.client("bob").patch(f"{HARB}/tickets/1", json={"title": "Paint no pier"})

    window.see("[data-ticket-notice]", "What you typed is kept")
    window.wait(IS, "[name=title]", "Paint both piers")
    window.see("[data-draft-mark]", "Not saved yet")

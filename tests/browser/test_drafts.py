"""Unsaved text is never lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.board import card, column, expect_live, sign_out
from tests.browser.conftest import Watch, Window, open_live
from tests.browser.network import intercept
from tests.browser.ticket import (
    describe,
    end_sessions,
    expect_nothing_stored,
    field,
    make,
    notice,
    open_ticket,
    save,
    shown,
    sign_in_again,
    stored,
)
from tests.support.server import Server

BOARD = "/projects/HARB/board"
FORMS = {
    "/projects/HARB/tickets/new": {"title": "A pier", "description": "Of *wood*", "newLabel": "quay", "estimate": "2h"},
    "/projects/new": {"name": "Bakery", "key": "BREAD", "description": "On the quay"},
    "/profile": {"name": "Robert", "email": "robert@example.org"},
    f"{BOARD}#": {"title": "Quickly"},
    "/projects/HARB/tickets/1": {"title": "A longer pier", "newLabel": "outside", "startDate": "2030-05-01"},
}
WORDS = {
    "title": "Paint the whole pier",
    "description": "Both *sides*",
    "type": "Bug",
    "priority": "Critical",
    "newLabel": "outside",
}
PLANS = {"storyPoints": "8", "estimate": "2d", "startDate": "2030-05-01", "dueDate": "2030-05-09"}
THEIR_WORDS = {"title": "Scrub the pier", "description": "One side", "type": "Story", "priority": "Low"}
THEIR_PLANS = {"storyPoints": 3, "estimate": "1h", "startDate": "2030-04-01", "dueDate": "2030-04-30"}
THEIR_LATER_PLANS = {"storyPoints": 5, "estimate": "4h", "startDate": "2030-04-02", "dueDate": "2030-04-29"}


def form(page: Page) -> str:
    """Name the form of a page that keeps drafts; on a board the first column's."""
    return "main form[data-draft] >> nth=0"


def write(page: Page, values: dict[str, str]) -> None:
    if "#" in page.url:
        column(page, "To Do").locator("[data-quick-add] summary").click()
    for name, value in values.items():
        page.locator(form(page)).locator(f"[name={name}]").fill(value)


def expect_typed(page: Page, values: dict[str, str]) -> None:
    for name, value in values.items():
        expect(page.locator(form(page)).locator(f"[name={name}]")).to_have_value(value)
    expect(page.locator(form(page)).locator("[data-draft-mark]")).to_be_visible()


@pytest.mark.parametrize("path", FORMS)
def test_what_is_typed_survives_a_reload_leaving_and_a_session_that_expired(
    server: Server, window: Window, watch: Watch, path: str
) -> None:
    watch.expect("401")
    make(server, "A pier")
    page = window("bob", path)
    write(page, FORMS[path])

    page.reload()
    expect_typed(page, FORMS[path])
    page.goto("/")
    page.goto(path)
    expect_typed(page, FORMS[path])
    end_sessions(server)
    page.reload()
    sign_in_again(page)
    expect_typed(page, FORMS[path])


def test_what_is_typed_about_columns_labels_and_people_survives_until_it_is_saved(
    server: Server, window: Window
) -> None:
    alice, home = server.client("alice"), "/projects/HARB"
    column_id = alice.get(f"/api{home}/columns").json()[2]["id"]
    label = alice.post(f"/api{home}/labels", json={"name": "quay"}).json()["id"]
    bobs_id = server.client("bob").get("/api/me").json()["id"]
    page = window("sue", "/admin/settings")
    for path, typed in {
        f"{home}/columns/new": {"name": "Waiting", "wipLimit": "3"},
        f"{home}/columns/{column_id}": {"name": "Looked at", "wipLimit": "4"},
        f"{home}/labels/{label}": {"name": "pier"},
        "/admin/people/new": {"name": "Eve", "username": "eve", "email": "eve@example.org"},
        f"/admin/people/{bobs_id}": {"name": "Robert", "email": "robert@example.org"},
        "/admin/settings": {"siteName": "Our harbour"},
    }.items():
        page.goto(path)
        write(page, typed)
        page.reload()
        expect_typed(page, typed)
        page.locator(form(page)).locator(".button--primary").click()
        expect(page.locator("[data-saved]")).to_be_visible()
        expect_nothing_stored(page)


def test_a_columns_new_name_survives_in_its_menu_its_settings_and_below_the_board(
    server: Server, window: Window
) -> None:
    page = window("alice")
    menu, settings = column(page, "Review").locator(".column__menu"), page.locator("[data-column-dialog]")
    opener = column(page, "Review").locator("[popovertarget]")
    opener.click()
    menu.locator("[name=name]").fill("Looked at")
    menu.locator("[data-column-open]").click()
    settings.locator("[name=name]").fill("Seen")
    page.keyboard.press("Escape")
    page.locator("[data-column-new] summary").click()
    page.locator("#new-column").fill("Waiting")
    page.reload()

    expect(page.locator("#new-column")).to_have_value("Waiting")
    opener.click()
    expect(menu.locator("[name=name]")).to_have_value("Looked at")
    menu.locator("[data-column-open]").click()
    expect(settings.locator("[name=name]")).to_have_value("Seen")
    assert len(stored(page)) == 3
    settings.get_by_role("button", name="Save column").click()
    expect(settings).to_be_hidden()
    page.locator("#new-column").press("Enter")
    column(page, "Seen").locator("[popovertarget]").click()
    column(page, "Seen").locator(".column__menu").get_by_role("button", name="Discard").click()

    expect_nothing_stored(page)
    expect(page.locator("[data-column-panel] [data-column-name]")).to_have_text(
        ["To Do", "In Progress", "Seen", "Done", "Waiting"]
    )


def test_every_field_of_a_ticket_survives_remote_updates_a_reload_and_an_expired_session(
    server: Server, window: Window, watch: Watch
) -> None:
    watch.expect("401")
    alice, bob = server.client("alice"), server.client("bob")
    quay, sea = (alice.post("/api/projects/HARB/labels", json={"name": each}).json()["id"] for each in ("quay", "sea"))
    harbour, town = (make(server, title)["id"] for title in ("Harbour", "Town"))
    alices_id, bobs_id = (each.get("/api/me").json()["id"] for each in (alice, bob))
    number = make(server, "Paint the pier")["number"]
    plans = PLANS | {"assigneeId": bobs_id, "parentId": harbour}
    page = window("bob")
    view = open_ticket(page, "Paint the pier")

    def type_in(values: dict[str, str]) -> None:
        for name, value in values.items():
            if field(view, name).evaluate("(field) => field.tagName") == "SELECT":
                field(view, name).select_option(value)
            else:
                field(view, name).fill(value)

    def expect_all(values: dict[str, str]) -> None:
        for name, value in values.items():
            expect(field(page, name)).to_have_value(value)
        expect(page.locator(f"#field-label-{quay}")).to_be_checked()
        expect(page.locator("[data-ticket-form] [data-draft-mark]")).to_contain_text("Not saved yet")

    def let_alice_change(fields: dict[str, Any], typed: dict[str, str]) -> None:
        assert alice.patch(f"/api/projects/HARB/tickets/{number}", json=fields).status_code == 200
        expect(view.locator("[data-ticket-notice]")).to_contain_text("Alice Lindqvist has just changed the")
        expect_all(typed)
        page.get_by_role("button", name="Show the new version").click()
        expect(view).to_have_attribute("data-version", str(shown(server, number)["version"]))
        expect_all(typed)

    describe(view, WORDS["description"])
    type_in(WORDS)
    view.locator(f"#field-label-{quay}").check()
    let_alice_change(THEIR_PLANS | {"assigneeId": alices_id, "parentId": town, "labelIds": [sea]}, WORDS)
    expect(field(view, "estimate")).to_have_value("1h")
    expect(page.locator(".clash")).to_have_count(0)
    type_in(plans)
    everything = WORDS | plans
    let_alice_change(THEIR_WORDS | THEIR_LATER_PLANS | {"assigneeId": None, "parentId": None}, everything)
    expect(page.locator(".clash")).to_have_count(10)
    page.reload()
    expect_all(everything)
    end_sessions(server)
    save(page)
    sign_in_again(page)
    expect_all(everything)
    save(page)
    expect(page.locator("[data-draft-mark]")).to_be_hidden()

    saved = shown(server, number)
    assert {name: str(saved[name]) for name in everything.keys() - {"newLabel"}} == {
        name: value for name, value in everything.items() if name != "newLabel"
    }
    assert [each["name"] for each in saved["labels"]] == ["outside", "quay", "sea"]
    assert stored(page) == []


def test_a_form_sent_after_the_session_expired_leads_back_to_what_was_typed(server: Server, window: Window) -> None:
    page = window("bob", "/projects/new")
    write(page, {"name": "Bakery", "key": "BREAD"})
    end_sessions(server)

    page.get_by_role("button", name="Create project").click()
    sign_in_again(page)

    expect(page).to_have_url(f"{server.url}/projects/new")
    expect_typed(page, {"name": "Bakery", "key": "BREAD"})


def test_what_was_sent_and_taken_is_forgotten_and_what_was_refused_is_not(
    server: Server, window: Window, watch: Watch
) -> None:
    watch.expect("409")
    page = window("bob", "/projects/new")
    write(page, {"name": "Bakery", "key": "HARB"})

    page.get_by_role("button", name="Create project").click()
    expect(page.locator("#field-key-error")).to_be_visible()
    page.locator("[name=description]").fill("On the quay")
    page.goto("/projects/new")
    expect_typed(page, {"name": "Bakery", "key": "HARB", "description": "On the quay"})
    page.locator("[name=key]").fill("BREAD")
    page.get_by_role("button", name="Create project").click()
    expect(page).to_have_url(f"{server.url}/projects/BREAD/board")

    expect_nothing_stored(page)


def test_what_is_typed_can_be_discarded_and_that_be_undone(server: Server, window: Window) -> None:
    make(server, "Paint the pier")
    page = window("bob", "/projects/HARB/tickets/1")
    field(page, "title").fill("Oil the crane")

    page.locator("[data-ticket-form] [data-draft-discard]").click()
    expect(field(page, "title")).to_have_value("Paint the pier")
    expect(page.locator("[data-draft-mark]")).to_be_hidden()
    assert stored(page) == []

    notice(page, "discarded").get_by_role("button", name="Undo").click()
    expect(field(page, "title")).to_have_value("Oil the crane")
    assert len(stored(page)) == 1


def test_another_account_on_the_same_browser_sees_nothing_of_it(
    server: Server, profile: Callable[..., BrowserContext]
) -> None:
    make(server, "Paint the pier")
    page = open_live(profile("bob"), "/projects/HARB/tickets/1")
    field(page, "title").fill("A secret")

    sign_out(page)
    sign_in_again(page, "alice")
    page.goto("/projects/HARB/tickets/1")

    expect(field(page, "title")).to_have_value("Paint the pier")
    page.goto(BOARD)
    expect(page.locator("[data-unsent]")).to_have_count(0)


def test_a_card_shows_that_something_is_typed_for_its_ticket(server: Server, window: Window) -> None:
    make(server, "Paint the pier")
    page = window("bob")
    view = open_ticket(page, "Paint the pier")
    describe(view, "Both *sides*")
    page.keyboard.press("Escape")
    notice(page, "not saved yet")
    marked = page.locator("[data-ticket][data-unsent]")
    expect(marked).to_have_count(1)

    server.client("alice").patch("/api/projects/HARB/tickets/1", json={"priority": "High"})
    expect(marked.locator('[data-field="priority"]')).to_have_text("High")
    page.reload()
    expect(marked).to_have_count(1)

    view = open_ticket(page, "Paint the pier")
    expect(field(view, "description")).to_have_value("Both *sides*")
    save(view)
    expect(marked).to_have_count(0)


def test_two_tabs_keep_in_step_about_the_same_ticket(server: Server, profile: Callable[..., BrowserContext]) -> None:
    make(server, "Paint the pier")
    bob = profile("bob")
    one, two = (open_live(bob, "/projects/HARB/tickets/1") for _ in range(2))

    field(one, "title").fill("Oil the crane")
    expect(field(two, "title")).to_have_value("Oil the crane")
    field(two, "title").fill("Oil the cranes")
    expect(field(one, "title")).to_have_value("Oil the cranes")
    save(two)

    expect(field(one, "title")).to_have_value("Oil the cranes")
    for page in (one, two):
        expect(page.locator("[data-draft-mark]")).to_be_hidden()


def test_what_was_typed_while_saving_is_kept_and_is_no_clash(server: Server, window: Window) -> None:
    make(server, "Paint the pier")
    page = window("bob", "/projects/HARB/tickets/1")
    field(page, "title").fill("Oil the crane")

    def type_on(route: Route) -> None:
        field(page, "title").fill("Oil it all")
        route.continue_()

    intercept(page, "**/api/projects/HARB/tickets/1", type_on)
    save(page)
    notice(page, "HARB-1 is saved")

    expect(field(page, "title")).to_have_value("Oil it all")
    expect(page.locator("[data-draft-mark]")).to_be_visible()
    expect(page.locator(".clash")).to_have_count(0)
    assert shown(server)["title"] == "Oil the crane"


def test_passwords_are_never_kept(window: Window) -> None:
    page = window("bob", "/profile")

    page.locator("[name=currentPassword]").fill("correct horse battery")
    page.locator("[name=newPassword]").fill("another horse battery")
    page.locator("[name=email]").fill("robert@example.org")

    [kept] = stored(page)
    assert "robert@example.org" in kept
    assert "horse" not in page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")


def test_old_drafts_go_and_there_are_never_more_than_a_hundred(window: Window) -> None:
    page = window("bob")
    page.evaluate(
        """() => {
          const [day, now] = [86_400_000, Date.now()]
          const keep = (name, at) => localStorage.setItem(`punt.draft.x.${name}`, JSON.stringify({at, fields: {}}))
          for (let number = 0; number < 150; number += 1) keep(`new${number}`, now - number)
          keep('old', now - 31 * day)
        }"""
    )

    page.reload()
    expect_live(page)

    kept = stored(page)
    assert len(kept) == 100
    assert any(".new0," in each for each in kept)
    assert not any(".old," in each or ".new100," in each for each in kept)


def test_a_full_store_costs_no_typed_text_on_the_page(server: Server, window: Window) -> None:
    make(server, "Paint the pier")
    page = window("bob", "/projects/HARB/tickets/1")
    page.evaluate("() => { Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError') } }")
    field(page, "title").fill("Oil the crane")

    server.client("alice").patch("/api/projects/HARB/tickets/1", json={"priority": "High"})
    page.get_by_role("button", name="Show the new version").click()

    expect(field(page, "priority")).to_have_value("High")
    expect(field(page, "title")).to_have_value("Oil the crane")


def test_a_draft_whose_field_somebody_else_changed_meanwhile_asks_which_counts(server: Server, window: Window) -> None:
    make(server, "Paint the pier")
    page = window("bob", "/projects/HARB/tickets/1")
    field(page, "title").fill("Oil the crane")
    field(page, "estimate").fill("2h")
    page.goto("/")
    server.client("alice").patch("/api/projects/HARB/tickets/1", json={"title": "Sell the crane", "priority": "High"})

    page.goto("/projects/HARB/tickets/1")

    clash = page.locator(".clash")
    expect(clash).to_have_count(1)
    expect(clash).to_contain_text("Oil the crane")
    expect(clash).to_contain_text("Sell the crane")
    page.reload()
    expect(clash).to_have_count(1)
    expect(field(page, "title")).to_have_value("Oil the crane")
    expect(field(page, "priority")).to_have_value("High")
    clash.locator("[value=theirs]").check()
    expect(field(page, "title")).to_have_value("Sell the crane")
    save(page)
    expect(page.locator("[data-draft-mark]")).to_be_hidden()

    saved = shown(server)
    assert (saved["title"], saved["estimate"], saved["priority"]) == ("Sell the crane", "2h", "High")


def test_a_card_is_found_again_after_a_draft_of_quick_add(server: Server, window: Window) -> None:
    page = window("bob", f"{BOARD}#")
    write(page, {"title": "Quickly"})
    page.reload()
    expect_typed(page, {"title": "Quickly"})

    page.locator(form(page)).locator("[name=title]").press("Enter")
    card(page, "Quickly").wait_for()

    expect_nothing_stored(page)

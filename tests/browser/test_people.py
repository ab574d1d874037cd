"""Members of a project, on open screens: invitations, roles, removal, and the labels of the settings page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.board import card, column
from tests.browser.conftest import Watch, Window
from tests.support.server import Server
from tests.support.wait import until

PROJECT = "/api/projects/HARB"
SETTINGS = "/projects/HARB/settings"
MOMENT = 1_000
"""Milliseconds within which a board closes."""


def row(page: Page, name: str) -> Locator:
    return page.locator("[data-live-list=members] > li", has_text=name)


def place_of(server: Server, username: str) -> str:
    """Return the address of somebody's membership of the project."""
    members = server.client("alice").get(f"{PROJECT}/members").json()
    return f"{PROJECT}/members/" + next(str(each["id"]) for each in members if each["user"]["username"] == username)


def lift(page: Page, title: str, name: str) -> None:
    """Drag a card over a column, and keep it there."""
    goal = column(page, name).locator("[data-column]").bounding_box()
    assert goal
    card(page, title).hover()
    page.mouse.down()
    page.mouse.move(goal["x"] + 60, goal["y"] + 10, steps=8)
    column(page, name).locator("[data-slot]").wait_for(state="attached")


@pytest.mark.alone
def test_one_who_is_removed_while_dragging_is_told_why_and_the_drop_does_not_land(
    server: Server, window: Window, watch: Watch
) -> None:
    watch.expect("404")
    ticket = server.client("alice").post(f"{PROJECT}/tickets", json={"title": "Paint the pier"}).json()
    alice, bob = window("alice", SETTINGS), window("bob")
    bobs = server.client("bob")
    lift(bob, "Paint the pier", "Done")

    row(alice, "Bob Keller").locator("summary").click()
    row(alice, "Bob Keller").get_by_role("button", name="Remove Bob Keller").click()
    expect(bob).to_have_url(f"{server.url}/", timeout=MOMENT)
    bob.mouse.up()

    expect(bob.locator("[data-toast-text]")).to_have_text("Alice Lindqvist took you off Harbour website.")
    expect(bob.locator("[data-project-item]")).to_have_count(0)
    expect(row(alice, "Bob Keller")).to_have_count(0)
    assert bobs.patch(f"{PROJECT}/tickets/{ticket['id']}", json={"title": "Mine"}).status_code == 404
    assert server.client("alice").get(f"{PROJECT}/tickets/{ticket['id']}").json() == ticket


@pytest.mark.alone
def test_a_drop_in_the_moment_of_the_removal_does_not_land(server: Server, window: Window, watch: Watch) -> None:
    watch.expect("404")
    alice = server.client("alice")
    ticket = alice.post(f"{PROJECT}/tickets", json={"title": "Paint the pier"}).json()
    address, bob = place_of(server, "bob"), window("bob")
    lift(bob, "Paint the pier", "Done")

    assert alice.delete(address).status_code == 204
    bob.mouse.up()

    expect(bob).to_have_url(f"{server.url}/", timeout=MOMENT)
    expect(bob.locator("[data-toast-text]")).to_have_text("Alice Lindqvist took you off Harbour website.")
    assert alice.get(f"{PROJECT}/tickets/{ticket['id']}").json() == ticket


def test_one_who_is_let_in_sees_the_project_appear_and_open_settings_follow(server: Server, window: Window) -> None:
    alice, adam, charlie = window("alice", SETTINGS), window("adam", SETTINGS), window("charlie", "/")
    adam.evaluate("window.notReloaded = true")
    adam.locator("[name=username]").fill("half a na")
    adam.locator("[name=username]").focus()

    alice.locator("[name=username]").fill("charlie")
    alice.locator("#field-role").select_option("viewer")
    alice.get_by_role("button", name="Add member").click()
    expect(charlie.locator("[data-project-name]")).to_have_text("Harbour website")
    expect(row(adam, "Charlie Moreau").locator("select")).to_have_value("viewer")

    row(alice, "Charlie Moreau").locator("select").select_option("owner")
    row(alice, "Charlie Moreau").get_by_role("button", name="Change").click()
    expect(row(adam, "Charlie Moreau")).to_contain_text("Owner")
    expect(row(adam, "Charlie Moreau").locator("select")).to_have_count(0)
    expect(adam.locator("[name=username]")).to_be_focused()
    expect(adam.locator("[name=username]")).to_have_value("half a na")
    assert adam.evaluate("window.notReloaded")


def test_what_one_may_no_longer_do_goes_from_the_open_page_and_what_is_typed_stays_while_it_can(
    server: Server, window: Window
) -> None:
    alice, adam = server.client("alice"), window("adam", SETTINGS)
    adam.locator("[name=description]").fill("Half a sentence")

    alice.patch(PROJECT, json={"name": "Harbour", "color": "#7a3ff2"})
    expect(adam.locator("[name=name]").first).to_have_value("Harbour")
    expect(adam.locator("[value='#7a3ff2']")).to_be_checked()
    expect(adam.locator("[name=description]")).to_have_value("Half a sentence")

    alice.patch(place_of(server, "adam"), json={"role": "viewer"})
    expect(adam.locator("form[action$='/settings']")).to_have_count(0)
    expect(adam.get_by_text("Add a member")).to_have_count(0)
    expect(row(adam, "Adam Okafor").locator("summary")).to_have_text("Leave…")


def test_an_open_board_offers_what_its_person_may_do_now(server: Server, window: Window) -> None:
    alice, bob = server.client("alice"), window("bob")
    column(bob, "To Do").locator("[data-quick-add] summary").click()
    column(bob, "To Do").locator("[data-quick-add] [name=title]").fill("Half a title")
    place = place_of(server, "bob")

    alice.patch(place, json={"role": "viewer"})
    expect(bob.locator("[data-toast-text]")).to_have_text("Your role in Harbour website is viewer now.")
    expect(bob.locator("[data-quick-add]")).to_have_count(0)

    alice.patch(place, json={"role": "admin"})
    expect(bob.locator("[data-column-new]")).to_be_visible()
    expect(column(bob, "To Do").locator("[data-quick-add] [name=title]")).to_have_value("Half a title")


def test_a_new_label_is_among_the_filters_of_open_boards_and_a_merged_one_on_its_cards(
    server: Server, window: Window
) -> None:
    alice, bob = server.client("alice"), window("bob")
    bob.evaluate("window.notReloaded = true")
    facet = bob.locator("[popovertarget=facet-label]")
    expect(facet).to_be_hidden()

    quay, pier = (alice.post(f"{PROJECT}/labels", json={"name": name}).json()["id"] for name in ("quay", "pier"))
    alice.post(f"{PROJECT}/tickets", json={"title": "Paint it", "labelIds": [quay]})
    alice.post(f"{PROJECT}/tickets", json={"title": "Sell it"})
    facet.click()
    bob.locator(f"[name=label][value='{quay}']").check()
    expect(card(bob, "Sell it")).to_be_hidden()
    expect(card(bob, "Paint it")).to_be_visible()
    bob.locator(f"[name=label][value='{quay}']").uncheck()

    alice.post(f"{PROJECT}/labels/{quay}/merge", json={"into": pier})
    expect(card(bob, "Paint it").locator("[data-label-name]")).to_have_text("pier")
    until(lambda: bob.locator("[name=label]").count() == 1, what="the merged label to go from the filters")
    assert bob.evaluate("window.notReloaded")

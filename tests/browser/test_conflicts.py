"""Two people at the same ticket: nobody's change is overwritten unseen, and no typed text is lost."""

from __future__ import annotations

import random
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.board import add, card, column, drag, titles
from tests.browser.conftest import Watch, Window
from tests.browser.network import cut_off, divert
from tests.browser.ticket import TICKETS, describe, field, make, notice, open_ticket, save, shown
from tests.support.server import Server
from tests.support.wait import until

ROUNDS = 8


def change(server: Server, number: int = 1, /, **fields: Any) -> dict[str, Any]:
    """Let Alice change a ticket."""
    answer = server.client("alice").patch(f"{TICKETS}/{number}", json=fields)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def deafen(page: Page) -> None:
    """Keep a page from receiving other people's changes."""
    page.route("**/api/events**", lambda route: route.abort())
    page.reload()


def test_who_changes_other_fields_gets_what_they_want_and_so_do_the_others(server: Server, window: Window) -> None:
    make(server, "Paint the pier")
    page = window("bob", "/projects/HARB/tickets/1")
    field(page, "title").fill("Paint the whole pier")
    change(server, priority="High", estimate="2h")

    save(page)
    notice(page, "HARB-1 is saved")

    expect(page.locator(".clash")).to_have_count(0)
    expect(field(page, "priority")).to_have_value("High")
    saved = shown(server)
    assert (saved["title"], saved["priority"], saved["estimate"]) == ("Paint the whole pier", "High", "2h")


def test_labels_added_by_one_and_taken_away_by_another_are_both_as_wanted(server: Server, window: Window) -> None:
    alice = server.client("alice")
    ids = [alice.post("/api/projects/HARB/labels", json={"name": name}).json()["id"] for name in ("quay", "sea", "sun")]
    make(server, "Paint the pier", labelIds=ids[:2])
    page = window("bob", "/projects/HARB/tickets/1")
    page.locator(f"#field-label-{ids[2]}").check()
    change(server, labelIds=ids[:1])

    save(page)
    notice(page, "HARB-1 is saved")

    assert [label["name"] for label in shown(server)["labels"]] == ["quay", "sun"]


def test_the_same_fields_are_shown_side_by_side_and_chosen_one_by_one(server: Server, window: Window) -> None:
    make(server, "Paint the pier", description="As it was")
    page = window("bob")
    view = open_ticket(page, "Paint the pier")
    describe(view, "As Bob\nwants it")
    field(view, "title").fill("Bob's pier")
    field(view, "priority").select_option("Low")
    field(view, "storyPoints").fill("3")
    change(server, title="Alice's pier", description="As Alice wants it", priority="High", estimate="2h")
    expect(view.locator("[data-ticket-notice]")).to_contain_text("Alice Lindqvist has just changed the")
    expect(view.locator("[data-ticket-notice]")).to_have_role("status")

    save(view)

    clashes = page.locator("dialog .clash")
    expect(clashes).to_have_count(3)
    expect(page.locator("dialog [data-ticket-notice]")).to_contain_text("nothing is saved yet")
    expect(page.locator("dialog [data-ticket-notice]")).to_have_role("alert")
    names = clashes.locator("[data-clash-name]").all_inner_texts()
    assert [name.strip() for name in names] == ["Title", "Description", "Priority"]
    assert clashes.nth(1).locator("[data-clash-text]").all_text_contents() == ["As Bob\nwants it", "As Alice wants it"]
    assert clashes.nth(2).locator("[data-clash-text]").all_text_contents() == ["Low", "High"]
    expect(clashes.first).to_contain_text("Alice Lindqvist")
    assert shown(server)["title"] == "Alice's pier"
    clashes.nth(0).locator("[value=theirs]").check()
    clashes.nth(2).locator("[value=theirs]").check()
    clashes.nth(2).locator("[value=mine]").check()
    save(page.locator("dialog"))
    notice(page, "HARB-1 is saved")

    saved = shown(server)
    assert saved["title"] == "Alice's pier"
    assert saved["description"] == "As Bob\nwants it"
    assert (saved["priority"], saved["estimate"], saved["storyPoints"]) == ("Low", "2h", 3)


def test_both_typing_the_same_is_no_clash(server: Server, window: Window) -> None:
    make(server, "Paint the pier")
    page = window("bob", "/projects/HARB/tickets/1")
    field(page, "title").fill("Oil the crane")
    field(page, "estimate").fill("2h")
    change(server, title="Oil the crane")

    save(page)
    notice(page, "HARB-1 is saved")

    assert (shown(server)["title"], shown(server)["estimate"]) == ("Oil the crane", "2h")


def test_whatever_two_people_change_at_once_each_field_is_as_one_of_them_wanted(
    server: Server, window: Window, watch: Watch
) -> None:
    watch.expect("409")  # of a save that is on its way before the other's change is shown
    make(server, "Paint the pier")
    page, dice = window("bob", "/projects/HARB/tickets/1"), random.Random(7)
    values = {
        "title": ["Tar", "Rope", "Mast"],
        "priority": ["Low", "High", "Critical"],
        "estimate": ["1h", "2h", "3h"],
        "type": ["Bug", "Story", "Epic"],
        "dueDate": ["2030-05-01", "2030-05-02", "2030-05-03"],
    }

    for turn in range(ROUNDS):
        was = shown(server)
        free = {name: [each for each in some if each != was[name]] for name, some in values.items()}
        bobs, alices = (
            {name: dice.choice(free[name]) for name in dice.sample(sorted(free), dice.randint(1, 4))} for _ in range(2)
        )
        for name, value in bobs.items():
            if name in ("priority", "type"):
                field(page, name).select_option(value)
            else:
                field(page, name).fill(value)
        theirs = change(server, **alices)
        wanted = was | alices | bobs
        clashing = [name for name in bobs if name in alices and alices[name] != bobs[name]]
        save(page)
        if clashing:
            expect(page.locator(".clash")).to_have_count(len(clashing))
            for name in clashing:
                side = dice.choice(["mine", "theirs"])
                page.locator(f"input[name=clash-{name}][value={side}]").check()
                wanted[name] = (bobs if side == "mine" else alices)[name]
            save(page)
        until(lambda: page.locator("[data-draft-mark]").is_hidden(), what=f"round {turn} to be saved")
        expect(page.locator("[data-ticket-view]")).to_have_attribute("data-version", str(shown(server)["version"]))

        saved = shown(server)
        assert {name: saved[name] for name in values} == {name: wanted[name] for name in values}, turn
        assert saved["version"] >= theirs["version"]
        for name in values:
            expect(field(page, name)).to_have_value(saved[name] or "")


def test_what_others_change_is_shown_live_with_their_name_while_nothing_is_typed(
    server: Server, window: Window
) -> None:
    make(server, "Paint the pier")
    page = window("bob")
    view = open_ticket(page, "Paint the pier")

    change(server, title="Oil the crane")

    expect(field(view, "title")).to_have_value("Oil the crane")
    expect(view.locator("[data-ticket-news]")).to_contain_text("Alice Lindqvist has just changed the title")
    expect(view.locator("[data-fresh]")).to_have_count(1)


def test_a_ticket_deleted_under_ones_hands_is_said_and_what_was_typed_comes_back_with_it(
    server: Server, window: Window
) -> None:
    make(server, "Paint the pier")
    page, alice = window("bob"), server.client("alice")
    view = open_ticket(page, "Paint the pier")
    field(view, "title").fill("Oil the crane")

    alice.delete(f"{TICKETS}/1")
    expect(view.locator("[data-ticket-notice]")).to_contain_text("Alice Lindqvist has deleted this ticket")
    expect(view.locator("[data-ticket-notice]")).to_have_role("status")
    expect(view.get_by_role("button", name="Save changes")).to_be_disabled()
    alice.post("/api/projects/HARB/bin/1/restore")

    expect(view.get_by_role("button", name="Save changes")).to_be_enabled()
    expect(field(view, "title")).to_have_value("Oil the crane")
    save(view)
    until(lambda: shown(server)["title"] == "Oil the crane", what="the title")


def test_an_edit_that_gets_nowhere_stays_typed_and_can_be_tried_again(
    server: Server, window: Window, watch: Watch
) -> None:
    watch.expect("ERR_FAILED")
    make(server, "Paint the pier")
    page = window("bob", "/projects/HARB/tickets/1")
    field(page, "title").fill("Oil the crane")
    cut_off(page, "PATCH")

    save(page)
    again = page.get_by_role("button", name="Retry")
    again.wait_for()
    expect(field(page, "title")).to_have_value("Oil the crane")
    page.unroute_all()
    again.click()
    notice(page, "HARB-1 is saved")

    assert shown(server)["title"] == "Oil the crane"


def test_a_card_whose_move_fails_goes_where_the_server_says_it_is_now_and_can_be_moved_again(
    server: Server, window: Window, watch: Watch
) -> None:
    watch.expect("ERR_FAILED")
    make(server, "Paint the pier")
    page = window("bob")
    review = server.client("alice").get("/api/projects/HARB/columns").json()[2]["id"]

    def meanwhile(route: Route) -> None:
        change(server, columnId=review)
        route.abort()

    divert(page, "PATCH", meanwhile)
    drag(page, "Paint the pier", "Done")
    expect(card(column(page, "Review"), "Paint the pier")).to_have_count(1)
    expect(page.locator("[data-pending]")).to_have_count(0)
    page.unroute_all()
    notice(page, "was not moved").get_by_role("button", name="Retry").click()

    expect(card(column(page, "Done"), "Paint the pier")).to_have_count(1)
    until(lambda: shown(server)["columnId"] != review, what="the second try")


def test_a_card_that_could_not_be_added_stays_typed_and_can_be_tried_again(
    server: Server, window: Window, watch: Watch
) -> None:
    watch.expect("ERR_FAILED")
    page = window("bob")
    cut_off(page, "POST")
    panel = column(page, "To Do")
    panel.locator("summary").click()
    panel.locator("[name=title]").fill("Paint the pier")
    panel.locator("[name=title]").press("Enter")
    failed = notice(page, "was not added")
    expect(failed).to_have_role("alert")
    expect(panel.locator("[name=title]")).to_have_value("Paint the pier")

    page.unroute_all()
    failed.get_by_role("button", name="Retry").click()

    card(page, "Paint the pier").wait_for()
    expect(panel.locator("[name=title]")).to_have_value("")
    assert len(server.client("alice").get(TICKETS).json()) == 1


@pytest.fixture
def held(server: Server, window: Window) -> Page:
    """A board on which Bob is dragging a card."""
    make(server, "Oil the crane")
    make(server, "Paint the pier")
    page = window("bob")
    card(page, "Paint the pier").hover()
    goal = column(page, "Review").bounding_box()
    assert goal
    page.mouse.down()
    page.mouse.move(goal["x"] + 90, goal["y"] + 80, steps=6)
    expect(column(page, "Review").locator("[data-slot]")).to_be_attached()
    return page


def test_a_remote_change_of_the_card_in_the_air_waits_for_the_drop(server: Server, held: Page) -> None:
    columns = server.client("alice").get("/api/projects/HARB/columns").json()

    change(server, 2, title="Paint the whole pier", columnId=columns[3]["id"])
    change(server, 1, title="Oil it all")
    card(held, "Oil it all").wait_for()

    expect(card(held, "Paint the pier")).to_have_attribute("data-lifted", "")
    held.mouse.up()
    expect(card(column(held, "Review"), "Paint the whole pier")).to_have_count(1)
    until(lambda: shown(server, 2)["columnId"] == columns[2]["id"], what="the drop")


def test_a_remote_change_of_the_card_in_the_air_counts_when_the_drag_is_given_up(server: Server, held: Page) -> None:
    columns = server.client("alice").get("/api/projects/HARB/columns").json()
    change(server, 2, columnId=columns[3]["id"])
    change(server, 1, title="Oil it all")
    card(held, "Oil it all").wait_for()

    held.keyboard.press("Escape")
    held.mouse.up()

    expect(card(column(held, "Done"), "Paint the pier")).to_have_count(1)


def test_deleting_the_card_in_the_air_ends_the_drag_with_a_notice(server: Server, held: Page) -> None:
    server.client("alice").delete(f"{TICKETS}/2")

    notice(held, "has just been deleted")
    expect(held.locator("[data-slot], [data-lifted], [data-dragging]")).to_have_count(0)
    held.mouse.up()

    assert titles(held, "Review") == []
    add(held, "Review", "The board still works")


def test_who_heard_nothing_of_the_other_is_asked_all_the_same(server: Server, window: Window, watch: Watch) -> None:
    watch.expect("ERR_FAILED")
    watch.expect("409")
    make(server, "Paint the pier")
    page = window("bob", "/projects/HARB/tickets/1")
    deafen(page)
    field(page, "title").fill("Bob's pier")
    field(page, "estimate").fill("2h")
    change(server, title="Alice's pier", priority="High")

    save(page)

    expect(page.locator(".clash")).to_have_count(1)
    expect(page.locator(".clash")).to_contain_text("Someone else")
    expect(page.locator(".clash")).to_contain_text("Alice's pier")
    page.locator(".clash [value=theirs]").check()
    save(page)
    notice(page, "HARB-1 is saved")

    saved = shown(server)
    assert (saved["title"], saved["priority"], saved["estimate"]) == ("Alice's pier", "High", "2h")

"""Filters on a board: what they hide, for whom, and how they combine with other people's changes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.board import add, card, column, expect_live, expect_state
from tests.browser.conftest import Window, open_live
from tests.browser.network import until_told
from tests.support.server import Server

TICKETS = "/api/projects/HARB/tickets"
BOARD = "/projects/HARB/board"
SHOWN = "[data-ticket]:not([hidden]) [data-field=title]"
QUERIES = (
    "q=PIER",
    "q=harb-2",
    "q=quay+crane",
    "q=nowhere",
    "type=Bug&type=Story",
    "priority=High&type=Bug",
    "assignee=me",
    "assignee=unassigned&assignee=me",
    "due=overdue",
    "due=today&due=none",
    "due=week",
    "label=none-such",
    "label={label}&q=oil",
    "assignee={alice}&due=overdue",
)


def day(left: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=left)).isoformat()


def fill(server: Server) -> dict[str, str]:
    """Put tickets of every kind onto the board; return ids for queries."""
    alice, bob = server.client("alice"), server.client("bob")
    label = alice.post("/api/projects/HARB/labels", json={"name": "Quay"}).json()["id"]
    people = {name: client.get("/api/me").json()["id"] for name, client in (("alice", alice), ("bob", bob))}
    done = alice.get("/api/projects/HARB/columns").json()[3]["id"]
    for ticket in (
        {"title": "Paint the pier", "type": "Bug", "priority": "High", "dueDate": day(-1)},
        {"title": "Oil the crane", "labelIds": [label], "assigneeId": people["bob"], "dueDate": day(0)},
        {"title": "Sweep the pier", "type": "Story", "assigneeId": people["alice"], "dueDate": day(6)},
        {"title": "Count the gulls", "type": "Bug", "dueDate": day(-20)},
        {"title": "Sink the buoy", "columnId": done, "assigneeId": people["alice"], "dueDate": day(-2)},
    ):
        assert alice.post(TICKETS, json=ticket).status_code == 201
    return people | {"label": label}


def shown(page: Page) -> list[str]:
    return page.locator(SHOWN).all_text_contents()


def test_filters_hide_at_once_count_what_they_hide_and_can_be_shared_and_cleared(
    server: Server, window: Window
) -> None:
    fill(server)
    page = window("bob")

    page.locator("[data-search]").fill("pier")
    expect(page.locator(SHOWN)).to_have_text(["Paint the pier", "Sweep the pier"])
    expect(column(page, "To Do").locator(".column__count")).to_contain_text("2 of 4")
    expect(page.locator("[data-filters] output")).to_have_text("2 of 5")
    page.get_by_role("button", name="Type").click()
    page.locator("input[value=Story]").check()
    expect(page.locator(SHOWN)).to_have_text(["Sweep the pier"])
    expect(page).to_have_url(f"{server.url}{BOARD}?q=pier&type=Story")

    shared = window("alice", f"{BOARD}?q=pier&type=Story")
    expect(shared.locator(SHOWN)).to_have_text(["Sweep the pier"])
    expect(shared.locator("[data-search]")).to_have_value("pier")

    page.keyboard.press("Escape")
    page.locator("[data-search]").fill("nothing of this kind")
    expect(page.locator("[data-filter-nothing]")).to_be_visible()
    page.get_by_text("Clear filters").click()
    expect(page.locator(SHOWN)).to_have_count(5)
    expect(page.locator("[data-filter-nothing]")).to_be_hidden()
    expect(page.locator("[data-filters] output")).to_be_hidden()
    expect(page).to_have_url(f"{server.url}{BOARD}")


def test_server_and_client_let_the_same_through(server: Server, window: Window) -> None:
    named = fill(server)
    page = window("bob")

    for query in QUERIES:
        address = f"{BOARD}?{query.format(**named)}"
        answered = server_shows(server.client("bob"), address)
        page.goto(address)
        page.locator("[data-search]").dispatch_event("input")
        assert shown(page) == answered, query

    assert server_shows(server.client("bob"), f"{BOARD}?q=pier") == ["Paint the pier", "Sweep the pier"]
    assert server_shows(server.client("bob"), f"{BOARD}?due=overdue") == ["Paint the pier", "Count the gulls"]


def server_shows(client: httpx.Client, address: str) -> list[str]:
    cards = re.findall(r'<li class="card"([^>]*)>.*?data-field="title">([^<]*)<', client.get(address).text, re.DOTALL)
    return [title for attributes, title in cards if not attributes.endswith(" hidden") and title]


def test_what_others_change_comes_and_goes_with_the_filters_but_never_under_ones_hands(
    server: Server, window: Window
) -> None:
    fill(server)
    alice = server.client("alice")
    page = window("bob", f"{BOARD}?q=pier")

    alice.patch(f"{TICKETS}/2", json={"title": "Oil the pier's crane"})
    expect(card(page, "Oil the pier's crane")).to_be_visible()
    alice.post(TICKETS, json={"title": "Bless the pier"})
    expect(card(page, "Bless the pier")).to_be_visible()
    alice.post(TICKETS, json={"title": "Something else"})
    expect(card(page, "Something else")).to_be_hidden()
    expect(page.locator("[data-filters] output")).to_have_text("4 of 7")

    card(page, "Paint the pier").locator("[data-open]").focus()
    alice.patch(f"{TICKETS}/1", json={"title": "Paint the mole"})
    expect(card(page, "Paint the mole")).to_be_visible()
    page.locator("[data-search]").focus()
    expect(card(page, "Paint the mole")).to_be_hidden()

    add(page, "Review", "Mine, of another kind")
    expect(card(page, "Mine, of another kind")).to_be_visible()
    page.locator("[data-search]").focus()
    expect(card(page, "Mine, of another kind")).to_be_hidden()


def test_a_label_that_somebody_deletes_is_asked_for_no_longer(server: Server, window: Window) -> None:
    label = fill(server)["label"]
    page = window("bob", f"{BOARD}?q=the&label={label}")
    expect(page.locator(SHOWN)).to_have_text(["Oil the crane"])

    server.client("alice").delete(f"/api/projects/HARB/labels/{label}")

    expect(page.locator(SHOWN)).to_have_count(5)
    expect(page).to_have_url(f"{server.url}{BOARD}?q=the")
    expect(page.get_by_role("button", name="Label", exact=True)).to_be_hidden()


def test_who_comes_and_goes_is_offered_as_assignee_and_no_longer(server: Server, window: Window) -> None:
    fill(server)
    alice = server.client("alice")
    page = window("bob")
    page.get_by_role("button", name="Assignee").click()
    sheet = page.locator("[data-facet=assignee]")

    member = alice.post("/api/projects/HARB/members", json={"username": "charlie", "role": "member"}).json()
    sheet.get_by_label(member["user"]["name"]).check()
    expect(page.locator("[data-filter-nothing]")).to_be_visible()
    alice.patch(f"{TICKETS}/1", json={"assigneeId": member["user"]["id"]})
    expect(page.locator(SHOWN)).to_have_text(["Paint the pier"])
    server.client("charlie").patch("/api/me", json={"name": "Charles"})
    expect(sheet.get_by_label("Charles")).to_be_checked()
    alice.delete(f"/api/projects/HARB/members/{member['id']}")

    expect(page.locator(SHOWN)).to_have_count(5)
    expect(sheet.get_by_label("Charles")).to_have_count(0)
    expect(page).to_have_url(f"{server.url}{BOARD}")


def test_a_board_fetched_anew_keeps_its_filters(server: Server, profile: Callable[..., BrowserContext]) -> None:
    fill(server)
    context = profile("bob")
    context.route("**/api/events*", lambda route: route.continue_(url=re.sub(r"Id=[^&]*", "Id=x", route.request.url)))

    page = context.new_page()
    with page.expect_response(lambda response: response.url == f"{server.url}{BOARD}"):
        page.goto(f"{BOARD}?q=pier")
    server.client("alice").post(TICKETS, json={"title": "A last one"})

    card(page, "A last one").wait_for(state="attached")
    expect(page.locator(SHOWN)).to_have_text(["Paint the pier", "Sweep the pier"])
    expect(page).to_have_url(f"{server.url}{BOARD}?q=pier")


def test_a_board_is_live_when_it_has_been_fetched_anew_and_not_before(
    server: Server, profile: Callable[..., BrowserContext]
) -> None:
    context = profile("bob")
    context.route("**/api/events*", lambda route: route.continue_(url=re.sub(r"Id=[^&]*", "Id=x", route.request.url)))
    page = context.new_page()
    held: list[Route] = []
    page.route(
        f"{server.url}{BOARD}",
        lambda route: route.continue_() if route.request.is_navigation_request() else held.append(route),
    )
    page.goto(BOARD)

    until_told(page, lambda: held, what="the board to be fetched anew")
    server.client("alice").post(TICKETS, json={"title": "Heard meanwhile"})
    card(page, "Heard meanwhile").wait_for(state="attached")
    expect_state(page, "reconnecting")
    held[0].continue_()

    expect_live(page)


def test_a_board_fetched_anew_offers_the_labels_and_people_of_now(
    server: Server, profile: Callable[..., BrowserContext]
) -> None:
    label = fill(server)["label"]
    context, alice = profile("bob"), server.client("alice")
    context.route("**/api/events*", lambda route: route.continue_(url=re.sub(r"Id=[^&]*", "Id=x", route.request.url)))
    query = f"{BOARD}?q=the&label={label}&assignee=me"
    before = context.request.get(query)
    later = alice.post("/api/projects/HARB/labels", json={"name": "Later"}).json()
    alice.post("/api/projects/HARB/members", json={"username": "charlie", "role": "member"})
    alice.delete(f"/api/projects/HARB/labels/{label}")
    page = context.new_page()
    held: list[Route] = []
    page.route(f"{server.url}{query}", lambda route: route.fulfill(response=before), times=1)
    page.route(f"{server.url}{BOARD}", lambda route: held.append(route), times=1)
    labels, people = page.locator("[data-facet=label]"), page.locator("[data-facet=assignee]")

    with page.expect_request(f"{server.url}{BOARD}"):
        page.goto(query)
    page.get_by_role("button", name="Assignee").click()
    people.get_by_label("Me").focus()
    answer = context.request.get(BOARD)
    meanwhile = alice.post("/api/projects/HARB/labels", json={"name": "Meanwhile"}).json()
    alice.post("/api/projects/HARB/members", json={"username": "sue", "role": "member"})
    expect(people.get_by_label("Sue Admin")).to_be_attached()
    held[0].fulfill(response=answer)

    expect(labels.locator("input")).to_have_count(2)
    assert {box.input_value() for box in labels.locator("input").all()} == {later["id"], meanwhile["id"]}
    expect(people.locator("input:checked")).to_have_value("me")
    expect(people.get_by_label("Me")).to_be_focused()
    expect(people.get_by_label("Charlie")).to_have_count(1)
    expect(people.get_by_label("Sue Admin")).to_have_count(1)
    expect(page).to_have_url(f"{server.url}{BOARD}?q=the&assignee=me")


def test_on_a_phone_and_without_javascript_filters_work_too(
    server: Server, profile: Callable[..., BrowserContext]
) -> None:
    fill(server)
    phone = open_live(profile("bob", viewport={"width": 390, "height": 844}, has_touch=True))
    plain = profile("bob", java_script_enabled=False).new_page()

    expect(phone.locator("input[value=Bug]")).to_be_hidden()
    phone.locator("[data-filters]").get_by_role("button", name="Filters").tap()
    phone.locator("input[value=Bug]").tap()
    phone.keyboard.press("Escape")
    expect(phone.locator(SHOWN)).to_have_text(["Paint the pier", "Count the gulls"])
    assert phone.evaluate("document.documentElement.scrollWidth") == 390

    plain.goto(BOARD)
    plain.locator("[data-search]").fill("pier")
    plain.get_by_role("button", name="Type").click()
    plain.locator("input[value=Bug]").check()
    plain.keyboard.press("Escape")
    plain.get_by_role("button", name="Show", exact=True).click()
    expect(plain.locator(SHOWN)).to_have_text(["Paint the pier"])
    plain.get_by_text("Clear filters").click()
    expect(plain.locator(SHOWN)).to_have_count(5)


def test_the_filter_finds_a_word_however_it_is_composed(server: Server, window: Window) -> None:
    for title in ("My Résumé", "A Re\u0301sume\u0301", "Resume work"):
        server.client("alice").post(TICKETS, json={"title": title})
    page = window("bob")

    for word in ("résumé", "re\u0301sume\u0301"):
        page.locator("[data-filters] [name=q]").fill(word)
        expect(page.locator(SHOWN)).to_have_count(2)
        page.reload()
        expect(page.locator(SHOWN)).to_have_count(2)

"""What is easily overlooked: what is done is never late, and nothing overflows a narrow or zoomed window."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.board import card, drag
from tests.browser.conftest import Window
from tests.support.server import Server

HARB = "/api/projects/HARB"
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
WIDTHS = {"phone": 360, "zoomed": 720, "wide": 2560}


def overflow(page: Page) -> int:
    """Return by how many pixels a page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def test_a_card_that_comes_to_done_says_its_day_and_not_how_late_it_is(window: Window, server: Server) -> None:
    server.client("alice").post(f"{HARB}/tickets", json={"title": "Paint the pier", "dueDate": "2020-03-05"})
    alice, bob = window("alice"), window("bob")
    due = card(bob, "Paint the pier").locator("[data-field=due]")
    expect(due).to_contain_text("days late")

    drag(alice, "Paint the pier", "Done")

    for page in (alice, bob):
        due = card(page, "Paint the pier").locator("[data-field=due]")
        expect(due).to_have_text("5 Mar 2020")
        expect(due).to_have_attribute("data-due", "later")
        expect(card(page, "Paint the pier")).to_have_attribute(
            "aria-label", "HARB-1, Task, Paint the pier, Medium priority, due 5 Mar 2020"
        )
    bob.reload()
    expect(due).to_have_text("5 Mar 2020")
    expect(due).to_have_attribute("data-due", "later")


@pytest.mark.parametrize("asleep", [False, True])
def test_a_board_left_open_over_midnight_says_anew_when_its_cards_are_due(
    server: Server, profile: Callable[..., BrowserContext], *, asleep: bool
) -> None:
    midnight = datetime.combine(datetime.now(UTC).date() + timedelta(days=1), time(), UTC)
    for title, left in (("First, due Today", 0), ("Second", 1), ("Third", -1)):
        day = (datetime.now(UTC).date() + timedelta(days=left)).isoformat()
        server.client("alice").post(f"{HARB}/tickets", json={"title": title, "dueDate": day})
    page = profile("bob").new_page()
    page.clock.install(time=midnight - timedelta(seconds=30))
    page.goto("/projects/HARB/board?due=today")
    dues = page.locator("[data-ticket] [data-field=due]")
    expect(dues).to_have_text(["Today", "Tomorrow", "1 day late"])
    expect(page.locator("[data-ticket]:not([hidden])")).to_contain_text("First")

    if asleep:
        page.clock.set_system_time(midnight + timedelta(hours=9))
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    else:
        page.clock.run_for(30_000)

    expect(dues).to_have_text(["1 day late", "Today", "2 days late"])
    assert dues.evaluate_all("(all) => all.map((due) => due.dataset.due)") == ["late", "today", "late"]
    expect(card(page, "Second")).to_have_attribute("aria-label", re.compile("Second, Medium priority, due Today"))
    expect(page.locator("[data-ticket]:not([hidden])")).to_contain_text("Second")


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_long_names_break_out_of_no_page(window: Window, server: Server, width: int) -> None:
    alice = server.client("alice")
    alice.patch("/api/me", json={"name": LONG[:80]})
    alice.patch(HARB, json={"name": LONG[:80], "description": LONG})
    label = alice.post(f"{HARB}/labels", json={"name": LONG[:50]}).json()["id"]
    column = alice.post(f"{HARB}/columns", json={"name": LONG[:50], "wipLimit": 1}).json()["id"]
    fields = {"title": LONG * 2, "description": f"# {LONG}\n\n{LONG}", "labelIds": [label], "columnId": column}
    assert alice.post(f"{HARB}/tickets", json=fields).status_code == 201
    page = window("alice", viewport={"width": width, "height": 800})

    page.get_by_label("Your account").click()
    widths = {
        "board": overflow(page),
        "bar": page.locator("header.bar").evaluate("(bar) => bar.scrollWidth - bar.clientWidth"),
    }
    for path in ("/", "/projects/HARB/tickets/1", "/projects/HARB/tickets/new", "/profile", "/projects/new"):
        page.goto(path)
        widths[path] = overflow(page)

    assert not {path: over for path, over in widths.items() if over}


def test_icons_of_types_are_told_apart_by_their_colours_too(window: Window, server: Server) -> None:
    alice = server.client("alice")
    for kind in ("Epic", "Story", "Task", "Bug", "Subtask"):
        alice.post(f"{HARB}/tickets", json={"title": f"A {kind}", "type": kind})
    page = window("bob")

    icons = page.locator("[data-ticket] .card__type .icon").all()
    colors = [Image.open(BytesIO(icon.screenshot())).convert("RGB").getpixel((8, 2)) for icon in icons]

    assert len(set(colors)) == len(colors) == 5


def test_the_button_for_a_ticket_keeps_its_words_on_one_line(window: Window) -> None:
    page = window("alice", viewport={"width": 720, "height": 450})
    window("bob")
    page.locator("[data-presence] [data-user]").wait_for()

    button = page.locator("header .button--primary").bounding_box()

    assert button
    assert button["height"] < 40

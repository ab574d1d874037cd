"""On paper a board or a ticket has everything, in order, dark on white."""

from __future__ import annotations

import io
import re
from typing import Any

import pypdf
from playwright.sync_api import Page

from tests.browser.conftest import Window
from tests.support.server import Server

TICKETS = "/api/projects/HARB/tickets"
BOARD = "/projects/HARB/board"
LONG = "A title that goes on over more lines than a card shows on a screen, up to this very end"
MANY = 40
WORDS = "h1, h2, h3, p, dd, select, .label__name"
INKS = f"[...document.querySelectorAll('{WORDS}')].map((one) => getComputedStyle(one).color)"


def fill(server: Server) -> None:
    """Put more tickets onto the board than a screen shows, and a long text into the first."""
    alice = server.client("alice")
    columns = [column["id"] for column in alice.get("/api/projects/HARB/columns").json()]
    labels = [alice.post("/api/projects/HARB/labels", json={"name": f"label {n}"}).json()["id"] for n in range(5)]
    text = "\n\n".join(f"Paragraph {n}. {'And so on. ' * 30}" for n in range(MANY))
    first = {"description": f"{text}\n\nThe end.", "labelIds": labels, "dueDate": "2030-02-01"}
    for number in range(MANY):
        title = f"No. {number} {LONG}"
        ticket: dict[str, Any] = {"title": title, "columnId": columns[number % 3], **({} if number else first)}
        assert alice.post(TICKETS, json=ticket).status_code == 201


def printed(page: Page) -> str:
    """Print a page, and return its text with single spaces."""
    paper = pypdf.PdfReader(io.BytesIO(page.pdf(format="A4")))
    return re.sub(r"\s+", " ", " ".join(sheet.extract_text() for sheet in paper.pages))


def brightest(page: Page) -> int:
    """Return how bright the brightest word on paper is, of 255."""
    page.emulate_media(media="print", color_scheme="dark")
    return max(min(map(int, re.findall(r"\d+", ink)[:3])) for ink in page.evaluate(INKS))


def test_a_board_is_printed_whole_and_in_order(server: Server, window: Window) -> None:
    fill(server)
    page = window("alice", BOARD, color_scheme="dark")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.locator("[data-column-panel]").nth(1).get_by_title("Show this column").evaluate("(one) => one.click()")

    paper = printed(page)

    order = [number for column in range(3) for number in range(column, MANY, 3)]
    assert [int(number) for number in re.findall(r"No\. (\d+) ", paper)] == order
    assert paper.count("up to this very end") == MANY
    assert paper.index("To Do") < paper.index("In Progress") < paper.index("Review") < paper.index("Done")
    assert all(f"label {n}" in paper for n in range(5))
    assert "Medium" in paper
    assert not re.search("Add ticket|Add column|Clear filters|Search|Live", paper)
    assert brightest(page) < 140


def test_a_ticket_is_printed_whole_from_its_page_and_over_its_board(server: Server, window: Window) -> None:
    fill(server)
    page = window("alice", f"{TICKETS.removeprefix('/api')}/1", color_scheme="dark")
    over = window("alice", BOARD)
    over.locator("[data-open]").first.click()
    over.locator("dialog [data-ticket-view]").wait_for()
    seen = window("vera", f"{TICKETS.removeprefix('/api')}/1")

    for paper in map(printed, (page, over, seen)):
        assert [int(number) for number in re.findall(r"Paragraph (\d+)\.", paper)] == list(range(MANY))
        order = ["HARB-1", "No. 0", "Paragraph 0", "The end.", "Medium", "Created by Alice Lindqvist"]
        assert [paper.index(text) for text in order] == sorted(paper.index(text) for text in order)
        assert f"No. 0 {LONG}" in paper
        assert all(text in paper for text in ("To Do", "label 0", "label 4"))
        assert "Alice Lindqvist created it" in paper
        assert not re.search("Save changes|Delete|Edit the description|No. 1 ", paper)
    assert brightest(page) < 140


def test_a_filtered_board_is_printed_as_it_is_seen(server: Server, window: Window) -> None:
    fill(server)
    page = window("alice", f"{BOARD}?q=harb-2")

    numbers = [int(number) for number in re.findall(r"No\. (\d+) ", printed(page))]

    assert sorted(numbers) == [1, *range(19, 29)]

"""On a zoomed page a card is dragged where the pointer is, and a menu opens at its button."""

from __future__ import annotations

from functools import partial

import pytest
from playwright.sync_api import Page, expect

from tests.browser.board import card, column, drag, expect_titles
from tests.browser.conftest import Window
from tests.browser.hands import fill
from tests.support.server import Server
from tests.support.wait import until

BY_STYLE = {
    "page larger": "document.documentElement.style.zoom = 1.5",
    "page smaller": "document.documentElement.style.zoom = 0.7",
    "body larger": "document.body.style.zoom = 1.25",
    "board and columns": "for (const one of document.querySelectorAll('main, [data-column]')) one.style.zoom = 1.2",
}
HELD = [0.25, 0.3]
"""Where a card is grabbed, as fractions of its size."""
BY_BROWSER = {"viewport": {"width": 960, "height": 600}, "device_scale_factor": 1.5}


def hangs(page: Page, x: float, y: float) -> bool:
    """Tell whether the dragged card is at a point of the screen as it was grabbed."""
    box = page.locator("[data-lifted]").evaluate(
        "(one) => { one.style.rotate = 'none'; return one.getBoundingClientRect() }"
    )
    return [(x - box["x"]) / box["width"], (y - box["y"]) / box["height"]] == pytest.approx(HELD, abs=0.02)


def carry_to_review(page: Page) -> None:
    """Drag a card by a point near its corner, check its position, and drop it."""
    card(page, "Anchor").hover()
    box = card(page, "Anchor").bounding_box()
    goal = column(page, "Review").locator("[data-column]").bounding_box()
    assert box
    assert goal
    page.mouse.move(box["x"] + HELD[0] * box["width"], box["y"] + HELD[1] * box["height"])
    page.mouse.down()
    for x, y in ((goal["x"] + 40, goal["y"] + 90), (goal["x"] + 60, goal["y"] + 30)):
        page.mouse.move(x, y, steps=5)
        until(partial(hangs, page, x, y), seconds=20, what="it to hang at the pointer")
    expect(column(page, "Review").locator("[data-slot]")).to_be_attached()
    page.mouse.up()
    expect_titles(page, "Review", ["Anchor"])


@pytest.mark.parametrize("script", BY_STYLE.values(), ids=BY_STYLE)
def test_zoomed_by_style(server: Server, window: Window, script: str) -> None:
    fill(server, "To Do", "Anchor", "Buoy", "Crane")
    page = window("alice", viewport={"width": 1800, "height": 1000})
    page.evaluate(script)

    carry_to_review(page)
    drag(page, "Crane", "To Do", above="Buoy")
    expect_titles(page, "To Do", ["Crane", "Buoy"])

    button = card(page, "Crane").locator("[data-act=menu]")
    button.click()
    place, menu = button.bounding_box(), page.locator("[data-card-menu]").bounding_box()
    assert place
    assert menu
    assert menu["x"] + menu["width"] == pytest.approx(place["x"] + place["width"], abs=12)
    assert menu["y"] == pytest.approx(place["y"] + place["height"], abs=12)


def test_zoomed_by_the_browser(server: Server, window: Window) -> None:
    fill(server, "To Do", "Anchor", "Buoy")
    page = window("alice", **BY_BROWSER)

    carry_to_review(page)


def test_zoomed_by_two_fingers(server: Server, window: Window) -> None:
    fill(server, "To Do", "Anchor", "Buoy")
    page = window("alice", viewport={"width": 1200, "height": 800}, has_touch=True)
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setPageScaleFactor", {"pageScaleFactor": 1.4})
    until(lambda: page.evaluate("visualViewport.scale") > 1.3, seconds=20)

    carry_to_review(page)

"""The board by touch alone."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser import everything
from tests.browser.board import card, expect_live, titles
from tests.browser.conftest import Window
from tests.browser.hands import Finger, fill, in_database
from tests.support.server import Server
from tests.support.wait import until

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
# A busy browser fires a tap's click after everything that was due when the finger was raised.
CLICK_LATE = """addEventListener("click", (event) => {
  if (!event.isTrusted) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const { pointerId, pointerType, detail } = event;
  const late = new PointerEvent("click", { pointerId, pointerType, detail, bubbles: true, cancelable: true });
  setTimeout(() => {
    event.target.dispatchEvent(late);
    window.clicked = true;
  }, 100);
}, { capture: true });"""


def test_everything_on_the_board_is_done_with_a_finger_alone(server: Server, window: Window) -> None:
    page = window("alice", **PHONE)

    everything.do(Finger(page))

    assert everything.in_database(server) == everything.AT_THE_END
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_card_stays_selected_though_the_browser_is_late_with_the_click(server: Server, window: Window) -> None:
    fill(server, "To Do", "Anchor", "Buoy")
    page = window("alice", **PHONE)
    page.add_init_script(CLICK_LATE)
    page.reload()
    expect_live(page)
    finger = Finger(page)

    finger.lift("Anchor")
    finger.up()

    until(lambda: page.evaluate("window.clicked"), what="the click")
    expect(card(page, "Anchor")).to_have_attribute("data-selected", "")
    expect(finger.dialog).not_to_be_visible()


def test_a_swipe_over_cards_scrolls_and_moves_nothing(server: Server, window: Window) -> None:
    names = [f"Card {number:02}" for number in range(12)]
    fill(server, "To Do", *names)
    page = window("alice", **PHONE)
    finger, box = Finger(page), card(page, "Card 03").bounding_box()
    assert box
    page.evaluate(
        "new MutationObserver((all) => (window.lifted ||= all.length)).observe(document.body, "
        "{subtree: true, attributeFilter: ['data-lifted']})"
    )

    finger.down(box["x"] + 60, box["y"] + 30)
    finger.glide(box["x"] + 60, box["y"] - 220, steps=20)
    page.wait_for_timeout(300)  # long enough for a long press
    finger.up()

    until(
        lambda: page.locator("[data-column]").first.evaluate("(list) => list.scrollTop") > 100,
        what="the list to scroll",
    )
    assert not page.evaluate("window.lifted")
    assert titles(page, "To Do") == names


def test_a_carried_card_scrolls_the_list_only_at_its_edge(server: Server, window: Window) -> None:
    fill(server, "To Do", *[f"Card {number:02}" for number in range(20)])
    page = window("alice", **PHONE)
    finger, scrolled = Finger(page), "(list) => list.scrollTop"
    bottom = page.locator("[data-column]").first.evaluate("(list) => list.getBoundingClientRect().bottom")

    finger.lift("Card 00")
    finger.glide(150, 400)
    page.wait_for_timeout(200)  # many frames
    assert page.locator("[data-column]").first.evaluate(scrolled) == 0
    finger.glide(150, bottom - 10)
    until(lambda: page.locator("[data-column]").first.evaluate(scrolled) > 300, seconds=20, what="the list to scroll")
    finger.up()

    expect(page.locator("[data-lifted], [data-pending]")).to_have_count(0)
    until(lambda: in_database(server)["To Do"].index("Card 00") > 5, what="the card far below")


def test_buttons_are_large_enough_for_a_finger(server: Server, window: Window) -> None:
    fill(server, "To Do", "Anchor")
    page = window("alice", **PHONE)

    box = card(page, "Anchor").locator("[data-act=menu]").bounding_box()

    assert box
    assert min(box["width"], box["height"]) >= 44

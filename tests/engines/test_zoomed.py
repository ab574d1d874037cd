"""In Firefox, too, a card is dragged where the pointer is on a page that is zoomed by a style.

On such a page WebKitGTK reports the positions of elements in other pixels than those of the pointer.
"""

from __future__ import annotations

import pytest

from tests.engines.window import only_window, sign_in
from tests.support.server import Server
from tests.support.webdriver import Marionette

TICKETS = "/api/projects/HARB/tickets"
PROGRESS = "[data-column-panel]:nth-of-type(2)"
MIDDLE = """
  const card = document.querySelector("[data-lifted]");
  if (!card) return null;
  card.style.rotate = "none";
  const { left, top, width, height } = card.getBoundingClientRect();
  return Math.hypot(left + width / 2 - arguments[0], top + height / 2 - arguments[1]) < 3;
"""


@pytest.mark.parametrize("zoom", [0.75, 1.3])
def test_a_card_hangs_at_the_pointer_and_falls_there(server: Server, firefox: Marionette, zoom: float) -> None:
    server.client("alice").post(TICKETS, json={"title": "Paint the pier"})
    window = sign_in(only_window(firefox), server.url, "alice")
    window.go("/projects/HARB/board")
    window.see("[data-connection=live]")
    window.ask("document.documentElement.style.zoom = arguments[0]", zoom)

    x, y = window.carry("[data-ticket]", "Paint the pier", f"{PROGRESS} [data-column]")
    window.wait(MIDDLE, x, y)
    window.release()

    window.see(f"{PROGRESS} [data-ticket]", "Paint the pier")

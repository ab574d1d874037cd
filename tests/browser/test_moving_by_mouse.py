"""The board with a mouse alone."""

from __future__ import annotations

from tests.browser.conftest import Window
from tests.browser.hands import AT_THE_END, Mouse, do_everything, in_database
from tests.support.server import Server
from tests.support.wait import until


def test_everything_on_the_board_is_done_with_a_mouse_alone(server: Server, window: Window) -> None:
    page = window("alice")

    do_everything(Mouse(page))

    until(lambda: in_database(server) == AT_THE_END, what="the database to hold it all")

"""The board with the keyboard alone."""

from __future__ import annotations

from tests.browser.conftest import Window
from tests.browser.hands import AT_THE_END, Keyboard, do_everything, in_database
from tests.support.server import Server
from tests.support.wait import until


def test_everything_on_the_board_is_done_with_the_keyboard_alone(server: Server, window: Window) -> None:
    page = window("alice")

    do_everything(Keyboard(page))

    until(lambda: in_database(server) == AT_THE_END, what="the database to hold it all")

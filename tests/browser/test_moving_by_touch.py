"""The board with a finger alone."""

from __future__ import annotations

from tests.browser.conftest import Window
from tests.browser.hands import AT_THE_END, Finger, do_everything, in_database
from tests.support.server import Server
from tests.support.wait import until

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def test_everything_on_the_board_is_done_with_a_finger_alone(server: Server, window: Window) -> None:
    page = window("alice", **PHONE)

    do_everything(Finger(page))

    until(lambda: in_database(server) == AT_THE_END, what="the database to hold it all")

"""The three streams over a real server."""

from __future__ import annotations

from tests.support.listener import Listener
from tests.support.server import Server


def test_a_ticket_made_by_one_reaches_the_stream_of_another(server: Server) -> None:
    alice, bob = server.client("alice"), server.client("bob")

    with Listener(bob, "/api/projects/HARB/events") as stream:
        made = alice.post("/api/projects/HARB/tickets", json={"title": "One"}, headers={"X-Tab-Id": "tab"}).json()
        message = stream.wait_for(1)[0]

    assert message["type"] == "ticket.created"
    assert message["data"] == made
    assert message["tabId"] == "tab"

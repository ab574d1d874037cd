"""The event log stays within its size limit, whatever is written."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import sqlalchemy as sa

from punt.events.log import ROW
from tests.server import on_both
from tests.support.audit import database_of, head_of
from tests.support.listener import Listener
from tests.support.server import Server
from tests.support.wait import until

HARB = "/api/projects/HARB"
LONG = "ä" * 20_000
LIMIT = 1_000_000
EVENT = 42_000
"""Bytes that a ticket of such length takes in the log, at most."""


def kept(server: Server) -> tuple[int, int]:
    """Return how many bytes the log contains, and how many events."""
    with database_of(server) as connection:
        messages = connection.scalars(sa.text("SELECT message FROM event_log")).all()
    return sum(len(message.encode()) + ROW for message in messages), len(messages)


@on_both
def test_what_is_more_than_the_log_may_hold_is_soon_forgotten_and_who_was_away_is_told(
    serve: Callable[..., Server],
) -> None:
    server = serve(workers=2, EVENT_RETENTION="1MB")
    alice, bob, before = server.client("alice"), server.client("bob"), head_of(server)

    with Listener(bob, f"{HARB}/events") as listening:
        made = [alice.post(f"{HARB}/tickets", json={"title": "Long", "description": LONG}) for _ in range(60)]
        assert {answer.status_code for answer in made} == {201}
        until(lambda: kept(server)[0] <= LIMIT + EVENT, seconds=25, what="the log to be small again")
        listening.wait_until_at(head_of(server))
    with Listener(bob, f"{HARB}/events", last_event_id=before) as late:
        late.wait_for_type("stream.reset")

    assert kept(server)[1] >= LIMIT // EVENT  # no more is deleted than necessary
    assert len(listening.messages) == 60
    assert late.messages[0]["data"] == {"reason": "expired"}


@on_both
def test_the_log_knows_how_many_bytes_it_holds(serve: Callable[..., Server]) -> None:
    server = serve(workers=1)
    alice = server.client("alice")
    ids = [alice.post(f"{HARB}/tickets", json={"title": "T", "description": LONG}).json()["id"] for _ in range(3)]
    assert alice.patch(f"{HARB}/tickets", json={"ticketIds": ids, "updates": {"priority": "High"}}).status_code == 200

    with database_of(server) as connection:
        rows = connection.execute(sa.text("SELECT message, written FROM event_log ORDER BY position")).all()
        head = connection.scalar(sa.text("SELECT written FROM event_head"))

    sizes = [len(message.encode()) + ROW for message, _ in rows]
    written = [total for _, total in rows]
    assert [later - earlier for earlier, later in itertools.pairwise(written)] == sizes[1:]
    assert head == written[-1]

"""How a stream begins: where its access was granted, without asking the database again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from punt.database import db, writing
from punt.events import sse
from punt.events.cursor import Cursor
from punt.events.log import Entry, log
from punt.events.subscription import AccessLost
from tests.support.channel import Channel


@dataclass
class Asked:
    """What was asked of the database: statements, in so many transactions."""

    statements: list[str] = field(default_factory=list)
    transactions: int = 0


@contextmanager
def asking(app: Flask) -> Iterator[Asked]:
    """Note what is asked of the database."""
    asked = Asked()

    def see(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT"):
            asked.statements.append(" ".join(statement.split()))

    def begin(_: object) -> None:
        asked.transactions += 1

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", see)
    sa.event.listen(engine, "begin", begin)
    try:
        yield asked
    finally:
        sa.event.remove(engine, "before_cursor_execute", see)
        sa.event.remove(engine, "begin", begin)


def opening_of(client: FlaskClient, path: str) -> bytes:
    """Open a stream, read until it says that nothing is missing, and leave."""
    answer = client.get(path)
    assert answer.status_code == 200
    with closing(answer):
        chunks: Any = iter(answer.response)
        return b"".join(next(chunks) for _ in range(2))


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("/api/projects/HARB/events", 3),  # the session with its person, the project with their role, the head
        ("/api/projects/events", 2),
        ("/api/users/events", 2),
        ("/api/events", 2),
        ("/api/events?project=*", 3),
        ("/api/events?project=HARB", 3),
    ],
)
@pytest.mark.parametrize("who", ["bob", "sue"])
def test_opening_a_stream_asks_once_for_access_and_once_for_the_head(
    app: Flask, sign_in: Callable[[str], FlaskClient], who: str, path: str, count: int
) -> None:
    client = sign_in(who)
    opening_of(client, path)

    with asking(app) as asked:
        opening = opening_of(client, path)

    assert opening.endswith(b"event: ping\ndata: {}\n\n")
    assert len(asked.statements) == count, asked.statements
    assert asked.transactions == 1  # the head belongs to the snapshot by which access was granted


def test_a_client_that_has_everything_begins_as_cheaply(app: Flask, bob: FlaskClient) -> None:
    with app.app_context(), db.engine.connect() as connection:
        cursor = log.head(connection)
    path = f"/api/projects/HARB/events?lastEventId={cursor}"
    opening_of(bob, path)

    with asking(app) as asked:
        opening = opening_of(bob, path)

    assert f"id: {cursor}\n".encode() in opening
    assert (len(asked.statements), asked.transactions) == (3, 1), asked.statements


def test_a_program_is_granted_its_stream_by_one_snapshot_as_well(app: Flask, bob: FlaskClient) -> None:
    secret = bob.post("/api/me/tokens", json={"name": "program", "scope": "read"}).get_json()["token"]
    program = app.test_client()
    program.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    opening_of(program, "/api/projects/HARB/events")

    with asking(app) as asked:
        opening_of(program, "/api/projects/HARB/events")

    assert (len(asked.statements), asked.transactions) == (4, 2), asked.statements  # first, whether the token is valid
    assert "FROM api_token" in asked.statements[0]
    assert "FROM api_token" in asked.statements[1]


def granted(channel: Channel) -> Cursor:
    place = Cursor.parse(channel.cursor)
    assert place is not None
    return place


def test_what_was_committed_after_the_grant_is_sent(channel: Channel) -> None:
    since = granted(channel)
    channel.write(1)
    channel.carry()

    reader = channel.listen(since=since)

    assert reader.read_until(channel.cursor) == [1]


def test_access_that_was_lost_right_after_the_grant_ends_the_stream(channel: Channel) -> None:
    reader = _listen_and_lose(channel, lambda: None)

    assert reader.numbers == [1, 2]


def test_access_that_was_lost_right_after_the_grant_ends_the_stream_from_the_log(channel: Channel) -> None:
    reader = _listen_and_lose(channel, channel.hub.send_back_to_log)  # the last frames are no longer here

    assert reader.numbers == []


def _listen_and_lose(channel: Channel, meanwhile: Callable[[], None]) -> Any:
    def check(_: sa.Connection) -> Callable[[Entry], bool]:
        raise AccessLost

    since = granted(channel)
    channel.write(1)
    channel.write(2, rechecks=True)
    channel.write(3)
    channel.carry()
    meanwhile()
    reader = channel.listen(since=since, check=check)
    chunks = reader.read_on()
    assert chunks[-1].startswith(b"retry:")
    return reader


def test_a_grant_of_another_epoch_is_looked_up_in_the_log(channel: Channel) -> None:
    since = granted(channel)
    with writing() as session:
        log.begin_epoch(session.connection())

    reader = channel.listen(since=since)
    behind = channel.cursor
    channel.carry()
    while sse.KEEPALIVE not in reader.read():
        pass

    assert reader.cursor == behind

"""The log does not always continue where the feed was: pruned too far, wiped, or replaced by an older copy."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from punt.database import now, writing
from punt.events import capture
from punt.events import stream as stream_module
from punt.events.cursor import Cursor
from punt.events.log import EventHead, LoggedEvent, log
from punt.events.publication import EVERYONE, Draft
from tests.support.channel import Channel, Reader


def prune(*, keep: int) -> None:
    with writing() as session:
        log.prune(session.connection(), now() - timedelta(days=1), keep)


def clear() -> None:
    """Do what a wipe of all projects does to the log."""
    with writing() as session:
        log.clear(session.connection())
        capture.announce(session, Draft("database.projects.wiped", EVERYONE, {}))


def go_back_to(cursor: str) -> None:
    """Replace the log by an older copy."""
    place = Cursor.parse(cursor)
    assert place
    with writing() as session:
        session.execute(sa.delete(LoggedEvent).where(LoggedEvent.position > place.position))
        session.execute(sa.update(EventHead).values(position=place.position))


def reset_of(reader: Reader) -> str:
    """Read until the stream is reset and return why."""
    while "stream.reset" not in reader.types:
        chunk = reader.read()
    lines = [line for line in chunk.decode().splitlines() if "stream.reset" in line]
    reason: str = json.loads(lines[0].removeprefix("data: "))["data"]["reason"]
    return reason


def test_what_was_pruned_before_it_was_published_is_a_reset_for_who_lacks_it(channel: Channel) -> None:
    reader = channel.live()
    channel.write(*range(10))
    prune(keep=3)
    channel.carry()

    assert reset_of(reader) == "expired"
    assert reader.cursor == channel.cursor

    channel.write(11)
    channel.carry()

    assert reader.read_until(channel.cursor) == [11]


def test_a_log_pruned_to_nothing_is_a_reset_too(channel: Channel) -> None:
    reader = channel.live()
    channel.write(1)
    prune(keep=0)
    channel.carry()

    assert reset_of(reader) == "expired"


def test_a_wipe_is_sent_even_if_the_events_before_it_cannot_be(channel: Channel) -> None:
    reader = channel.live()
    channel.write(1, 2)
    clear()
    channel.carry()

    assert reset_of(reader) == "expired"
    assert reader.types == ["database.projects.wiped", "stream.reset"]


def test_a_wipe_of_what_was_published_is_sent_like_any_event(channel: Channel) -> None:
    reader = channel.live()
    channel.write(1)
    channel.carry()
    clear()
    channel.carry()

    assert reader.read_until(channel.cursor) == [1]
    assert reader.types == ["weather.changed", "database.projects.wiped"]


def test_an_older_copy_of_the_log_begins_a_new_epoch_once_for_all_workers(channel: Channel) -> None:
    other = Channel()
    readers = [channel.live(), other.live()]
    channel.write(1)
    old = channel.cursor
    channel.write(2)
    for worker in (channel, other):
        worker.carry()
    for reader in readers:
        reader.read_until(channel.cursor)

    go_back_to(old)
    for worker in (channel, other):
        worker.carry()

    assert [reset_of(reader) for reader in readers] == ["epoch", "epoch"]
    assert {reader.cursor for reader in readers} == {channel.cursor}
    assert old.split("-")[0] != channel.cursor.split("-")[0]
    assert channel.listen(old).read().count(b'"reason":"epoch"') == 1


def test_a_worker_that_looks_when_an_older_copy_has_grown_again_notices_too(channel: Channel) -> None:
    other = Channel()
    channel.write(1)
    old = channel.cursor
    channel.write(2)
    readers = [channel.live(), other.live()]
    for worker in (channel, other):
        worker.carry()

    go_back_to(old)
    channel.carry()
    channel.write(3)
    channel.write(4)
    other.carry()

    assert reset_of(readers[1]) == "epoch"


def test_a_page_of_long_texts_ends_earlier_and_loses_nothing(channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_module, "PAGE_CHARACTERS", 250)  # one message has about 100
    cursor = channel.cursor
    channel.write(*range(10))

    reader = channel.listen(cursor)
    reader.read()
    first = reader.read().count(b"data:")

    assert first == 3
    assert reader.read_until(channel.cursor) == list(range(10))

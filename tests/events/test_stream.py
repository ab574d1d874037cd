"""The life of one stream, step by step in one process: opening, replay, live, keepalive, end."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from punt.database import db, now, writing
from punt.events import delivery, sse
from punt.events import ring as ring_module
from punt.events import stream as stream_module
from punt.events.end import End
from punt.events.log import Entry, LoggedEvent, log
from punt.events.publication import EVERYONE
from punt.events.subscription import AccessLost
from tests.support.channel import Channel, Reader
from tests.support.patterns import TIMESTAMP


@pytest.fixture
def small_queue(monkeypatch: pytest.MonkeyPatch) -> int:
    """Keep only four frames in the ring, and let a page of the log have four events."""
    monkeypatch.setattr(ring_module, "MOST", 4)
    monkeypatch.setattr(stream_module, "PAGE", 4)
    return 4


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write every event as a chunk of its own."""
    monkeypatch.setattr(delivery, "CHUNK", 1)


def reset(chunk: bytes) -> dict[str, object]:
    message: dict[str, object] = json.loads(chunk.partition(b"\ndata: ")[2])
    return message


def test_a_stream_begins_with_a_comment_a_retry_and_its_place(channel: Channel) -> None:
    reader = channel.listen()

    assert reader.read() == f": connected\nretry: 1000\nid: {channel.cursor}\n\n".encode()


def test_without_a_cursor_a_stream_sends_what_happens_from_now_on(channel: Channel) -> None:
    channel.write(1)
    channel.write(2)
    reader = channel.listen()
    channel.carry()

    assert reader.read_until(channel.cursor) == []

    channel.write(3)
    channel.carry()

    assert reader.read_until(channel.cursor) == [3]


def test_with_a_cursor_a_stream_sends_what_was_missed(channel: Channel) -> None:
    channel.write(1)
    cursor = channel.cursor
    channel.write(2, 3)
    channel.write(4)

    reader = channel.listen(cursor)

    assert reader.read_until(channel.cursor) == [2, 3, 4]


def test_an_old_place_is_given_again_until_something_was_sent(channel: Channel) -> None:
    cursor = channel.cursor
    channel.write(1)

    reader = channel.listen(cursor)
    reader.read()

    assert reader.cursor == cursor


def test_nothing_comes_twice_at_the_border_between_replay_and_live(channel: Channel) -> None:
    cursor = channel.cursor
    channel.write(1)
    reader = channel.listen(cursor)
    channel.write(2)
    channel.carry()
    reader.read()
    channel.write(3)
    channel.carry()

    reader.read()
    channel.write(4)
    channel.carry()

    assert reader.read_until(channel.cursor) == [1, 2, 3, 4]


def test_a_long_past_is_replayed_page_by_page(channel: Channel, small_queue: int) -> None:
    cursor = channel.cursor
    channel.write(*range(10))

    reader = channel.listen(cursor)
    reader.read()
    pages = [reader.read().count(b"data:") for _ in range(3)]

    assert pages == [4, 4, 2]
    assert reader.numbers == list(range(10))


def test_what_waits_is_sent_as_one_chunk(channel: Channel) -> None:
    reader = channel.live()
    channel.write(1)
    channel.write(2, 3)
    channel.carry()

    assert reader.read().count(b"data:") == 3


def test_a_full_queue_goes_back_to_the_log_and_loses_nothing(channel: Channel, small_queue: int) -> None:
    reader = channel.live()
    channel.write(*range(30))
    channel.carry()

    assert reader.read_until(channel.cursor) == list(range(30))


def test_a_queue_that_fills_up_during_a_replay_loses_nothing(channel: Channel, small_queue: int) -> None:
    cursor = channel.cursor
    channel.write(*range(10))
    reader = channel.listen(cursor)
    reader.read()
    reader.read()
    channel.write(*range(10, 30))
    channel.carry()

    assert reader.read_until(channel.cursor) == list(range(30))


@pytest.mark.parametrize("cursor", ["rubbish", "42", "-", "e1-x"])
def test_a_malformed_cursor_is_answered_with_a_reset(channel: Channel, cursor: str) -> None:
    channel.write(1)

    opening = channel.listen(cursor).read()

    assert opening.startswith(f": connected\nretry: 1000\n\nid: {channel.cursor}\ndata: ".encode())
    assert reset(opening) == {
        "type": "stream.reset",
        "data": {"reason": "malformed"},
        "tabId": None,
        "timestamp": TIMESTAMP,
    }


def test_a_cursor_of_another_epoch_is_answered_with_a_reset(channel: Channel) -> None:
    cursor = channel.cursor
    with writing() as session:
        log.begin_epoch(session.connection())

    assert reset(channel.listen(cursor).read())["data"] == {"reason": "epoch"}


def test_a_cursor_from_the_future_is_answered_with_a_reset(channel: Channel) -> None:
    epoch, position = channel.cursor.split("-")

    assert reset(channel.listen(f"{epoch}-{int(position) + 1}").read())["data"] == {"reason": "future"}


def test_a_cursor_older_than_the_log_is_answered_with_a_reset(channel: Channel) -> None:
    channel.write(1)
    cursor = channel.cursor
    channel.write(2)
    with writing() as session:
        log.clear(session.connection())
    channel.write(3)

    assert reset(channel.listen(cursor).read())["data"] == {"reason": "expired"}


def test_the_oldest_place_that_is_kept_is_continued(channel: Channel) -> None:
    with writing() as session:
        log.clear(session.connection())
    cursor = channel.cursor
    channel.write(1)

    assert channel.listen(cursor).read_until(channel.cursor) == [1]


def test_after_a_reset_a_stream_is_live_from_the_present(channel: Channel) -> None:
    channel.write(1)
    reader = channel.listen("rubbish")
    reader.read()
    channel.write(2)
    channel.carry()

    assert reader.read_until(channel.cursor) == [2]
    assert reader.types == ["stream.reset", "weather.changed"]


def test_a_stream_says_when_all_that_was_missed_has_come(channel: Channel) -> None:
    cursor = channel.cursor
    channel.write(1, 2)
    reader = channel.listen(cursor)

    missed, told = [reader.read() for _ in range(3)][1:]

    assert reader.numbers == [1, 2]
    assert (missed.count(b"data:"), told) == (2, sse.ping(channel.cursor))


def test_silence_is_filled_with_a_keepalive_and_a_ping(channel: Channel) -> None:
    reader = channel.listen()
    reader.read()
    reader.read()

    assert reader.read() == f": keepalive\n\nid: {channel.cursor}\nevent: ping\ndata: {{}}\n\n".encode()


def test_silence_takes_the_place_along_over_events_of_others(channel: Channel) -> None:
    reader = channel.live()
    channel.write(1, topic="tides")
    channel.carry()

    reader.read()

    assert reader.cursor == channel.cursor


def test_the_place_is_not_taken_along_over_what_the_hub_has_not_given_out_yet(channel: Channel) -> None:
    reader = channel.live()
    before = channel.cursor
    channel.write(1)

    reader.read()

    assert reader.cursor == before


def test_an_event_is_only_for_its_audience_live_and_replayed(channel: Channel) -> None:
    cursor = channel.cursor
    live = channel.live()
    channel.write(1, audience=("otto",))
    channel.write(2, audience=("nora", "otto"))
    channel.carry()

    assert live.read_until(channel.cursor) == [2]
    assert channel.listen(cursor).read_until(channel.cursor) == [2]


def test_a_replay_leaves_out_what_the_listener_may_not_have_any_more(channel: Channel) -> None:
    cursor = channel.cursor
    channel.write(1, 2, 3)

    reader = channel.listen(cursor, check=lambda _: lambda entry: '"number":2' not in entry.message)

    assert reader.read_until(channel.cursor) == [1, 3]


def test_what_is_for_everyone_comes_on_every_stream(channel: Channel) -> None:
    reader = channel.live()
    channel.write(1, topic=EVERYONE)
    channel.carry()

    assert reader.read_until(channel.cursor) == [1]


def test_a_listener_who_lost_access_gets_what_came_before_and_nothing_after(channel: Channel) -> None:
    gate = _Gate()
    reader = channel.live(check=gate)
    channel.write(1)
    channel.write(2, rechecks=True)
    channel.write(3)
    channel.carry()

    gate.shut = True
    reader.read_on()

    assert reader.numbers == [1, 2]
    assert reader.stream._subscriber.end is End.ACCESS
    assert len(channel.hub) == 0


def test_a_listener_who_lost_access_gets_nothing_of_the_past(channel: Channel) -> None:
    gate = _Gate(shut=True)
    cursor = channel.cursor
    channel.write(1)

    reader = channel.listen(cursor, check=gate)
    reader.read_on()

    assert reader.numbers == []


def test_a_listener_who_may_still_listen_notices_nothing_of_being_asked(channel: Channel) -> None:
    reader = channel.live(check=_Gate())
    channel.write(1, rechecks=True)
    channel.write(2)
    channel.carry()

    assert reader.read_until(channel.cursor) == [1, 2]


def test_a_listener_whose_access_was_interrupted_is_reset_and_gets_no_events_of_that_time(channel: Channel) -> None:
    begins = 0
    reader = channel.live(reaches=lambda _, position: position >= begins)
    channel.write(1)
    channel.write(2, rechecks=True)
    channel.write(3)
    channel.write(4, rechecks=True)
    channel.carry()

    begins = int(channel.cursor.partition("-")[2])
    reader.read_until(channel.cursor)
    channel.write(5)
    channel.carry()

    assert reader.read_until(channel.cursor) == [1, 2, 5]
    assert reader.types.count("stream.reset") == 1


def test_a_cursor_from_before_access_was_granted_is_reset(channel: Channel) -> None:
    cursor = channel.cursor
    channel.write(1)
    begins = int(channel.cursor.partition("-")[2])

    reader = channel.listen(cursor, reaches=lambda _, position: position >= begins)
    reader.read_until(channel.cursor)

    assert (reader.numbers, reader.types) == ([], ["stream.reset"])


def test_a_stream_whose_lifetime_is_over_ends_with_a_hint_to_come_back(channel: Channel) -> None:
    reader = channel.listen(lifetime=0.01)

    last = reader.read_on()[-1]

    assert 50 <= _retry(last) <= 500
    assert len(channel.hub) == 0


def test_a_stream_ends_with_the_session_of_its_listener(channel: Channel) -> None:
    reader = channel.listen(signed_in_for=0.01)

    assert _retry(reader.read_on()[-1]) > 0


def test_a_draining_server_spreads_the_hints_to_come_back(channel: Channel) -> None:
    readers = [channel.live() for _ in range(20)]

    channel.hub.close(End.DRAINING)
    hints = {_retry(reader.read_on()[-1]) for reader in readers}

    assert all(200 <= hint <= 3000 for hint in hints)
    assert len(hints) > 5


def test_whoever_opens_a_stream_while_the_server_drains_keeps_their_place(channel: Channel) -> None:
    cursor = channel.cursor
    channel.write(1)
    channel.hub.close(End.DRAINING)

    reader = channel.listen(cursor)
    reader.read_on()

    assert reader.cursor == cursor


@pytest.mark.parametrize("end", [End.DRAINING, End.LIFETIME, End.GONE])
@pytest.mark.parametrize("taken", [1, 2, 3])
def test_a_stream_that_ends_in_the_middle_of_a_replay_leaves_the_rest_in_the_log(
    channel: Channel, small_queue: int, small_chunks: None, end: End, taken: int
) -> None:
    cursor = channel.cursor
    channel.write(*range(7))
    reader = channel.listen(cursor)
    for _ in range(1 + taken):
        reader.read()

    reader.stream._subscriber.close(end)
    reader.read_on()

    assert reader.numbers == list(range(taken))
    assert channel.listen(reader.cursor).read_until(channel.cursor) == list(range(taken, 7))


def test_a_stream_that_ends_before_a_recheck_was_sent_sends_nothing_after_it(
    channel: Channel, small_chunks: None
) -> None:
    reader = channel.live()
    channel.write(1)
    channel.write(2, rechecks=True)
    channel.write(3)
    channel.carry()

    reader.read()
    reader.stream._subscriber.close(End.DRAINING)
    reader.read_on()

    assert reader.numbers == [1]
    assert channel.listen(reader.cursor).read_until(channel.cursor) == [2, 3]


def test_what_is_said_in_parting_does_not_pass_over_what_was_not_sent(channel: Channel) -> None:
    cursor = channel.cursor
    channel.write(1)
    channel.write(2, topic=EVERYONE)

    reader = channel.listen(cursor, check=_Gate(shut=True))
    reader.read_on()

    assert (reader.numbers, reader.cursor) == ([2], cursor)
    assert channel.listen(reader.cursor).read_until(channel.cursor) == [1, 2]


def test_a_client_cut_off_right_before_a_reset_hears_of_it_when_it_comes_back(
    channel: Channel, small_queue: int
) -> None:
    cursor = channel.cursor
    channel.write(*range(9))
    reader = channel.listen(cursor)
    reader.read(), reader.read()
    held = reader.cursor
    channel.write(9, topic=EVERYONE)
    with writing() as session:
        log.prune(session.connection(), now() - timedelta(days=1), keep=2)

    told, _, rest = reader.read().rpartition(b"id: ")

    assert b"id: " not in told
    assert b'"number":9' in told
    assert reset(rest)["data"] == {"reason": "expired"}
    assert reset(channel.listen(held).read())["data"] == {"reason": "expired"}


def test_a_stream_that_was_never_read_gives_its_place_back_on_close(channel: Channel) -> None:
    stream = channel.stream()
    stream.open()

    stream.close()
    stream.close()

    assert len(channel.hub) == 0


def test_a_stream_holds_no_connection_between_two_chunks(channel: Channel, small_queue: int) -> None:
    cursor = channel.cursor
    channel.write(*range(6))
    reader = channel.listen(cursor)

    held = []
    while reader.cursor != channel.cursor:
        reader.read()
        held.append(db.engine.pool.checkedout())  # type: ignore[attr-defined]

    assert held == [0, 0, 0]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(["write", "write many", "others write", "carry", "read", "break"]), max_size=40))
def test_whatever_happens_a_client_has_every_event_once_and_in_order(
    channel: Channel, small_queue: int, steps: list[str]
) -> None:
    reader, seen, count = channel.live(), list[int](), 0

    for step in (*steps, "carry"):
        if step == "write":
            channel.write(count)
            count += 1
        elif step == "write many":
            channel.write(*range(count, count + 7))
            count += 7
        elif step == "others write":
            channel.write(-1, topic="tides")
        elif step == "carry":
            channel.carry()
        elif step == "read":
            reader.read()
        else:
            seen += reader.numbers
            reader = _come_back(channel, reader)
    seen += reader.read_until(channel.cursor)
    reader.leave()

    assert seen == list(range(count))


class _Gate:
    """A check that can be shut."""

    def __init__(self, *, shut: bool = False) -> None:
        self.shut = shut

    def __call__(self, _: sa.Connection) -> Callable[[Entry], bool]:
        if self.shut:
            raise AccessLost
        return lambda _: True


def _come_back(channel: Channel, reader: Reader) -> Reader:
    reader.leave()
    return channel.listen(reader.cursor)


def _retry(chunk: bytes) -> int:
    return int(chunk.decode().removeprefix("retry: ").strip())


def test_a_stream_whose_time_runs_out_during_a_proof_sends_nothing_more(channel: Channel) -> None:
    reader = channel.live(check=lambda _: run_out())
    subscriber = reader.stream._subscriber

    def run_out() -> Callable[[Entry], bool]:
        subscriber.ends = time.monotonic()
        return lambda _: True

    channel.write(1, rechecks=True)
    channel.write(2)
    channel.carry()
    reader.read_on()

    assert reader.numbers == [1]
    assert subscriber.end is End.LIFETIME


def test_what_was_read_before_its_mark_was_pruned_is_not_sent(channel: Channel) -> None:
    cursor = channel.cursor
    channel.write(1)

    asked = list[int]()

    def reaches(connection: sa.Connection, position: int) -> bool:
        asked.append(position)
        if len(asked) == 2:  # after the page was read
            connection.execute(sa.delete(LoggedEvent))
            connection.commit()
        return True  # as nothing that is left says otherwise

    reader = channel.listen(cursor, reaches=reaches)
    reader.read_until(channel.cursor)

    assert (reader.numbers, reader.types) == ([], ["stream.reset"])

"""The hub: who gets what in one worker, through the lane or from the last frames."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import gevent
import pytest

from punt.database import now
from punt.events import delivery as delivery_module
from punt.events import hub as hub_module
from punt.events import ring as ring_module
from punt.events.cursor import Cursor
from punt.events.delivery import Delivery, Frame, Wires, chunked
from punt.events.end import End
from punt.events.hub import Hub
from punt.events.log import Entry
from punt.events.publication import EVERYONE
from punt.events.subscriber import Subscriber


class Socket:
    """A client's socket: what it has taken, and how much more it takes now.

    :ivar room: bytes; None for as many as there are.
    """

    def __init__(self, in_chunks: bool | None, room: int | None = None) -> None:
        self.in_chunks, self.room, self.taken = in_chunks, room, b""
        self.is_broken, self.tries = False, 0

    def send(self, data: bytes) -> int:
        size = len(data) if self.room is None else min(self.room, len(data))
        self.taken += data[:size]
        return size

    def send_all(self, data: bytes) -> None:
        self.tries += 1
        if self.is_broken:
            raise BrokenPipeError
        self.taken += data


def entry(position: int, topic: str = "weather", audience: Iterable[str] | None = None, message: str = "{}") -> Entry:
    who = None if audience is None else frozenset(audience)
    return Entry(position, "e1", "weather.changed", topic, None, who, message, rechecks=False, created_at=now())


def joined(hub: Hub, *topics: str, names: tuple[str, ...] = ("nora",), socket: Any = None) -> Subscriber:
    subscriber = Subscriber(topics, names)
    subscriber.delivery = Delivery(Cursor("e1", hub.ring.position), socket)
    hub.join(subscriber)
    return subscriber


def waiting(hub: Hub, *topics: str, names: tuple[str, ...] = ("nora",), room: int | None = None) -> Subscriber:
    """Put a subscriber into the lane whose client speaks HTTP/1.0."""
    subscriber = joined(hub, *topics, names=names, socket=Socket(in_chunks=False, room=room))
    subscriber.waiting = True
    return subscriber


def taken(subscriber: Subscriber) -> bytes:
    socket: Any = subscriber.delivery._peer
    data: bytes = socket.taken
    socket.taken = b""
    return data


def positions(subscriber: Subscriber) -> list[int]:
    lines = taken(subscriber).decode().splitlines()
    return [int(line.rpartition("-")[2]) for line in lines if line.startswith("id: ")]


def wanted(hub: Hub, subscriber: Subscriber, after: int = 0) -> list[int]:
    return [frame.entry.position for frame in hub.ring.after(after) or [] if subscriber.wants(frame)]


def test_a_subscriber_gets_its_topics_in_order_and_nothing_else() -> None:
    hub = Hub()
    direct, other = waiting(hub, "weather", "tides"), joined(hub, "weather", "tides")

    hub.publish([entry(nth, topic) for nth, topic in enumerate(("weather", "ships", "tides", "weather"), 1)])

    assert positions(direct) == wanted(hub, other) == [1, 3, 4]
    assert direct.waiting


def test_what_is_for_everyone_reaches_every_subscriber() -> None:
    hub = Hub()
    subscribers = [waiting(hub, "weather"), waiting(hub, "tides"), waiting(hub)]

    hub.publish([entry(1, EVERYONE)])

    assert [positions(subscriber) for subscriber in subscribers] == [[1], [1], [1]]


def test_an_event_with_an_audience_is_for_those_who_are_named() -> None:
    hub = Hub()
    nora, both, other = (waiting(hub, "weather", names=names) for names in (("nora",), ("otto", "crew"), ("otto",)))

    hub.publish([entry(1, audience=["nora", "crew"]), entry(2, audience=[])])

    assert [positions(subscriber) for subscriber in (nora, both, other)] == [[1], [1], []]


def test_of_several_topics_each_gets_its_own_in_the_order_of_the_log() -> None:
    hub = Hub()
    both, one = waiting(hub, "weather", "tides"), waiting(hub, "tides")

    hub.publish([entry(1, "tides"), entry(2, "weather"), entry(3, "tides", audience=["otto"]), entry(4, "tides")])

    assert [positions(both), positions(one)] == [[1, 2, 4], [1, 4]]
    assert both.delivery.at == one.delivery.at == Cursor("e1", 4)


@pytest.mark.parametrize(
    ("in_chunks", "expected"), [(False, b"id: e1-1\ndata: {}\n\n"), (True, b"13\r\nid: e1-1\ndata: {}\n\n\r\n")]
)
def test_bytes_are_framed_as_the_connection_speaks(in_chunks: bool, expected: bytes) -> None:
    hub = Hub()
    subscriber = joined(hub, "weather", socket=Socket(in_chunks))
    subscriber.waiting = True

    hub.publish([entry(1)])

    assert taken(subscriber) == expected


def test_an_internal_event_has_no_bytes_in_either_framing() -> None:
    hub = Hub()
    plain, chunks = waiting(hub, "weather"), joined(hub, "weather", socket=Socket(in_chunks=True))
    chunks.waiting = True

    hub.publish([replace(entry(1), type="_moved")])

    assert [taken(plain), taken(chunks)] == [b"", b""]
    assert chunks.delivery.at == Cursor("e1", 1)


def test_who_may_not_be_written_to_directly_is_woken_and_takes_the_frames_itself() -> None:
    hub = Hub()
    subscriber = joined(hub, "weather")
    waits = gevent.spawn(subscriber.wait, 20)
    gevent.sleep(0)

    hub.publish([entry(1)])

    assert waits.get(timeout=20) is True
    assert wanted(hub, subscriber) == [1]


def test_a_wait_in_which_nothing_happens_says_so() -> None:
    assert joined(Hub(), "weather").wait(0.001) is False


@pytest.mark.parametrize("room", range(80))
def test_a_client_that_takes_a_part_gets_the_rest_of_that_frame_before_anything_else(room: int) -> None:
    hub = Hub()
    subscriber = waiting(hub, "weather", room=room)
    whole = b"".join(b"id: e1-%d\ndata: {}\n\n" % nth for nth in (1, 2, 3))

    hub.publish([entry(1), entry(2), entry(3)])

    at = subscriber.delivery.at.position
    first = taken(subscriber)
    subscriber.delivery.finish()
    rest = taken(subscriber)
    assert first + rest == whole[: len(whole) // 3 * -(-min(room, len(whole)) // (len(whole) // 3))]
    assert at == min(room, len(whole)) * 3 // len(whole)
    assert subscriber.delivery.at.position == (first + rest).count(b"id")
    assert subscriber.waiting == (room >= len(whole))


def test_whoever_began_to_wait_when_frames_were_kept_already_does_not_get_them_twice() -> None:
    hub = Hub()
    hub.publish([entry(1), entry(2)])
    subscriber = waiting(hub, "weather")

    hub._serve(hub.ring.after(0) or [])

    assert positions(subscriber) == []


def test_what_may_take_access_away_is_left_to_the_stream_itself() -> None:
    hub = Hub()
    subscriber, other = waiting(hub, "weather"), waiting(hub, "tides")

    hub.publish([entry(1), replace(entry(2), type="_recheck", rechecks=True), entry(3), entry(4, "tides")])

    assert (positions(subscriber), subscriber.waiting) == ([1], False)
    assert (positions(other), other.waiting) == ([4], True)
    assert wanted(hub, subscriber, after=subscriber.delivery.at.position) == [2, 3]


def test_who_is_writing_when_access_may_be_lost_doubts_it_at_once() -> None:
    hub = Hub()
    writing, stranger = joined(hub, "weather"), joined(hub, "tides")

    hub.publish([replace(entry(1), rechecks=True)])

    assert (writing.doubted, stranger.doubted) == (True, False)


def test_frames_that_are_no_longer_kept_are_in_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ring_module, "MOST", 3)
    hub = Hub()

    hub.publish([entry(nth) for nth in range(1, 10)])

    assert hub.ring.after(5) is None
    assert wanted(hub, joined(hub, "weather"), after=6) == [7, 8, 9]
    assert hub.ring.after(9) == hub.ring.after(12) == []


def test_few_long_frames_are_kept() -> None:
    hub = Hub()

    hub.publish([entry(nth, message="x" * 1_000_000) for nth in range(1, 10)])

    assert len(hub.ring.frames) == 2
    assert hub.ring.bytes == sum(frame.size for frame in hub.ring.frames)


def test_what_does_not_follow_is_not_given_as_if_it_did() -> None:
    hub = Hub()
    hub.publish([entry(1)])
    hub.send_back_to_log()
    hub.publish([entry(5)])

    assert hub.ring.after(1) is None


def test_a_pass_that_dies_sends_all_back_to_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    hub = Hub()
    served, broken = waiting(hub, "weather"), waiting(hub, "weather")
    monkeypatch.setattr(broken.delivery, "push", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        hub.publish([entry(1)])

    assert [served.behind, broken.behind, hub.ring.after(0)] == [True, True, None]


def test_whoever_left_gets_nothing_and_may_leave_twice() -> None:
    hub = Hub()
    subscriber, other = waiting(hub, "weather"), waiting(hub, "weather")

    hub.leave(subscriber)
    hub.leave(subscriber)
    hub.publish([entry(1)])

    assert [positions(subscriber), positions(other), len(hub)] == [[], [1], 1]


def test_leaving_without_having_joined_is_no_matter() -> None:
    hub = Hub()

    hub.leave(Subscriber(["weather"], ["nora"]))

    assert len(hub) == 0


def test_who_is_sent_back_to_the_log_wakes_up() -> None:
    hub = Hub()
    subscribers = [waiting(hub, "weather"), waiting(hub, "tides")]

    hub.send_back_to_log()

    assert [subscriber.behind for subscriber in subscribers] == [True, True]
    assert [subscriber.wait(60) for subscriber in subscribers] == [True, True]


def test_closing_ends_all_and_wakes_those_who_wait() -> None:
    hub = Hub()
    subscribers = [waiting(hub, "weather"), waiting(hub, "tides")]

    hub.close(End.DRAINING)
    hub.publish([entry(1)])

    assert [subscriber.end for subscriber in subscribers] == [End.DRAINING] * 2
    assert [subscriber.wait(60) for subscriber in subscribers] == [True, True]
    assert [positions(subscriber) for subscriber in subscribers] == [[], []]


def test_the_first_reason_to_end_is_the_reason() -> None:
    hub = Hub()
    subscriber = joined(hub, "weather")

    subscriber.close(End.ACCESS)
    hub.close(End.DRAINING)

    assert subscriber.end is End.ACCESS


def test_whoever_comes_when_the_server_drains_is_ended_at_once() -> None:
    hub = Hub()
    hub.close(End.DRAINING)

    late = joined(hub, "weather")

    assert late.end is End.DRAINING
    assert late.wait(60) is True


def test_nothing_goes_out_after_the_end_of_a_session() -> None:
    hub = Hub()
    subscriber = waiting(hub, "weather")
    subscriber.ends = time.monotonic() - 1

    hub.publish([entry(1)])

    assert (positions(subscriber), subscriber.end) == ([], End.LIFETIME)


def test_who_hears_nothing_for_long_gets_a_sign_of_life_with_the_place_it_has_reached() -> None:
    hub = Hub()
    silent, spoken_to = waiting(hub, "weather"), waiting(hub, "weather")
    silent.keepalive, spoken_to.keepalive = 0, 60
    hub.publish([entry(1, "tides")])

    hub.tick()

    assert taken(silent) == b": keepalive\n\nid: e1-1\nevent: ping\ndata: {}\n\n"
    assert taken(spoken_to) == b""


@pytest.mark.parametrize("room", [0, 20])
@pytest.mark.parametrize("in_chunks", [False, True])
def test_a_ping_that_was_taken_in_part_is_finished(in_chunks: bool, room: int) -> None:
    hub, ping = Hub(), b": keepalive\n\nid: e1-0\nevent: ping\ndata: {}\n\n"
    subscriber = joined(hub, "weather", socket=Socket(in_chunks, room=room))
    subscriber.waiting, subscriber.keepalive = True, 0

    hub.tick()
    woken = not subscriber.waiting
    subscriber.delivery.finish()

    assert woken
    assert taken(subscriber) == (chunked(ping) if in_chunks else ping)


def test_what_a_broken_client_took_in_part_is_never_sent_again() -> None:
    hub = Hub()
    subscriber = waiting(hub, "weather", room=10)
    hub.publish([entry(1)])
    socket: Any = subscriber.delivery._peer
    socket.is_broken = True

    for _ in range(2):
        with pytest.raises(BrokenPipeError):
            subscriber.delivery.finish()

    assert (socket.tries, subscriber.delivery.at.position) == (1, 0)


def test_a_session_that_ends_in_the_middle_of_a_pass_gets_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    hub = Hub()
    first, second = waiting(hub, "weather"), waiting(hub, "weather")
    monkeypatch.setattr(hub_module, "pause", lambda: setattr(second, "ends", time.monotonic() - 1))

    hub.publish([entry(1)])

    assert (positions(first), positions(second), second.end) == ([1], [], End.LIFETIME)


def test_joined_frames_are_not_kept_for_thousands_who_get_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery_module, "JOINED", 200)
    wires, each = Wires(), [[Frame.of(entry(nth))] for nth in range(1, 20)]

    bytes_of = [wires.of(frames, False) for frames in each]

    assert bytes_of == [frames[0].data for frames in each]
    assert sum(len(data) for _, data in wires._joined.values()) <= 200


def test_who_is_not_sent_to_directly_is_taken_along_past_what_others_get() -> None:
    hub = Hub()
    other = joined(hub, "weather", socket=Socket(None))
    other.waiting = True
    hub.publish([entry(nth, "tides") for nth in range(1, 300)])

    hub.tick()

    assert (other.delivery.at.position, hub.ring.after(other.delivery.at.position)) == (299, [])


@pytest.mark.parametrize("left", [-1.0, 0.2])
def test_whose_time_is_over_is_ended_at_that_moment_though_nothing_happens(left: float) -> None:
    hub = Hub()
    subscriber = waiting(hub, "weather")
    subscriber.ends = time.monotonic() + left

    hub.tick()
    ended_by_the_tick = subscriber.end
    subscriber._woken.wait(5)

    assert (ended_by_the_tick, subscriber.end) == (None, End.LIFETIME)
    assert time.monotonic() >= subscriber.ends

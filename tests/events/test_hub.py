"""The hub: who gets what in one worker, with queues that are bounded."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterable
from dataclasses import replace

import gevent
import pytest

from punt.database import now
from punt.events import hub as hub_module
from punt.events.hub import End, Hub, Subscriber
from punt.events.log import Entry
from punt.events.publication import EVERYONE

SOON = 0.001


def entry(position: int, topic: str = "weather", audience: Iterable[str] | None = None) -> Entry:
    who = None if audience is None else frozenset(audience)
    return Entry(position, "e1", "weather.changed", topic, None, who, '{"a":1}', rechecks=False, created_at=now())


def joined(hub: Hub, *topics: str, names: tuple[str, ...] = ("nora",)) -> Subscriber:
    subscriber = Subscriber(topics, names)
    hub.join(subscriber)
    return subscriber


def positions(subscriber: Subscriber) -> list[int]:
    return [frame.entry.position for frame in subscriber.wait(SOON) or []]


def test_a_subscriber_gets_its_topics_in_order_and_nothing_else() -> None:
    hub = Hub()
    subscriber = joined(hub, "weather", "tides")

    for position, topic in enumerate(("weather", "ships", "tides", "weather"), 1):
        hub.publish(entry(position, topic))

    assert positions(subscriber) == [1, 3, 4]


def test_what_is_for_everyone_reaches_every_subscriber() -> None:
    hub = Hub()
    subscribers = [joined(hub, "weather"), joined(hub, "tides"), joined(hub)]

    hub.publish(entry(1, EVERYONE))

    assert [positions(subscriber) for subscriber in subscribers] == [[1], [1], [1]]


def test_an_event_with_an_audience_is_for_those_who_are_named() -> None:
    hub = Hub()
    nora, both, other = (joined(hub, "weather", names=names) for names in (("nora",), ("otto", "crew"), ("otto",)))

    hub.publish(entry(1, audience=["nora", "crew"]))
    hub.publish(entry(2, audience=[]))

    assert [positions(subscriber) for subscriber in (nora, both, other)] == [[1], [1], []]


def test_all_subscribers_share_the_bytes_of_an_event() -> None:
    hub = Hub()
    one, two = joined(hub, "weather"), joined(hub, "weather")

    hub.publish(entry(1))

    [first], [second] = one.wait(SOON) or [], two.wait(SOON) or []
    assert first is second
    assert first.data == b'id: e1-1\ndata: {"a":1}\n\n'


def test_an_internal_event_has_no_bytes() -> None:
    hub = Hub()
    subscriber = joined(hub, "weather")

    hub.publish(replace(entry(1), type="_recheck"))

    assert [frame.data for frame in subscriber.wait(SOON) or []] == [b""]


def test_whoever_waits_for_nothing_is_told_so() -> None:
    assert joined(Hub(), "weather").wait(SOON) is None


def test_a_frame_that_comes_in_the_moment_when_the_wait_is_over_is_given() -> None:
    hub, (inside, outside) = Hub(), socket.socketpair()
    subscriber = joined(hub, "weather")

    def publish_when_the_socket_says_so() -> None:
        gevent.get_hub().wait(gevent.get_hub().loop.io(inside.fileno(), 1))
        hub.publish(entry(1))

    def keep_the_loop_busy_until_both_are_due() -> None:
        outside.send(b"x")
        time.sleep(0.1)

    waiting = gevent.spawn(subscriber.wait, 0.05)
    gevent.spawn(publish_when_the_socket_says_so)
    gevent.spawn(keep_the_loop_busy_until_both_are_due)

    assert [frame.entry.position for frame in waiting.get(timeout=20) or []] == [1]


def test_a_full_queue_is_emptied_and_its_stream_sent_back_to_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "QUEUE_SIZE", 3)
    hub = Hub()
    slow, quick = joined(hub, "weather"), joined(hub, "weather")

    for position in range(1, 10):
        hub.publish(entry(position))
        assert positions(quick) == [position]

    assert slow.behind
    assert not slow.idle
    assert positions(slow) == []
    assert not quick.behind


def test_one_that_is_behind_gets_nothing_more_until_it_has_caught_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "QUEUE_SIZE", 1)
    hub = Hub()
    subscriber = joined(hub, "weather")
    for position in (1, 2, 3):
        hub.publish(entry(position))

    subscriber.wait(SOON)
    subscriber.behind = False
    hub.publish(entry(4))

    assert positions(subscriber) == [4]


def test_whoever_left_gets_nothing_and_may_leave_twice() -> None:
    hub = Hub()
    subscriber, other = joined(hub, "weather"), joined(hub, "weather")

    hub.leave(subscriber)
    hub.leave(subscriber)
    hub.publish(entry(1))

    assert positions(subscriber) == []
    assert positions(other) == [1]
    assert len(hub) == 1


def test_leaving_without_having_joined_is_no_matter() -> None:
    hub = Hub()

    hub.leave(Subscriber(["weather"], ["nora"]))

    assert len(hub) == 0


def test_who_is_sent_back_to_the_log_forgets_what_waits_and_wakes_up() -> None:
    hub = Hub()
    subscribers = [joined(hub, "weather"), joined(hub, "tides")]
    hub.publish(entry(1))

    hub.send_back_to_log()

    assert [subscriber.behind for subscriber in subscribers] == [True, True]
    assert [subscriber.wait(60) for subscriber in subscribers] == [[], []]


def test_closing_ends_all_and_wakes_those_who_wait() -> None:
    hub = Hub()
    subscribers = [joined(hub, "weather"), joined(hub, "tides")]
    hub.publish(entry(1))

    hub.close(End.DRAINING)

    assert [subscriber.end for subscriber in subscribers] == [End.DRAINING] * 2
    assert [subscriber.wait(60) for subscriber in subscribers] == [[], []]


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
    assert late.wait(60) == []


def test_one_that_has_ended_gets_nothing_more() -> None:
    hub = Hub()
    subscriber = joined(hub, "weather")

    hub.close(End.DRAINING)
    hub.publish(entry(1))

    assert positions(subscriber) == []

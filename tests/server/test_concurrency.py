"""Fifty people at once on one board: nothing breaks, nothing is duplicated, and every screen ends up the same."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.support.audit import broken_rules
from tests.support.listener import Listener
from tests.support.mirror import Mirror
from tests.support.server import Server
from tests.support.wait import until

PEOPLE, SECONDS = 50, 10.0
HARB = "/api/projects/HARB"
TICKETS = f"{HARB}/tickets"
FINE = {200, 201, 204, 404, 409}
"""A ticket that somebody else deleted or changed meanwhile is 404 or 409; nothing else may go wrong."""


@dataclass
class Crowd:
    """People who create, move, edit and delete tickets of one project for some seconds.

    :ivar statuses: how often each status was returned.
    :ivar created: the numbers of the created tickets, from the responses.
    """

    server: Server
    columns: list[str]
    labels: list[str]
    statuses: Counter[int] = field(default_factory=Counter)
    created: list[int] = field(default_factory=list)
    tickets: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def work(self, seconds: float) -> None:
        """Let everybody work at the same time."""
        cookies, ready = self.server.client("alice").cookies, threading.Barrier(PEOPLE)
        with ThreadPoolExecutor(PEOPLE) as pool:
            done = [pool.submit(self._work_alone, cookies, number, ready, seconds) for number in range(PEOPLE)]
        for each in done:
            each.result()

    def _work_alone(self, cookies: httpx.Cookies, number: int, ready: threading.Barrier, seconds: float) -> None:
        chance = random.Random(number)
        with httpx.Client(base_url=self.server.url, cookies=cookies, timeout=30, verify=False) as client:
            ready.wait(30)
            deadline = time.monotonic() + seconds
            while time.monotonic() < deadline:
                [act] = chance.choices((self._create, self._move, self._edit, self._delete), (4, 4, 2, 1))
                answer = act(client, chance)
                with self._lock:
                    self.statuses[answer.status_code] += 1

    def _create(self, client: httpx.Client, chance: random.Random) -> httpx.Response:
        column = chance.choice(self.columns)
        answer = client.post(TICKETS, json={"title": f"Ticket {chance.random()}", "columnId": column})
        assert answer.status_code == 201, answer.text
        with self._lock:
            self.created.append(answer.json()["number"])
            self.tickets.append(answer.json()["id"])
        return answer

    def _move(self, client: httpx.Client, chance: random.Random) -> httpx.Response:
        place: dict[str, Any] = chance.choice(({"order": chance.randrange(5)}, {"order": 0}, {}))
        return self._change(client, chance, {"columnId": chance.choice(self.columns), **place})

    def _edit(self, client: httpx.Client, chance: random.Random) -> httpx.Response:
        fields = {"title": f"Edited {chance.random()}", "labelIds": chance.sample(self.labels, 2)}
        return self._change(client, chance, fields | ({"columnId": self.columns[0]} if chance.random() < 0.3 else {}))

    def _change(self, client: httpx.Client, chance: random.Random, change: dict[str, Any]) -> httpx.Response:
        return client.patch(f"{TICKETS}/{self._any(chance)}", json=change)

    def _delete(self, client: httpx.Client, chance: random.Random) -> httpx.Response:
        return client.delete(f"{TICKETS}/{self._any(chance)}")

    def _any(self, chance: random.Random) -> str:
        with self._lock:
            return chance.choice(self.tickets or ["none-yet"])


def test_fifty_people_on_one_board_lose_nothing_and_all_screens_agree(server: Server) -> None:
    alice, bob = server.client("alice"), server.client("bob")
    labels = [alice.post(f"{HARB}/labels", json={"name": name}).json()["id"] for name in ("tide", "wind", "fog")]
    crowd = Crowd(server, [column["id"] for column in alice.get(f"{HARB}/columns").json()], labels)
    early = Mirror.of(bob, "HARB")

    with Listener(bob, f"{HARB}/events") as first:
        crowd.work(SECONDS / 2)
        with Listener(bob, f"{HARB}/events") as second:
            gate = threading.Thread(target=crowd.work, args=[SECONDS / 2])
            gate.start()
            second.wait_for(20, seconds=30)
            late = Mirror.of(bob, "HARB")
            gate.join()
            _rename_and_remove_labels(alice, labels)
            _wait_for_the_end_of_the_log(server, first, second)
    for message in first.messages:
        early.apply(message)
    for message in second.messages:
        late.apply(message)
    truth = Mirror.of(alice, "HARB")

    assert set(crowd.statuses) <= FINE, crowd.statuses
    _judge_the_database(server, crowd)
    assert broken_rules(server) == []
    assert early.board() == truth.board()
    assert early.labels() == truth.labels()
    assert late.board() == truth.board()
    assert late.labels() == truth.labels()


def test_a_mirror_that_hears_everything_twice_is_the_same(server: Server) -> None:
    alice = server.client("alice")
    mirror, columns = Mirror.of(alice, "HARB"), [column["id"] for column in alice.get(f"{HARB}/columns").json()]

    with Listener(alice, f"{HARB}/events") as stream:
        ids = [alice.post(f"{HARB}/tickets", json={"title": title}).json()["id"] for title in "abcd"]
        alice.patch(f"{HARB}/tickets", json={"ticketIds": ids[::-1], "updates": {"columnId": columns[1], "order": 0}})
        alice.delete(f"{HARB}/columns/{columns[1]}", params={"moveTicketsTo": columns[3]})
        alice.delete(f"{HARB}/tickets/{ids[0]}")
        stream.wait_for_type("ticket.deleted")
    for message in (*stream.messages, *stream.messages):
        mirror.apply(message)

    assert mirror.board() == Mirror.of(alice, "HARB").board()
    assert [ticket["title"] for ticket in mirror.board()[-1]["tickets"]] == ["d", "c", "b"]


def _rename_and_remove_labels(client: httpx.Client, labels: list[str]) -> None:
    assert client.patch(f"{HARB}/labels/{labels[0]}", json={"name": "ebb"}).status_code == 200
    assert client.delete(f"{HARB}/labels/{labels[1]}").status_code == 204


def _wait_for_the_end_of_the_log(server: Server, *streams: Listener) -> None:
    newest = server.rows("SELECT epoch || '-' || position FROM event_log ORDER BY position DESC LIMIT 1")[0][0]
    for stream in streams:
        until(lambda stream=stream: stream.ids[-1] == newest, seconds=20, what="the last event")  # type: ignore[misc]


def _judge_the_database(server: Server, crowd: Crowd) -> None:
    positions = [position for (position,) in server.rows("SELECT position FROM event_log ORDER BY position")]
    numbers = [number for (number,) in server.rows("SELECT number FROM ticket")]
    ranks = server.rows("SELECT column_id, rank FROM ticket")

    assert sorted(crowd.created) == list(range(1, len(crowd.created) + 1))
    assert set(numbers) <= set(crowd.created)
    assert len(set(numbers)) == len(numbers)
    assert len(set(ranks)) == len(ranks)
    assert positions == list(range(positions[0], positions[0] + len(positions)))
    assert server.rows("SELECT position FROM event_head") == [(positions[-1],)]

"""``flask events tail``: the log of a running server, live in a shell."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import httpx
import pytest
from flask import Flask

from punt.events import capture
from punt.events.publication import EVERYONE, Draft
from tests.support.listener import Listener
from tests.support.server import Server
from tests.support.wait import until

HARB = "/api/projects/HARB"
Message = dict[str, Any]


class Tail:
    """A running ``flask events tail`` and the lines that it has printed."""

    def __init__(self, server: Server, *options: str) -> None:
        self.process = server.run("events", "tail", *options)
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def messages(self) -> list[Message]:
        """Return the message of each line."""
        return [json.loads(line) for line in list(self.lines)]

    def interrupt(self) -> tuple[int, str]:
        """Press Ctrl-C; return the exit code and the error output."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(20)
        assert self.process.stderr
        return self.process.returncode, self.process.stderr.read()

    def _read(self) -> None:
        assert self.process.stdout
        self.lines.extend(iter(self.process.stdout.readline, ""))


@contextmanager
def tail(server: Server, client: httpx.Client, *options: str) -> Iterator[Tail]:
    """Run the command until it shows what is written now."""
    running = Tail(server, *options)
    try:
        numbers = count()
        until(lambda: create(client, f"knock {next(numbers)}") and running.lines, seconds=30, what="a line")
        yield running
    finally:
        running.process.kill()
        running.process.wait(20)


def create(client: httpx.Client, title: str) -> Message:
    ticket: Message = client.post(f"{HARB}/tickets", json={"title": title}).json()
    return ticket


@pytest.fixture(scope="module")
def alice(running: Server) -> httpx.Client:
    return running.client("alice")


def test_the_log_of_a_running_server_is_printed_live_one_message_a_line(running: Server, alice: httpx.Client) -> None:
    with tail(running, alice) as tailing:
        ticket = create(alice, "Many words ⚓")
        changed = alice.patch("/api/me", json={"name": "Alice L."}).json()
        until(lambda: tailing.messages()[-1]["type"] == "user.updated", what="the last event")

        *_, created, updated = tailing.messages()
        assert (created["type"], created["data"]) == ("ticket.created", ticket)
        assert updated["data"]["id"] == changed["id"]
        assert [message["data"]["title"] for message in tailing.messages()[:-1]] == _titles_since(alice, tailing)


def test_only_what_belongs_to_a_project_is_printed_when_one_is_named(running: Server, alice: httpx.Client) -> None:
    with tail(running, alice, "--project", "harb") as tailing:
        alice.patch("/api/me", json={"name": "Alice"})
        alice.post("/api/projects", json={"key": "DOCK", "name": "Dock"})
        alice.post("/api/projects/DOCK/tickets", json={"title": "elsewhere"})
        with running.writing() as session:
            capture.announce(session, Draft("database.rumbled", EVERYONE, {}))
        create(alice, "last")
        until(lambda: tailing.messages()[-1]["data"].get("title") == "last", what="the last event")

        told = [message["type"] for message in tailing.messages() if "knock" not in str(message["data"])]
        assert told == ["database.rumbled", "ticket.created"]


def test_internal_events_are_not_printed(running: Server, alice: httpx.Client) -> None:
    with tail(running, alice) as tailing:
        running.client("bob").post("/api/auth/logout")
        create(alice, "last")
        until(lambda: tailing.messages()[-1]["data"]["title"] == "last", what="the last event")

        assert {message["type"] for message in tailing.messages()} == {"ticket.created"}


def test_an_interrupt_ends_it_cleanly(running: Server, alice: httpx.Client) -> None:
    with tail(running, alice) as tailing:
        assert tailing.interrupt() == (0, "")


def test_an_unknown_project_is_a_clear_error(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["events", "tail", "--project", "none"])

    assert (done.exit_code, done.stdout, done.stderr) == (1, "", "Error: There is no project NONE.\n")


def _titles_since(client: httpx.Client, tailing: Tail) -> list[str]:
    """Return the titles of the tickets from the first that was printed on."""
    first = tailing.messages()[0]["data"]["number"]
    tickets = sorted(client.get(f"{HARB}/tickets").json(), key=lambda ticket: ticket["number"])
    return [ticket["title"] for ticket in tickets if ticket["number"] >= first]


def test_a_new_epoch_resets_open_streams_and_old_places(server: Server) -> None:
    old, bob = server.head(), server.client("bob")

    with server.streams_on_every_worker(bob, f"{HARB}/events") as streams:
        done = server.flask("events", "new-epoch")
        for stream in streams:
            assert stream.wait_for_type("stream.reset")["data"] == {"reason": "epoch"}
            assert stream.cursor == server.head()
    with Listener(bob, f"{HARB}/events", last_event_id=old) as late:
        assert late.wait_for_type("stream.reset")["data"] == {"reason": "epoch"}

    assert (done.returncode, done.stdout) == (0, "A new epoch began: whoever comes back is told to look anew.\n")
    assert server.head().partition("-")[0] != old.partition("-")[0]

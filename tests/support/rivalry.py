"""People who work against each other at every rule, so that one of them breaks if it can be broken."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from tests.support.audit import broken_rules
from tests.support.cast import PASSWORD
from tests.support.feuds import ACTS, ADMIN, HARB
from tests.support.server import Server

RIVALS = 10
FINE = frozenset({200, 201, 204, 400, 401, 403, 404, 409})
"""Whoever is too late gets an error; 503 means that the server is busy, and everything else is a fault."""
ROLES = ("owner", "owner", "admin", "member", "viewer")
TITLES = ("bow", "mast", "keel", "sail", "stern", "wheel", "anchor", "galley")
"""Tickets, few enough for everybody to work on the same ones."""
MOMENT = 0.5
"""Seconds for which rivals trust what they saw."""
MORTALS = 4
"""People who are created and deleted, at most so many at once."""


class Rivalry:
    """Some people, each of whom does something random.

    :param seed: determines what they do, but not when.
    :ivar answers: how often each status was returned for each action.
    """

    def __init__(self, server: Server, seed: int = 0) -> None:
        self._server, self._seed = server, seed
        self.answers = Counter[tuple[str, str]]()
        self._clients = {name: server.client(name) for name in ("alice", "adam", "bob", "sue")}
        self._mortals: dict[str, str] = {}
        self._seen: dict[str, tuple[float, list[Any]]] = {}
        self._numbers = count(1)
        for name in ("adam", "bob"):  # three system admins, of whom one is left
            self.ask("sue", "PUT", f"{ADMIN}/{self.id_of(name)}/admin", json={"yourPassword": PASSWORD})
        for title in TITLES:
            self.ask("sue", "POST", f"{HARB}/tickets", json={"title": title})

    def rage(self, seconds: float) -> None:
        """Let everybody work for some seconds."""
        ends = time.monotonic() + seconds
        with ThreadPoolExecutor(RIVALS) as pool:
            for done in [pool.submit(self._play, number, ends) for number in range(RIVALS)]:
                done.result()

    def duel(self, rounds: int) -> None:
        """Let four work on one family at the same moment, again and again: together they would break a rule."""
        dice, path = random.Random(self._seed), f"{HARB}/tickets"
        for _ in range(rounds):
            top, middle, low = (self.ask("sue", "POST", path, json={"title": "kin"}).json()["id"] for _ in "abc")
            self.ask("sue", "PATCH", f"{path}/{middle}", json={"parentId": low})
            blows = [
                ("sue", "PATCH", f"{path}/{top}", {"parentId": middle}),
                ("alice", "PATCH", f"{path}/{low}", {"parentId": top}),
                ("adam", "PATCH", f"{path}/{top}", {"type": "Subtask"}),
                ("bob", "POST", path, {"title": "child", "parentId": top}),
            ]
            dice.shuffle(blows)
            with ThreadPoolExecutor(len(blows)) as pool:
                for answer in pool.map(lambda blow: self.ask(*blow[:3], json=blow[3]), blows):
                    self.answers["duel", str(answer.status_code)] += 1

    def faults(self) -> list[str]:
        """Return what went wrong: unexpected responses, tracebacks, and broken rules."""
        odd = {each: number for each, number in self.answers.items() if each[1] not in {*map(str, FINE), "503"}}
        said = [f"{act} was answered {status}, {number} times" for (act, status), number in odd.items()]
        return said + ["a traceback is in the log"] * ("Traceback" in self._server.log) + broken_rules(self._server)

    def busy(self) -> int:
        """Return how often the server was busy."""
        return sum(number for (_, status), number in self.answers.items() if status == "503")

    def ask(self, name: str, method: str, path: str, **options: Any) -> httpx.Response:
        """Send somebody's request, signing in again if they were signed out."""
        client = self._clients[name]
        answer = client.request(method, path, **options)
        if answer.status_code == 401:
            client.post("/api/auth/login", json={"username": name, "password": PASSWORD})
            answer = client.request(method, path, **options)
        return answer

    def listed(self, path: str) -> list[Any]:
        """List what existed a moment ago, as a system admin sees it."""
        seen, found = self._seen.get(path, (0.0, []))
        if time.monotonic() - seen < MOMENT:
            return found
        for name in ("sue", "adam", "bob"):
            answer = self.ask(name, "GET", path)
            if answer.status_code == 200:
                found = list(answer.json())
                break
        self._seen[path] = time.monotonic(), found
        return found

    def id_of(self, username: str) -> str:
        """Return somebody's id."""
        found = [each["id"] for each in self.listed(f"{ADMIN}?q={username}") if each["username"] == username]
        return str(found[0]) if found else "nobody"

    def tickets(self, dice: random.Random, number: int = 1) -> list[str]:
        """Choose some tickets of HARB, by their ids."""
        found = [each["id"] for each in self.listed(f"{HARB}/tickets?limit={len(TITLES)}")]
        return dice.sample(found, min(number, len(found))) or ["none"]

    def one_of(self, dice: random.Random, path: str) -> str:
        """Choose one of the things that are listed somewhere, by its id."""
        return str(dice.choice([each["id"] for each in self.listed(path)] or ["none"]))

    def somebody(self, dice: random.Random) -> str:
        """Choose somebody who can sign in, mortals included."""
        return dice.choice([*self._clients])

    def mortal(self, dice: random.Random) -> tuple[str, str]:
        """Choose a mortal, by name and id."""
        return dice.choice([*self._mortals.items()] or [("nobody", "nobody")])

    def birth(self, dice: random.Random) -> httpx.Response | None:
        """Create a mortal, and add them to projects."""
        if len(self._mortals) >= MORTALS:
            return None
        name = f"mortal-{next(self._numbers)}"
        asked = {"username": name, "name": name, "password": PASSWORD}
        answer = self.ask(dice.choice(("sue", "adam", "bob")), "POST", ADMIN, json=asked)
        if answer.status_code == 201:
            self._clients[name] = httpx.Client(base_url=self._server.url, timeout=30)
            self._mortals[name] = answer.json()["id"]
            self.ask("sue", "POST", f"{HARB}/members", json={"username": name, "role": dice.choice(ROLES)})
        return answer

    def death(self, dice: random.Random) -> httpx.Response:
        """Delete a mortal, in the middle of whatever they are doing."""
        name, own_id = self.mortal(dice)
        asked = {"yourPassword": PASSWORD, "heir": dice.choice(("alice", "adam", self.mortal(dice)[0]))}
        answer = self.ask(dice.choice(("sue", "adam", "bob")), "DELETE", f"{ADMIN}/{own_id}", json=asked)
        if answer.status_code == 204:
            self._mortals.pop(name, None)
            self._clients.pop(name, None)
        return answer

    def _play(self, number: int, ends: float) -> None:
        dice, acts = random.Random(f"{self._seed} {number}"), (*ACTS, Rivalry.birth, Rivalry.death)
        while time.monotonic() < ends:
            act = dice.choice(acts)
            try:
                answer = act(self, dice)
            except KeyError:  # a mortal who has just died
                continue
            except httpx.TransportError as error:
                self.answers[act.__name__, type(error).__name__] += 1
            else:
                if answer is not None:
                    self.answers[act.__name__, str(answer.status_code)] += 1


def taken_along(server: Server, folder: Path) -> list[str]:
    """Export a server's database and import it again; return what went wrong."""
    file = str(folder / "everything.punt")
    done = [server.flask("db", "export", file), server.flask("db", "import", file, "--yes")]
    return [each.stderr for each in done if each.returncode] + broken_rules(server)


def set_up_at_once(server: Server, rivals: int = 6) -> list[str]:
    """Wipe a server, let several people create the first admin at the same moment, and return what went wrong."""
    server.flask("db", "wipe", "--yes")
    together = threading.Barrier(rivals)

    def set_up(number: int) -> int:
        asked = {"username": f"first-{number}", "name": "First", "password": PASSWORD}
        with server.client() as client:
            together.wait()
            return client.post("/api/auth/setup", json=asked).status_code

    with ThreadPoolExecutor(rivals) as pool:
        answers = Counter(pool.map(set_up, range(rivals)))
    right = answers == {201: 1, 403: rivals - 1}
    return ([] if right else [f"{rivals} set PUNT up at once: {dict(answers)}"]) + broken_rules(server)

"""Who listens where while somebody loses access: two browsers of Mia, a program of hers, the owner, an admin."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from punt.events import capture
from punt.events.publication import EVERYONE, Draft
from punt.models import ApiToken, Membership, Project, Role, Ticket, User, topics
from punt.models.api_token import Scope
from tests.support.cast import PASSWORD
from tests.support.listener import Listener, Message
from tests.support.server import Server

WHO = ("here", "elsewhere", "program", "owner", "admin")
"""Mia's browser here, another one elsewhere, her program with an API token, the owner's browser, and that of a system
admin who is not a member.
"""
PATHS = {
    "project": "/api/projects/{key}/events",
    "other": "/api/projects/{key}B/events",
    "projects": "/api/projects/events",
    "users": "/api/users/events",
    "all": "/api/events?project={key}",
}
"""The kinds of streams; ``other`` is one of a project where nothing happens."""
PASSWORD_HASH = generate_password_hash(PASSWORD, method="scrypt:1024:8:1")
_numbers = count()


@dataclass
class Scene:
    """People, projects and browsers of their own for one test, on a server that others use too.

    :ivar worker: the one that handles all requests.
    """

    server: Server
    number: int = field(default_factory=lambda: next(_numbers))
    ids: dict[str, str] = field(default_factory=dict)
    worker: int | None = None

    def __post_init__(self) -> None:
        with self.server.writing() as session:
            mia, owner, admin = (self._enrol(name) for name in ("mia", "owner", "admin"))
            admin.is_admin = True
            for key in (self.key, f"{self.key}B"):
                project = Project.create(owner, key=key, name=key)
                Membership.add(project, mia, Role.MEMBER)
                self.ids[key] = project.id
            token, secret = ApiToken.issue(mia, name="program", scope=Scope.READ, days=None)
            session.flush()
            self.ids |= {"here": mia.id, "elsewhere": mia.id, "program": mia.id, "owner": owner.id, "admin": admin.id}
            self.ids["token"] = token.id
        names = {"here": "mia", "elsewhere": "mia", "owner": "owner", "admin": "admin"}
        self._browsers = {who: self.server.client(f"{name}{self.number}") for who, name in names.items()}
        self._browsers["program"] = self.server.client(headers={"Authorization": f"Bearer {secret}"})

    @property
    def key(self) -> str:
        """The key of the project in question."""
        return f"SCENE{self.number}"

    def path(self, kind: str) -> str:
        """Return the address of a kind of stream."""
        return PATHS[kind].format(key=self.key)

    def browser(self, who: str) -> httpx.Client:
        """Return somebody's browser; if one worker handles everything, connected to that one."""
        own = self._browsers[who]
        client = httpx.Client(base_url=self.server.url, cookies=own.cookies, headers=own.headers, verify=False)
        if self.worker:
            with self.server.leaving_to(self.worker):
                client.get("/healthz")
        return client

    def status(self, who: str, kind: str) -> int:
        """Return the response to a new stream."""
        with self.browser(who).stream("GET", self.path(kind)) as answer:
            return answer.status_code

    def mia(self, session: Session) -> User:
        """Load Mia."""
        return session.get_one(User, self.ids["here"])

    def admin(self, session: Session) -> User:
        """Load the system admin."""
        return session.get_one(User, self.ids["admin"])

    def membership(self, session: Session) -> Membership:
        """Load Mia's membership of the project."""
        found = Membership.of(self.ids[self.key], self.ids["here"])
        assert found is not None
        return found

    def mark(self, session: Session, title: str) -> None:
        """Let something happen on every topic; if the project still exists, with a ticket as well."""
        project = session.get(Project, self.ids[self.key])
        if project:
            Ticket.create(project, project.columns()[0], None, {"title": title})
        here = [topics.project(self.ids[key]) for key in (self.key, f"{self.key}B")]
        drafts = [Draft("mark", topic, {"title": title}) for topic in (*here, topics.PROJECTS, topics.USERS)]
        capture.announce(session, *drafts)

    @contextmanager
    def streams(self, last: str, before: Callable[[Scene], None]) -> Iterator[dict[tuple[str, str], list[Listener]]]:
        """Listen to everything: everybody, each kind, on every worker.

        :param last: whose streams are opened last.
        :param before: what is done right before those are opened.
        """
        streams = {}
        with ExitStack() as stack:
            for who in sorted(WHO, key=lambda who: who == last):
                if who == last:
                    before(self)
                for kind in PATHS:
                    listening = self.server.streams_on_every_worker(self._browsers[who], self.path(kind))
                    streams[who, kind] = stack.enter_context(listening)
            yield streams

    def due(self, who: str, kind: str, start: int, last: int | None = None) -> list[Message]:
        """Return what somebody's stream of a kind should deliver of the log: after a position, up to another."""
        inside, other = (topics.project(self.ids[key]) for key in (self.key, f"{self.key}B"))
        listed = {
            "project": {inside},
            "other": {other},
            "projects": {topics.PROJECTS},
            "users": {topics.USERS},
            "all": {inside, topics.PROJECTS, topics.USERS},
        }[kind] | {EVERYONE}
        names = {self.ids[who]} | ({topics.SYSTEM_ADMINS} if who == "admin" else set())
        return [
            json.loads(row["message"])
            for row in self.log(start)
            if row["message"]
            and row["topic"] in listed
            and (row["audience"] is None or names & set(row["audience"]))
            and (last is None or row["position"] <= last)
        ]

    def turning_point(self, start: int) -> int | None:
        """Return the position at which somebody's access was taken away, if there is one after a position."""
        return min((row["position"] for row in self.log(start) if row["rechecks"]), default=None)

    def log(self, start: int) -> list[dict[str, Any]]:
        """Read the log after a position."""
        rows = self.server.rows(
            f"SELECT position, topic, audience, message, rechecks FROM event_log WHERE position > {start} ORDER BY 1"
        )
        return [
            {"position": position, "topic": topic, "message": message, "rechecks": rechecks}
            | {"audience": json.loads(audience) if isinstance(audience, str) else audience}
            for position, topic, audience, message, rechecks in rows
        ]

    def _enrol(self, name: str) -> User:
        return User.enrol(username=f"{name}{self.number}", name=name, email=None, password_hash=PASSWORD_HASH)


def head(server: Server) -> int:
    """Return the position of the newest event."""
    return int(server.head().partition("-")[2])


def pass_time(moment: float) -> None:
    """Wait until a moment of the wall clock."""
    time.sleep(max(moment - time.time(), 0))
